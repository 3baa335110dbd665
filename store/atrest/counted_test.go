package atrest_test

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"session-api"
)

// counted is an engine that counts its calls and keeps all that it was given.
type counted struct {
	session.Store
	calls atomic.Int64
	mu    sync.Mutex
	given strings.Builder
}

// take counts a call and takes down what came with it; bytes as they are.
func (c *counted) take(values ...any) {
	c.calls.Add(1)
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, v := range values {
		switch v := v.(type) {
		case *session.Session:
			if v != nil {
				c.given.Write(v.Data)
			}
		case session.Change:
			c.given.Write(v.Data)
		case session.Transaction:
			for _, r := range v.Records {
				c.given.Write(r.Value)
			}
			if v.Create != nil {
				c.given.Write(v.Create.Data)
			}
		}
		text, err := json.Marshal(v)
		if err != nil {
			panic(err)
		}
		c.given.Write(append(text, '\n'))
	}
}

// wantNone fails if anything of secrets was given to the engine.
func (c *counted) wantNone(t *testing.T, secrets ...string) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, secret := range secrets {
		if strings.Contains(c.given.String(), secret) {
			t.Errorf("the engine was given %s", secret)
		}
	}
}

func (c *counted) Create(ctx context.Context, s *session.Session) error {
	c.take(s)
	return c.Store.Create(ctx, s)
}

func (c *counted) Get(ctx context.Context, id string) (*session.Session, error) {
	c.take(id)
	return c.Store.Get(ctx, id)
}

func (c *counted) Update(ctx context.Context, id string, ch session.Change, cond session.Condition) (*session.Session, error) {
	c.take(id, ch)
	return c.Store.Update(ctx, id, ch, cond)
}

func (c *counted) Retime(ctx context.Context, id string, to session.Times, raise bool, cond session.Condition) (*session.Session, error) {
	c.take(id)
	return c.Store.Retime(ctx, id, to, raise, cond)
}

func (c *counted) Delete(ctx context.Context, id string, cond session.Condition) (*session.Session, error) {
	c.take(id)
	return c.Store.Delete(ctx, id, cond)
}

func (c *counted) Apply(ctx context.Context, t session.Transaction) error {
	c.take(t)
	return c.Store.Apply(ctx, t)
}

func (c *counted) Record(ctx context.Context, key string) (*session.Record, error) {
	c.take(key)
	return c.Store.Record(ctx, key)
}

func (c *counted) List(ctx context.Context, q session.PageQuery) (session.Page, error) {
	c.take(q)
	return c.Store.List(ctx, q)
}

func (c *counted) ListByUser(ctx context.Context, userID string, q session.PageQuery) (session.Page, error) {
	c.take(userID, q)
	return c.Store.ListByUser(ctx, userID, q)
}
