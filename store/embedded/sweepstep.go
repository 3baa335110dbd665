package embedded

import (
	"bytes"
	"context"
	"errors"
	"time"

	"github.com/cockroachdb/pebble/v2"
)

// sweptStep is what one step of a sweep did.
type sweptStep struct {
	removed, skipped int
	left             *int64 // the earliest expiry of a row that had to be left
	next             []byte // the key to go on from; nil when all is done
	took             time.Duration
}

// dueRow is a row whose retention is over, as the by-expiry index knows it.
type dueRow struct {
	second           int64
	id, user, expiry []byte
}

// step removes at most sweepStep rows that are due, from a by-expiry key on.
func (sw *sweeper) step(ctx context.Context, from []byte, due int64) (step sweptStep, err error) {
	began := time.Now()
	defer func() { step.took = time.Since(began) }()
	if err := errors.Join(ctx.Err(), sw.store.writable(deleteReserveBytes)); err != nil {
		return step, err
	}
	rows, next, err := sw.dueRows(from, due)
	if err != nil {
		return step, err
	}
	step.next = next
	// Not synced: a row that a crash brings back is found by the next sweep.
	work := &commit{batch: sw.store.db.NewBatch(), lazy: true}
	for _, row := range rows {
		if err := sw.take(row, work, &step); err != nil {
			work.release()
			return step, err
		}
	}
	if len(work.locks) == 0 {
		return step, work.batch.Close()
	}
	if err := sw.store.committer.submit(ctx, work); err != nil {
		return step, err
	}
	step.removed = len(work.locks)
	return step, nil
}

// take locks a row and adds its removal to work. A row that is in use is left.
func (sw *sweeper) take(row dueRow, work *commit, step *sweptStep) error {
	lock := sw.store.locks.tryAcquire(string(row.id))
	if lock == nil {
		step.skipped++
		if step.left == nil {
			// Rows come in order of expiry: the first is the earliest.
			step.left = &row.second
		}
		return nil
	}
	// Looked at again under the lock: it may have been deleted, and made anew
	// with another expiry, since the index was read. The three keys of a row come
	// and go together, so its entry there tells.
	_, closer, err := sw.store.db.Get(row.expiry)
	if err != nil {
		lock.release()
		if errors.Is(err, pebble.ErrNotFound) {
			return nil
		}
		return redacted(err)
	}
	remove(work.batch, row.id, row.user, row.expiry)
	work.locks = append(work.locks, lock)
	return closer.Close()
}

// dueRows returns the first rows that are due and the key to go on from.
func (sw *sweeper) dueRows(from []byte, due int64) (rows []dueRow, next []byte, err error) {
	iter, err := sw.store.db.NewIter(&pebble.IterOptions{LowerBound: from, UpperBound: expiryBound(due + 1)})
	if err != nil {
		return nil, nil, redacted(err)
	}
	for ok := iter.First(); ok; ok = iter.Next() {
		if len(rows) == sweepStep {
			next = bytes.Clone(iter.Key())
			break
		}
		if row, ok := sw.dueRow(iter.Key(), iter.Value()); ok {
			rows = append(rows, row)
		}
	}
	if err := iter.Close(); err != nil {
		return nil, nil, redacted(err)
	}
	return rows, next, nil
}

func (sw *sweeper) dueRow(key, value []byte) (dueRow, bool) {
	key = bytes.Clone(key)
	second, id, okKey := cutExpiryKey(key)
	userID, createdAt, okValue := cutExpiryValue(value)
	if !okKey || !okValue {
		sw.store.unread.Note(string(id), errIndex)
		return dueRow{}, false
	}
	return dueRow{second: second, id: id, user: userKey(userID, createdAt, string(id)), expiry: key}, true
}

// secondOf returns the expiry that a by-expiry key or bound begins with.
func secondOf(key []byte) int64 {
	second, _, _ := cutOrdered(key[1:])
	return second
}
