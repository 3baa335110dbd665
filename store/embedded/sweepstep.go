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

// dueEntry is a key of an index whose row is due.
type dueEntry struct {
	key, id []byte
	second  int64
}

// step removes at most sweepStep rows that are due, from a key of the index on.
func (sw *sweeper) step(ctx context.Context, ix *dueIndex, from []byte, due int64) (step sweptStep, err error) {
	began := time.Now()
	defer func() { step.took = time.Since(began) }()
	if err := errors.Join(ctx.Err(), sw.store.writable(deleteReserveBytes)); err != nil {
		return step, err
	}
	entries, next, err := sw.due(ix, from, due)
	if err != nil {
		return step, err
	}
	step.next = next
	// Not synced: a row that a crash brings back is found by the next sweep.
	work := &commit{batch: sw.store.db.NewBatch(), lazy: true}
	for _, entry := range entries {
		if err := sw.take(ix, entry, work, &step); err != nil {
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
func (sw *sweeper) take(ix *dueIndex, entry dueEntry, work *commit, step *sweptStep) error {
	lock := ix.tryAcquire(string(entry.id))
	if lock == nil {
		step.skipped++
		if step.left == nil {
			// Rows come in order of expiry: the first is the earliest.
			step.left = &entry.second
		}
		return nil
	}
	removed, err := sw.remove(ix, entry, work.batch)
	if err != nil || !removed {
		lock.release()
		return err
	}
	work.locks = append(work.locks, lock)
	return nil
}

// remove adds the removal of a row, whose lock is held, to a batch; false if it is
// not due any more. The index is looked at again: the row may have been deleted,
// retimed, or made anew for another user since. The keys of a row come and go
// together, so the entry there tells.
func (sw *sweeper) remove(ix *dueIndex, entry dueEntry, batch *pebble.Batch) (bool, error) {
	value, closer, err := sw.store.db.Get(entry.key)
	if errors.Is(err, pebble.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, redacted(err)
	}
	removed := ix.remove(batch, entry.id, value)
	if removed {
		_ = batch.Delete(entry.key, nil)
	} else {
		sw.store.unread.Note(string(entry.id), errIndex)
	}
	return removed, closer.Close()
}

// due returns the first entries of the index that are due and the key to go on
// from.
func (sw *sweeper) due(ix *dueIndex, from []byte, due int64) (entries []dueEntry, next []byte, err error) {
	iter, err := sw.store.db.NewIter(&pebble.IterOptions{LowerBound: from, UpperBound: endBound(ix.prefix, due+1)})
	if err != nil {
		return nil, nil, redacted(err)
	}
	for ok := iter.First(); ok; ok = iter.Next() {
		key := bytes.Clone(iter.Key())
		if len(entries) == sweepStep {
			next = key
			break
		}
		second, id, ok := cutEndKey(key)
		if !ok {
			sw.store.unread.Note("", errIndex)
			continue
		}
		entries = append(entries, dueEntry{key: key, id: id, second: second})
	}
	if err := iter.Close(); err != nil {
		return nil, nil, redacted(err)
	}
	return entries, next, nil
}

// secondOf returns the second that a key or bound of an index begins with.
func secondOf(key []byte) int64 {
	second, _, _ := cutOrdered(key[1:])
	return second
}
