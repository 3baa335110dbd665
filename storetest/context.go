package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"session-api"
)

var contextChecks = []check{
	{"AnEndedContextIsRefused", anEndedContextIsRefused},
	{"AnEndedContextWritesNothing", anEndedContextWritesNothing},
	{"ACancelledWriteIsWholeOrNothing", aCancelledWriteIsWholeOrNothing},
	{"ACancelledTransactionIsWholeOrNothing", aCancelledTransactionIsWholeOrNothing},
}

// endedContexts returns a cancelled context and one past its deadline.
func endedContexts(t reporter) []context.Context {
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	late, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
	cancel()
	return []context.Context{cancelled, late}
}

// wantEnded fails unless err is what a call returns whose context has ended.
func wantEnded(t reporter, what string, ctx context.Context, err error) {
	t.Helper()
	if !errors.Is(err, ctx.Err()) && !errors.Is(err, session.ErrUnavailable) {
		t.Errorf("%s returned the error %v; want %v or %v", what, err, ctx.Err(), session.ErrUnavailable)
	}
}

func anEndedContextIsRefused(t reporter, store session.Store) {
	mustCreate(t, store, newSession("row"))
	for _, ctx := range endedContexts(t) {
		for _, c := range everyCall(store, "row") {
			wantEnded(t, c.name+" with an ended context", ctx, c.do(ctx))
		}
	}
	// It was the context's end, not the store's.
	wantStored(t, store, newSession("row"))
}

func anEndedContextWritesNothing(t reporter, store session.Store) {
	stage := setStage(t, store)
	kept := stage.ends.ID
	for _, ctx := range endedContexts(t) {
		_ = store.Create(ctx, newSession("new"))
		_, _ = store.Update(ctx, kept, change(`"ended"`), anyVersion)
		_, _ = store.Retime(ctx, kept, newFull(kept).Times(), true, anyVersion)
		_, _ = store.Delete(ctx, kept, anyVersion)
		_ = store.Apply(ctx, stage.transaction())
		wantAbsent(t, store, "new")
		stage.wantBefore(t, store)
	}
}

// aCancelledWriteIsWholeOrNothing cancels writes while they run. Each may have
// had its effect or not, but rows and lists must agree about it.
func aCancelledWriteIsWholeOrNothing(t reporter, store session.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	rows := numbered("row", writers)
	inParallel(t, writers, func(i int) {
		if i == writers/2 {
			cancel()
		}
		if err := store.Create(ctx, rows[i]); err != nil {
			wantEnded(t, "A Create cancelled while it ran", ctx, err)
		}
		if _, err := store.Update(ctx, rows[i].ID, change(`"second"`), anyVersion); err != nil && !errors.Is(err, session.ErrNotFound) {
			wantEnded(t, "An Update cancelled while it ran", ctx, err)
		}
	})
	first := map[string]*session.Session{}
	for _, row := range rows {
		first[row.ID] = row
	}
	stored := settled(t, store, rows)
	for _, s := range stored {
		want := first[s.ID]
		if s.Version != 1 {
			want = updated(want, change(`"second"`))
		}
		wantSame(t, fmt.Sprintf("Get at version %d", s.Version), s, want)
	}
	wantWalk(t, listOf(store, user), stored...)
	wantIDs(t, "List after cancelled writes", listAll(store).walk(t, during, 10), stored)
}

// looks is how often a store is looked at until it comes to rest.
const looks = 20

// settled returns those of rows that are stored, when the list of their user
// agrees or never will: a server may carry out a cancelled write a moment after
// its caller has gone.
func settled(t reporter, store session.Store, rows []*session.Session) []*session.Session {
	var stored []*session.Session
	for range looks {
		stored = nil
		for _, row := range rows {
			s, err := store.Get(t.Context(), row.ID)
			switch {
			case err == nil:
				stored = append(stored, s)
			case !errors.Is(err, session.ErrNotFound):
				t.Fatalf("Get after a cancelled write: %v", err)
			}
		}
		same := func(a, b *session.Session) bool { return a.ID == b.ID && a.Version == b.Version }
		if slices.EqualFunc(byID(listOf(store, user).walk(t, during, len(rows))), byID(stored), same) {
			break
		}
	}
	return stored
}
