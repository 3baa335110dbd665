package session_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"session-api"
)

// TestWritesThatReadFirstTakeTurns: each is done with one write, because none of
// the same process comes between.
func TestWritesThatReadFirstTakeTurns(t *testing.T) {
	t.Parallel()
	const clients = 64
	b := limited(t, clients+1, session.RejectNew)
	id := b.create(t, "user").ID
	for name, op := range map[string]func(i int) error{
		"Patch":  func(i int) error { _, err := b.Patch(t.Context(), id, setKey(fmt.Sprint(i), i), nil); return err },
		"Create": func(int) error { _, err := b.Create(t.Context(), session.New{UserID: "user"}); return err },
	} {
		b.store.writes.Store(0)
		together(clients, func(i int) {
			if err := op(i); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		})
		if n := b.store.writes.Load(); n != clients {
			t.Errorf("%d times %s made %d writes", clients, name, n)
		}
	}
}

func TestWhoWaitsForATurnGivesUpInTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, time.Hour)
		id := b.create(t, "user").ID
		release := make(chan struct{})
		slow := func([]byte) ([]byte, error) { <-release; return []byte(`1`), nil }
		done := make(chan error)
		go func() { _, err := b.Patch(t.Context(), id, slow, nil); done <- err }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := b.Patch(ctx, id, setToOne, nil)
		wantErrorIs(t, "Patch that waits too long", err, session.ErrUnavailable)
		close(release)
		wantErrorIs(t, "the patch that it waited for", <-done, nil)
		_, err = b.Patch(t.Context(), id, setToOne, nil)
		wantErrorIs(t, "Patch after both", err, nil)
	})
}
