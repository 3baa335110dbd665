package storetest

import (
	"context"
	"fmt"
	"sync"
	"time"

	"session-api"
)

// writes is how many updates of one row its readers follow.
const writes = 50

var visibilityChecks = []check{
	{"EveryGoroutineSeesItsOwnWrites", everyGoroutineSeesItsOwnWrites},
	{"AWriteIsSeenByWhoHearsOfIt", aWriteIsSeenByWhoHearsOfIt},
	{"ARowIsNeverSeenHalfWritten", aRowIsNeverSeenHalfWritten},
	{"EveryGoroutineSeesItsOwnTransactions", everyGoroutineSeesItsOwnTransactions},
	{"ATransactionIsNeverSeenHalfDone", aTransactionIsNeverSeenHalfDone},
}

func everyGoroutineSeesItsOwnWrites(t reporter, store session.Store) {
	inParallel(t, writers, func(i int) {
		s := newSession(fmt.Sprintf("row-%d", i))
		s.UserID = fmt.Sprintf("user of %d", i)
		if err := store.Create(t.Context(), s); err != nil {
			t.Errorf("Create of the new id %s: %v", s.ID, err)
			return
		}
		wantSeen(t, store, s)
		c := change(fmt.Sprintf(`"by %d"`, i))
		if _, err := store.Update(t.Context(), s.ID, c, atVersion(1)); err != nil {
			t.Errorf("Update of one's own row: %v", err)
		}
		wantSeen(t, store, updated(s, c))
		if _, err := store.Delete(t.Context(), s.ID, atVersion(2)); err != nil {
			t.Errorf("Delete of one's own row: %v", err)
		}
		wantAbsent(t, store, s.ID)
		wantOnlySession(t, store, s.UserID, nil)
	})
}

// wantSeen fails unless Get and the list of its user show want.
func wantSeen(t reporter, store session.Store, want *session.Session) {
	wantStored(t, store, want)
	wantOnlySession(t, store, want.UserID, want)
}

// wantOnlySession fails unless the first page of a user's list holds want alone,
// or nothing if that is nil. It never ends the test: see inParallel.
func wantOnlySession(t reporter, store session.Store, userID string, want *session.Session) {
	p, err := store.ListByUser(t.Context(), userID, session.PageQuery{Now: during, Limit: 10})
	switch {
	case err != nil:
		t.Errorf("ListByUser beside writers of others: %v", err)
	case want == nil && len(p.Sessions) > 0:
		t.Errorf("ListByUser shows %d sessions after the only one was deleted", len(p.Sessions))
	case want != nil && len(p.Sessions) != 1:
		t.Errorf("ListByUser shows %d sessions; want the one that was written just now", len(p.Sessions))
	case want != nil:
		wantSame(t, "ListByUser", p.Sessions[0], want)
	}
}

// aWriteIsSeenByWhoHearsOfIt tells another goroutine of each write after it has
// returned; that one must see it or a later one.
func aWriteIsSeenByWhoHearsOfIt(t reporter, store session.Store) {
	s := newSession("row")
	mustCreate(t, store, s)
	told := make(chan int64)
	var reader sync.WaitGroup
	reader.Go(func() {
		for version := range told {
			got, err := store.Get(t.Context(), "row")
			if err != nil || got.Version < version {
				t.Errorf("Get after version %d was acknowledged returned %v, %v", version, got, err)
			}
			p, err := store.ListByUser(t.Context(), user, session.PageQuery{Now: during, Limit: 1})
			if err != nil || len(p.Sessions) != 1 || p.Sessions[0].Version < version {
				t.Errorf("ListByUser after version %d was acknowledged returned %v, %v", version, p.Sessions, err)
			}
		}
	})
	defer reader.Wait()
	defer close(told)
	for range writes {
		told <- mustUpdate(t, store, "row", change(`"told"`)).Version
	}
}

// stepOf is version v of the row in aRowIsNeverSeenHalfWritten: its fields tell
// each other.
func stepOf(v int64) *session.Session {
	s := newSession("row")
	s.Version = v
	if v > 1 {
		s.Data = fmt.Appendf(nil, `{"step":%d}`, v)
		s.UpdatedAt = epoch.Add(time.Duration(v) * tick)
	}
	return s
}

func aRowIsNeverSeenHalfWritten(t reporter, store session.Store) {
	mustCreate(t, store, stepOf(1))
	ctx, stop := context.WithCancel(t.Context())
	var readers, begun sync.WaitGroup
	for range 4 {
		begun.Add(1)
		readers.Go(func() { followSteps(ctx, t, store, begun.Done) })
	}
	defer within(t, "A reader beside a writer", readers.Wait)
	defer stop()
	within(t, "The first read of each reader", begun.Wait)
	for v := int64(2); v <= writes; v++ {
		c := session.Change{Data: stepOf(v).Data, At: stepOf(v).UpdatedAt}
		mustUpdate(t, store, "row", c)
	}
}

// followSteps reads the row until ctx ends, and calls begun after the first
// time; versions must be whole and never fall.
func followSteps(ctx context.Context, t reporter, store session.Store, begun func()) {
	once := sync.OnceFunc(begun)
	defer once()
	var last int64
	for ctx.Err() == nil {
		got, err := store.Get(t.Context(), "row")
		if err != nil {
			t.Errorf("Get beside a writer: %v", err)
			return
		}
		wantSame(t, "Get beside a writer", got, stepOf(got.Version))
		if got.Version < last {
			t.Errorf("Get went back from version %d to %d", last, got.Version)
		}
		last = got.Version
		once()
	}
}
