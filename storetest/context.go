package storetest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"session-api"
)

var contextChecks = []check{
	{"AnEndedContextIsRefused", anEndedContextIsRefused},
	{"AnEndedContextWritesNothing", anEndedContextWritesNothing},
	{"ACancelledWriteIsWholeOrNothing", aCancelledWriteIsWholeOrNothing},
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
	kept := newSession("kept")
	mustCreate(t, store, kept)
	for _, ctx := range endedContexts(t) {
		_ = store.Create(ctx, newSession("new"))
		_, _ = store.Update(ctx, kept.ID, change(`"ended"`), anyVersion)
		_, _ = store.Delete(ctx, kept.ID, anyVersion)
		wantAbsent(t, store, "new")
		wantWalk(t, listOf(store, user), kept)
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
	var stored []*session.Session
	for _, first := range rows {
		s, err := store.Get(t.Context(), first.ID)
		if errors.Is(err, session.ErrNotFound) {
			continue
		}
		if err != nil {
			t.Fatalf("Get after a cancelled write: %v", err)
		}
		want := first
		if s.Version != 1 {
			want = updated(first, change(`"second"`))
		}
		wantSame(t, fmt.Sprintf("Get at version %d", s.Version), s, want)
		stored = append(stored, s)
	}
	wantWalk(t, listOf(store, user), stored...)
	wantIDs(t, "List after cancelled writes", listAll(store).walk(t, during, 10), stored)
}
