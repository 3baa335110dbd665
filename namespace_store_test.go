package session_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"session-api"
	"session-api/store/memory"
)

// warden is a store that notes every call which could reach a session outside a
// namespace.
type warden struct {
	lateStore
	prefix string
	mu     sync.Mutex
	seen   map[string]int // by call
	open   []string
}

func (w *warden) look(call, prefix string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen[call]++
	if prefix != w.prefix {
		w.open = append(w.open, fmt.Sprintf("%s within %q", call, prefix))
	}
}

func (w *warden) Create(ctx context.Context, s *session.Session) error {
	w.look("Create", s.UserID[:min(len(w.prefix), len(s.UserID))])
	return w.lateStore.Create(ctx, s)
}

func (w *warden) Update(ctx context.Context, id string, c session.Change, cond session.Condition) (*session.Session, error) {
	w.look("Update", cond.UserPrefix)
	return w.lateStore.Update(ctx, id, c, cond)
}

func (w *warden) Retime(ctx context.Context, id string, to session.Times, raise bool, cond session.Condition) (*session.Session, error) {
	w.look("Retime", cond.UserPrefix)
	return w.lateStore.Retime(ctx, id, to, raise, cond)
}

func (w *warden) Delete(ctx context.Context, id string, cond session.Condition) (*session.Session, error) {
	w.look("Delete", cond.UserPrefix)
	return w.lateStore.Delete(ctx, id, cond)
}

func (w *warden) Apply(ctx context.Context, t session.Transaction) error {
	for _, e := range t.End {
		w.look("Apply of an ending", e.Cond.UserPrefix)
	}
	if t.Create != nil {
		w.look("Apply of a create", t.Create.UserID[:min(len(w.prefix), len(t.Create.UserID))])
	}
	return w.lateStore.Apply(ctx, t)
}

func (w *warden) List(ctx context.Context, q session.PageQuery) (session.Page, error) {
	w.look("List", q.UserPrefix)
	return w.lateStore.List(ctx, q)
}

func (w *warden) ListByUser(ctx context.Context, userID string, q session.PageQuery) (session.Page, error) {
	w.look("ListByUser", q.UserPrefix)
	return w.lateStore.ListByUser(ctx, userID, q)
}

// TestEveryCallOfTheStoreNamesTheNamespace, those too that follow a look at the row,
// and those of work in the background.
func TestEveryCallOfTheStoreNamesTheNamespace(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{0, 2} {
		synctest.Test(t, func(t *testing.T) {
			w := &warden{lateStore: lateStore{Store: memory.New()}, prefix: shop.UserPrefix, seen: map[string]int{}}
			all := serviceOn(t, w, func(o *session.Options) { o.MaxPerUser, o.LimitPolicy = limit, session.EvictOldest })
			s := all.As(shop)
			for i, a := range attempts(t.Context()) {
				user := fmt.Sprintf("shop:%d", i)
				for range 3 { // one more than the limit
					_ = a.do(s, made(t, s, session.New{UserID: user, Data: []byte(`{}`), IdleTimeout: time.Minute}))
					time.Sleep(10 * time.Second)
				}
				id := made(t, s, session.New{UserID: user, Data: []byte(`{}`), IdleTimeout: 10 * time.Second})
				time.Sleep(15 * time.Second) // it is over, which a limit makes sure of
				_ = a.do(s, id)
				_ = made(t, s, session.New{UserID: user})
			}
			if err := listed(s.List(t.Context(), "", session.ListQuery{})); err != nil {
				t.Error(err)
			}
			w.slow = time.Second
			ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
			defer cancel()
			if got, err := s.EndUser(ctx, "shop:0", ""); err != nil || !got.Continues {
				t.Fatalf("EndUser returned %+v, %v; want it to go on in the background", got, err)
			}
			time.Sleep(time.Minute)
			synctest.Wait()
			for _, call := range []string{"Update", "Retime", "Delete", "Apply of an ending", "Apply of a create", "List", "ListByUser"} {
				if w.seen[call] == 0 {
					t.Errorf("with the limit %d nothing called %s, so nothing was seen of it", limit, call)
				}
			}
			if len(w.open) > 0 {
				t.Errorf("with the limit %d the store was called beyond the namespace: %s", limit, strings.Join(w.open, ", "))
			}
		})
	}
}

// TestAWriterOfAnotherNamespaceNeverChangesARow while its owner writes.
func TestAWriterOfAnotherNamespaceNeverChangesARow(t *testing.T) {
	t.Parallel()
	inNamespaces(t, func(t *testing.T, o session.Options) {
		b := newBenchOf(t, o)
		id := made(t, b.As(billing), session.New{UserID: "billing:1", Data: []byte(`0`), IdleTimeout: 20 * time.Minute})
		var writes atomic.Int64
		together(8, func(i int) {
			for range 20 {
				if i%2 == 0 {
					if err := only(b.As(billing).Update(t.Context(), id, []byte(`"mine"`), nil)); err == nil {
						writes.Add(1)
					}
					continue
				}
				for _, a := range attempts(t.Context()) {
					if err := a.do(b.As(shop), id); err == nil {
						t.Errorf("%s of a session of others is done", a.what)
					}
				}
			}
		})
		got, err := b.As(billing).Get(t.Context(), id)
		if err != nil || got.Version != 1+writes.Load() || string(got.Data) != `"mine"` {
			t.Errorf("after %d updates of its owner the session is %+v, %v", writes.Load(), got, err)
		}
	})
}

// TestNobodyWaitsForTheTurnOfAnotherNamespace: the wait would tell that there is a
// session, and could be used to hold it up.
func TestNobodyWaitsForTheTurnOfAnotherNamespace(t *testing.T) {
	t.Parallel()
	b := newBench(t, time.Hour)
	id := made(t, b.As(billing), session.New{UserID: "billing:1", Data: []byte(`{}`)})
	inTurn := func(data []byte) ([]byte, error) {
		for _, a := range attempts(t.Context()) {
			err := a.do(b.As(shop), id)
			if !errors.Is(err, session.ErrNotFound) && a.method != "EndUser" && a.what != "an update too large" {
				t.Errorf("%s while the owner patches returned %v", a.what, err)
			}
		}
		return data, nil
	}
	if err := only(b.As(billing).Patch(t.Context(), id, inTurn, nil)); err != nil {
		t.Error(err)
	}
}
