package embedded

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	session "session-api"
)

// watched is a context that tells when somebody waits for it.
type watched struct {
	context.Context
	asked chan struct{}
}

func (w watched) Done() <-chan struct{} {
	select {
	case w.asked <- struct{}{}:
	default:
	}
	return w.Context.Done()
}

// watch returns a context and what gets a token when somebody waits for it.
func watch(t *testing.T) (ctx context.Context, asked <-chan struct{}, cancel func()) {
	t.Helper()
	inner, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	w := watched{inner, make(chan struct{}, 1)}
	return w, w.asked, cancel
}

func newTestLocks(load func(id string) (*session.Session, error)) *rowLocks[session.Session] {
	return newRowLocks(newHealth(slog.New(slog.DiscardHandler)), rowKind[session.Session]{
		load: load, clone: (*session.Session).Clone, size: hotSize,
	})
}

func mustAcquire[T any](t *testing.T, l *rowLocks[T], id string) *rowLock[T] {
	t.Helper()
	r := l.tryAcquire(id)
	if r == nil {
		t.Fatalf("the lock of %s is taken", id)
	}
	return r
}

// TestReadThatAWriteOvertakesLooksAgain begins and applies a write between the
// read's first look at the lock and its load.
func TestReadThatAWriteOvertakesLooksAgain(t *testing.T) {
	t.Parallel()
	before, after := newSession("row"), newSession("row")
	after.Version = 2
	var l *rowLocks[session.Session]
	overtaken := false
	l = newTestLocks(func(id string) (*session.Session, error) {
		if !overtaken {
			overtaken = true
			mustAcquire(t, l, id).publish(make(chan struct{}), before)
		}
		return after, nil
	})
	if got, err := l.read(t.Context(), "row"); err != nil || got.Version != 1 {
		t.Errorf("read = %+v, %v; want the row as it was before the write that is not durable", got, err)
	}
}

func TestReadWaitsForAWriteThatItsCallerGaveUp(t *testing.T) {
	t.Parallel()
	stored := newSession("row")
	l := newTestLocks(func(string) (*session.Session, error) { return stored, nil })
	lock := mustAcquire(t, l, "row")
	settled := make(chan struct{})
	lock.publish(settled, nil)
	if _, err := l.read(t.Context(), "row"); !errors.Is(err, session.ErrNotFound) {
		t.Errorf("read while the caller waits: %v; want the row as it was", err)
	}
	lock.forsake(settled)

	ctx, asked, cancel := watch(t)
	type result struct {
		s   *session.Session
		err error
	}
	results := make(chan result, 2)
	read := func(ctx context.Context) { s, err := l.read(ctx, "row"); results <- result{s, err} }
	go read(ctx)
	<-asked
	cancel()
	wantError(t, "read whose context ends", (<-results).err, session.ErrUnavailable)

	ctx, asked, _ = watch(t)
	go read(ctx)
	<-asked
	close(settled)
	lock.release()
	if r := <-results; r.err != nil || r.s != stored {
		t.Errorf("read after the write settled = %v, %v; want the row as it is", r.s, r.err)
	}

	// What was forsaken is over; it says nothing of the next write.
	next := mustAcquire(t, l, "row")
	next.publish(make(chan struct{}), stored)
	next.forsake(settled)
	if _, err := l.read(t.Context(), "row"); err != nil {
		t.Errorf("read during the next write: %v", err)
	}
	next.release()
}

func TestLockGoesToOneAtATimeAndIsForgotten(t *testing.T) {
	t.Parallel()
	l := newTestLocks(nil)
	first := mustAcquire(t, l, "row")
	if l.tryAcquire("row") != nil {
		t.Error("the lock was given out twice")
	}
	ctx, asked, cancel := watch(t)
	outcome := make(chan error, 1)
	go func() { _, err := l.acquire(ctx, "row"); outcome <- err }()
	<-asked
	cancel()
	if err := <-outcome; !errors.Is(err, context.Canceled) {
		t.Errorf("acquire whose context ends: %v", err)
	}
	go func() {
		r, err := l.acquire(context.Background(), "row")
		if err == nil {
			r.release()
		}
		outcome <- err
	}()
	first.release()
	if err := <-outcome; err != nil {
		t.Errorf("acquire after release: %v", err)
	}
	if sh := l.shard("row"); len(sh.rows) != 0 || uint32(sh.word.Load()) != 0 {
		t.Errorf("the shard keeps %d locks and the word %x", len(sh.rows), sh.word.Load())
	}
}
