package storetest

import (
	"context"
	"errors"
	"fmt"

	"session-api"
)

// rotation is a transaction that moves a session to another id and keeps a record
// of it: its three writes must never be seen apart.
type rotation struct {
	from, to *session.Session
	record   session.Record
}

// newRotation returns the i-th of several rotations.
func newRotation(i int) rotation {
	from := newSession(fmt.Sprintf("from-%04d", i))
	to := newFull(fmt.Sprintf("to-%04d", i))
	return rotation{from, to, newRecord(fmt.Sprintf("key-%04d", i), int64(i+1))}
}

func (r rotation) transaction() session.Transaction {
	return session.Transaction{
		Create:  r.to,
		End:     []session.Ending{{ID: r.from.ID, Cond: atVersion(r.from.Version)}},
		Records: []session.RecordWrite{{Record: r.record}},
	}
}

// done reports which of its writes r has done: that of the row that ends, the row
// that is made, the record.
func (r rotation) done(t reporter, store session.Store) (ended, made, kept bool) {
	stored := func(err error) bool {
		if err != nil && !errors.Is(err, session.ErrNotFound) {
			t.Errorf("A read after a transaction: %v", err)
		}
		return err == nil
	}
	_, err := store.Get(t.Context(), r.from.ID)
	ended = !stored(err)
	_, err = store.Get(t.Context(), r.to.ID)
	made = stored(err)
	_, err = store.Record(t.Context(), r.record.Key)
	return ended, made, stored(err)
}

// settle looks at r until it is whole or never will be: a server may carry out a
// cancelled transaction a moment after its caller has gone. It returns the
// session that is there.
func (r rotation) settle(t reporter, store session.Store) *session.Session {
	var ended, made, kept bool
	for range looks {
		ended, made, kept = r.done(t, store)
		switch {
		case ended && made && kept:
			return r.to
		case !ended && !made && !kept:
			return r.from
		}
	}
	t.Errorf("Of a cancelled transaction, the ending is done: %t, the create: %t, the record: %t", ended, made, kept)
	return r.from
}

func aCancelledTransactionIsWholeOrNothing(t reporter, store session.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	rotations := make([]rotation, writers)
	for i := range rotations {
		rotations[i] = newRotation(i)
	}
	inParallel(t, writers, func(i int) {
		mustExist(t, store, rotations[i].from)
		if i == writers/2 {
			cancel()
		}
		if err := store.Apply(ctx, rotations[i].transaction()); err != nil {
			wantEnded(t, "An Apply cancelled while it ran", ctx, err)
		}
	})
	stored := make([]*session.Session, writers)
	inParallel(t, writers, func(i int) {
		stored[i] = rotations[i].settle(t, store)
		wantStored(t, store, stored[i])
	})
	wantWalk(t, listOf(store, user), stored...)
}

// mustExist is mustCreate for another goroutine than the test's.
func mustExist(t reporter, store session.Store, s *session.Session) {
	if err := store.Create(t.Context(), s); err != nil {
		t.Errorf("Create of the new id %s: %v", short(s.ID), err)
	}
}
