package embedded

import (
	"math"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2"
)

// dueIndex is a by-expiry index with what the sweep has to know of the rows in it.
type dueIndex struct {
	// prefix is that of its keys.
	prefix byte
	// retention is how long after its end a row stays.
	retention time.Duration
	// low is the first second, in Unix time, at which a row may expire that is
	// still stored. The sweep starts there and so never walks over what it has
	// removed, whose tombstones stay in the files for a while.
	low atomic.Int64
	// tryAcquire returns the lock of a row that nobody holds or awaits, or nil.
	tryAcquire func(id string) held
	// remove adds the removal of a row to a batch, but for its key in the index,
	// whose value it is handed. It reports whether it understood that.
	remove func(batch *pebble.Batch, id, value []byte) bool
}

// dueRows returns the index of sessions and aliases.
func (s *Store) dueRows() *dueIndex {
	ix := &dueIndex{
		prefix: expiryPrefix, retention: s.options.Retention,
		tryAcquire: tryHeld(s.locks), remove: removeDueRow,
	}
	ix.low.Store(math.MinInt64)
	return ix
}

func removeDueRow(batch *pebble.Batch, id, value []byte) bool {
	if len(value) > 0 { // that of an alias is empty
		userID, createdAt, ok := cutExpiryValue(value)
		if !ok {
			return false
		}
		_ = batch.Delete(userKey(userID, createdAt, string(id)), nil)
	}
	var buf keyBuffer
	_ = batch.Delete(append(append(buf[:0], rowPrefix), id...), nil)
	return true
}

// dueRecords returns the index of records. They have no retention: nobody asks
// for one that is over.
func (s *Store) dueRecords() *dueIndex {
	ix := &dueIndex{prefix: recordExpiryPrefix, tryAcquire: tryHeld(s.records), remove: removeDueRecord}
	ix.low.Store(math.MinInt64)
	return ix
}

func removeDueRecord(batch *pebble.Batch, key, _ []byte) bool {
	var buf keyBuffer
	_ = batch.Delete(append(append(buf[:0], recordPrefix), key...), nil)
	return true
}

// tryHeld returns the tryAcquire of locks.
func tryHeld[T any](locks *rowLocks[T]) func(id string) held {
	return func(id string) held {
		// A lock that is nil would make an interface that is not.
		if lock := locks.tryAcquire(id); lock != nil {
			return lock
		}
		return nil
	}
}

// expect says that a row is stored that expires at second.
func (ix *dueIndex) expect(second int64) {
	for {
		low := ix.low.Load()
		if second >= low || ix.low.CompareAndSwap(low, second) {
			return
		}
	}
}
