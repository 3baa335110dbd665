package session

import (
	"context"
	"sync"
)

// turns lets the writes that read first take turns, for each key, in this
// process. It is no part of what makes them correct, which is the conditional
// write: it spares them from outrunning each other over and over.
type turns struct {
	mu      sync.Mutex
	waiting map[string]*turn
}

// turn exists while somebody has it or waits for it.
type turn struct {
	taken chan struct{} // holds a token while somebody has the turn
	users int           // guarded by turns.mu
}

// take waits for the key's turn and returns what ends it. The error is
// ErrUnavailable if ctx ends first.
func (t *turns) take(ctx context.Context, key string) (end func(), err error) {
	own := t.join(key)
	select {
	case own.taken <- struct{}{}:
		return func() {
			<-own.taken
			t.leave(key, own)
		}, nil
	case <-ctx.Done():
		t.leave(key, own)
		return nil, Unavailable(ctx.Err())
	}
}

func (t *turns) join(key string) *turn {
	t.mu.Lock()
	defer t.mu.Unlock()
	own := t.waiting[key]
	if own == nil {
		own = &turn{taken: make(chan struct{}, 1)}
		if t.waiting == nil {
			t.waiting = map[string]*turn{}
		}
		t.waiting[key] = own
	}
	own.users++
	return own
}

func (t *turns) leave(key string, own *turn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if own.users--; own.users == 0 {
		delete(t.waiting, key)
	}
}

// The kinds of keys: an id and a user may have the same text. Callers of different
// namespaces take no turns with each other: nobody can hold up a session that is
// not his, or tell by a wait that there is one.
func idTurn(prefix, id string) string { return "id:" + prefix + "\x00" + id }
func userTurn(userID string) string   { return "user:" + userID }

// inTurn does a write of the session at id that reads first: in its turn, and again
// when a write of another process came between.
func (s *Service) inTurn(ctx context.Context, id string, try func() (*Session, error)) (*Session, error) {
	if !storableID(id) {
		return nil, ErrNotFound
	}
	end, err := s.turns.take(ctx, idTurn(s.caller.UserPrefix, id))
	if err != nil {
		return nil, err
	}
	defer end()
	var written *Session
	err = s.retry(ctx, func() (err error) {
		written, err = try()
		return err
	})
	if err != nil {
		return nil, err
	}
	return written, nil
}
