package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"session-api"
)

var closingChecks = []check{
	{"AClosedStoreServesNothing", aClosedStoreServesNothing},
	{"ASecondCloseDoesNothing", aSecondCloseDoesNothing},
	{"CloseWhileInUse", closeWhileInUse},
}

// call is one call of any method of a store, on rows that need not exist.
type call struct {
	name string
	do   func(ctx context.Context) error
}

// everyCall returns a call of each method. The ids, users and keys are about
// name, and done in this order on a store without it, all succeed.
func everyCall(store session.Store, name string) []call {
	q := session.PageQuery{Now: during, Limit: 10}
	created := session.Transaction{Create: newSession(name)}
	ended := session.Transaction{End: []session.Ending{{ID: name, Cond: anyVersion}}}
	return []call{
		{"Create", func(ctx context.Context) error { return store.Create(ctx, newSession(name)) }},
		{"Get", func(ctx context.Context) error { _, err := store.Get(ctx, name); return err }},
		{"Update", func(ctx context.Context) error {
			_, err := store.Update(ctx, name, change(`1`), anyVersion)
			return err
		}},
		{"Retime", func(ctx context.Context) error {
			_, err := store.Retime(ctx, name, newFull(name).Times(), false, anyVersion)
			return err
		}},
		{"List", func(ctx context.Context) error { _, err := store.List(ctx, q); return err }},
		{"ListByUser", func(ctx context.Context) error { _, err := store.ListByUser(ctx, name, q); return err }},
		{"Record", func(ctx context.Context) error {
			_, err := store.Record(ctx, name)
			if errors.Is(err, session.ErrNotFound) {
				return nil
			}
			return err
		}},
		{"Status", func(ctx context.Context) error { _, err := store.Status(ctx); return err }},
		{"Delete", func(ctx context.Context) error { _, err := store.Delete(ctx, name, anyVersion); return err }},
		{"Apply of a create", func(ctx context.Context) error { return store.Apply(ctx, created) }},
		{"Apply of an ending", func(ctx context.Context) error { return store.Apply(ctx, ended) }},
	}
}

// wantClosed fails unless every call is refused with ErrUnavailable.
func wantClosed(t reporter, store session.Store, name string) {
	t.Helper()
	for _, c := range everyCall(store, name) {
		wantError(t, c.name+" of a closed store", c.do(t.Context()), session.ErrUnavailable)
	}
}

func mustClose(t reporter, store session.Store) {
	t.Helper()
	within(t, "Close", func() {
		if err := store.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
}

func aClosedStoreServesNothing(t reporter, store session.Store) {
	mustCreate(t, store, newSession("row"))
	mustClose(t, store)
	wantClosed(t, store, "row")
	wantClosed(t, store, "absent")
}

func aSecondCloseDoesNothing(t reporter, store session.Store) {
	inParallel(t, 4, func(int) {
		if err := store.Close(); err != nil {
			t.Errorf("Close beside another Close: %v", err)
		}
	})
	mustClose(t, store)
	wantClosed(t, store, "row")
}

// closeWhileInUse closes the store when every goroutine has been served once and
// lets them go on until they are refused.
func closeWhileInUse(t reporter, store session.Store) {
	var served, users sync.WaitGroup
	served.Add(writers)
	for i := range writers {
		users.Go(func() { useUntilRefused(t, store, fmt.Sprintf("row-%d", i), served.Done) })
	}
	within(t, "The first round of calls", served.Wait)
	mustClose(t, store)
	wantClosed(t, store, "row-0")
	within(t, "A call of a store that was closed meanwhile", users.Wait)
}

// maxTurns ends useUntilRefused on a store that never refuses.
const maxTurns = 100_000

// useUntilRefused runs a session's life over and over. It calls once after the
// first, and returns when a call is refused.
func useUntilRefused(t reporter, store session.Store, name string, once func()) {
	calls := everyCall(store, name)
	for turn := range maxTurns {
		for _, c := range calls {
			err := c.do(t.Context())
			if errors.Is(err, session.ErrUnavailable) {
				if turn == 0 {
					once()
				}
				return
			}
			if err != nil {
				t.Errorf("%s of a store that is being closed returned %v; want success or %v", c.name, err, session.ErrUnavailable)
			}
		}
		if turn == 0 {
			once()
		}
	}
	t.Errorf("A store that was closed while in use still serves after %d turns", maxTurns)
}
