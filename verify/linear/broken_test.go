package main

import (
	"context"
	"net/http/httptest"
	"runtime"
	"sync"
	"testing"

	"session-api"
	"session-api/internal/httpapi"
	"session-api/store/memory"
)

// often is how many calls of a kind there are for one that has a planted fault.
const often = 5

// staleReads answers now and then with what an earlier read found.
type staleReads struct {
	*memory.Store
	mu    sync.Mutex
	reads int
	kept  *session.Session
}

func (b *staleReads) Get(ctx context.Context, id string) (*session.Session, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.reads++; b.reads%often == 0 && b.kept != nil && b.kept.ID == id {
		return b.kept.Clone(), nil
	}
	row, err := b.Store.Get(ctx, id)
	if err == nil {
		b.kept = row.Clone()
	}
	return row, err
}

// lostUpdates reads, changes and stores the row without a look at what others stored
// meanwhile. No reader ever sees the moment in which there is none.
type lostUpdates struct {
	*memory.Store
	mu sync.RWMutex
}

func (b *lostUpdates) Get(ctx context.Context, id string) (*session.Session, error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.Store.Get(ctx, id)
}

func (b *lostUpdates) Delete(ctx context.Context, id string, cond session.Condition) (*session.Session, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Store.Delete(ctx, id, cond)
}

func (b *lostUpdates) Update(ctx context.Context, id string, c session.Change, cond session.Condition) (*session.Session, error) {
	row, err := b.Get(ctx, id)
	if err == nil {
		err = cond.Check(row)
	}
	if err != nil {
		return nil, err
	}
	runtime.Gosched()
	row.Data, row.UpdatedAt, row.Version = c.Data, c.At, row.Version+1
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, err := b.Store.Delete(ctx, id, session.Condition{Now: cond.Now}); err != nil {
		return nil, err
	}
	return row, b.Create(ctx, row)
}

// returning has now and then a deleted row come back.
type returning struct {
	*memory.Store
	mu      sync.Mutex
	deletes int
	gone    *session.Session
}

func (b *returning) Delete(ctx context.Context, id string, cond session.Condition) (*session.Session, error) {
	row, err := b.Store.Delete(ctx, id, cond)
	if err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.deletes++; b.deletes%often == 0 {
		b.gone = row.Clone()
	}
	return row, nil
}

func (b *returning) Get(ctx context.Context, id string) (*session.Session, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	row, err := b.Store.Get(ctx, id)
	if err != nil && b.gone != nil && b.gone.ID == id {
		_ = b.Create(ctx, b.gone) // if another session is there by now, it stays away
		b.gone = nil
	}
	return row, err
}

// anyVersion updates whatever version is asked for.
type anyVersion struct{ *memory.Store }

func (b anyVersion) Update(ctx context.Context, id string, c session.Change, cond session.Condition) (*session.Session, error) {
	cond.Version = nil
	return b.Store.Update(ctx, id, c, cond)
}

// twoSteps looks at the condition of a delete and deletes afterwards.
type twoSteps struct{ *memory.Store }

func (b twoSteps) Delete(ctx context.Context, id string, cond session.Condition) (*session.Session, error) {
	row, err := b.Get(ctx, id)
	if err == nil {
		err = cond.Check(row)
	}
	if err != nil {
		return nil, err
	}
	runtime.Gosched()
	_, _ = b.Store.Delete(ctx, id, session.Condition{Now: cond.Now})
	return row, nil
}

func TestBrokenEnginesAreCaught(t *testing.T) {
	t.Parallel()
	for name, store := range map[string]session.Store{
		"a read is stale now and then":         &staleReads{Store: memory.New()},
		"an update is lost under another":      &lostUpdates{Store: memory.New()},
		"a deleted session comes back":         &returning{Store: memory.New()},
		"a compare-and-set ignores versions":   anyVersion{memory.New()},
		"a delete looks and acts in two steps": twoSteps{memory.New()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mustBeCaught(t, true, func() register { return newEngineRegister(store) })
		})
	}
}

// TestAServerWithACacheOfItsOwnIsCaught has three servers on one store, of which one
// does not see at once what the others write.
func TestAServerWithACacheOfItsOwnIsCaught(t *testing.T) {
	t.Parallel()
	store := memory.New()
	f := newFront()
	for _, s := range []session.Store{store, store, &staleReads{Store: store}} {
		service, err := session.NewService(s, session.Options{TTL: lifetime, CursorKey: make([]byte, session.CursorKeyBytes)})
		if err != nil {
			t.Fatal(err)
		}
		server := httptest.NewServer(httpapi.New(service, httpapi.Options{RequestTimeout: patience}))
		t.Cleanup(server.Close)
		f.bases = append(f.bases, server.URL)
	}
	mustBeCaught(t, false, func() register { return &remote{front: f} })
}

// mustBeCaught fails unless one of as many histories as any rig has in the tests is
// illegal.
func mustBeCaught(t *testing.T, again bool, open func() register) {
	t.Helper()
	p := short(t)
	for n := range p.histories {
		history, err := p.play(t.Context(), open(), n, again)
		if err != nil {
			t.Fatal(err)
		}
		if f := check(history, p.within); f != nil && f.illegal {
			t.Logf("history %d: %s", n, f.what)
			return
		}
	}
	t.Errorf("none of %d histories is illegal", p.histories)
}
