package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"session-api"
)

// everyGoroutineSeesItsOwnTransactions rotates a session of its own and looks for
// it everywhere at once.
func everyGoroutineSeesItsOwnTransactions(t reporter, store session.Store) {
	inParallel(t, writers, func(i int) {
		r := newRotation(i)
		owner := fmt.Sprintf("user of %d", i)
		r.from.UserID, r.to.UserID = owner, owner
		for _, step := range []struct {
			tx  session.Transaction
			now *session.Session
		}{
			{session.Transaction{Create: r.from}, r.from},
			{r.transaction(), r.to},
			{session.Transaction{End: []session.Ending{{ID: r.to.ID, Cond: anyVersion}}}, nil},
		} {
			if err := store.Apply(t.Context(), step.tx); err != nil {
				t.Errorf("Apply of one's own rows: %v", err)
			}
			wantOnlySession(t, store, owner, step.now)
			if step.now != nil {
				wantStored(t, store, step.now)
			}
		}
		wantAbsent(t, store, r.from.ID)
		wantAbsent(t, store, r.to.ID)
		wantRecord(t, store, r.record)
	})
}

// stepID is the id of the session that is there at a step of
// aTransactionIsNeverSeenHalfDone.
func stepID(step int64) string { return fmt.Sprintf("step-%d", step) }

// aTransactionIsNeverSeenHalfDone moves a session from id to id, with a record
// that says where it is.
func aTransactionIsNeverSeenHalfDone(t reporter, store session.Store) {
	at := func(step int64) session.RecordWrite {
		return session.RecordWrite{Record: newRecord("at", step), Was: step - 1}
	}
	mustApply(t, store, session.Transaction{Create: newSession(stepID(1)), Records: []session.RecordWrite{at(1)}})
	ctx, stop := context.WithCancel(t.Context())
	var readers, begun sync.WaitGroup
	for range 4 {
		begun.Add(1)
		readers.Go(func() { followRotations(ctx, t, store, begun.Done) })
	}
	defer within(t, "A reader beside transactions", readers.Wait)
	defer stop()
	within(t, "The first read of each reader", begun.Wait)
	for step := int64(2); step <= writes; step++ {
		mustApply(t, store, session.Transaction{
			Create:  newSession(stepID(step)),
			End:     []session.Ending{{ID: stepID(step - 1), Cond: anyVersion}},
			Records: []session.RecordWrite{at(step)},
		})
	}
}

// followRotations looks for the session where the record says, until ctx ends,
// and calls begun after the first time.
func followRotations(ctx context.Context, t reporter, store session.Store, begun func()) {
	once := sync.OnceFunc(begun)
	defer once()
	for ctx.Err() == nil {
		before, err := store.Record(t.Context(), "at")
		if err != nil {
			t.Errorf("Record beside transactions: %v", err)
			return
		}
		wantAbsent(t, store, stepID(before.Version-1))
		_, err = store.Get(t.Context(), stepID(before.Version))
		if errors.Is(err, session.ErrNotFound) {
			err = movedOn(t, store, before.Version)
		}
		if err != nil {
			t.Errorf("The record says step %d, and the session is not there: %v", before.Version, err)
		}
		once()
	}
}

// movedOn returns an error unless the record has left the step.
func movedOn(t reporter, store session.Store, step int64) error {
	after, err := store.Record(t.Context(), "at")
	if err == nil && after.Version <= step {
		err = errors.New("nor has the record gone on")
	}
	return err
}
