package session

import (
	"context"
	"slices"
)

// namespace is a store as a caller with a UserPrefix sees it. Every rule of the
// Service is above it and none needs to know: whatever a method does later, it can
// reach no session of others. It embeds no Store, so that a method which the Store
// gets later does not slip through.
type namespace struct {
	store  Store
	caller Caller
	prefix string // of the users, "" never
}

var _ Store = namespace{}

// errForeign is ErrNotFound for a row of another namespace. Callers can't tell the
// two apart.
var errForeign = &Error{Code: ErrNotFound.Code, Message: ErrNotFound.Message}

func (n namespace) Create(ctx context.Context, s *Session) error {
	if err := n.caller.allows(s.UserID); err != nil {
		return err
	}
	return n.store.Create(ctx, s)
}

// Get shows aliases, which belong to no user: what one names is looked at as well.
func (n namespace) Get(ctx context.Context, id string) (*Session, error) {
	found, err := n.store.Get(ctx, id)
	alias := err == nil && found.RotatedTo != ""
	if !alias && n.within(Condition{}).hidesRead(found, err) {
		return nil, errForeign
	}
	return found, err
}

func (n namespace) Update(ctx context.Context, id string, c Change, cond Condition) (*Session, error) {
	return n.store.Update(ctx, id, c, n.within(cond))
}

func (n namespace) Retime(ctx context.Context, id string, to Times, raise bool, cond Condition) (*Session, error) {
	return n.store.Retime(ctx, id, to, raise, n.within(cond))
}

func (n namespace) Delete(ctx context.Context, id string, cond Condition) (*Session, error) {
	return n.store.Delete(ctx, id, n.within(cond))
}

// within returns cond for sessions of the namespace only.
func (n namespace) within(cond Condition) Condition {
	cond.UserPrefix = n.prefix
	return cond
}

func (n namespace) Apply(ctx context.Context, t Transaction) error {
	if t.Create != nil {
		if err := n.caller.allows(t.Create.UserID); err != nil {
			return err
		}
	}
	t.End = slices.Clone(t.End)
	for i := range t.End {
		t.End[i].Cond = n.within(t.End[i].Cond)
	}
	return n.store.Apply(ctx, t)
}

// Record shows all records: their keys are the Service's own, and name a user of
// the namespace or the caller.
func (n namespace) Record(ctx context.Context, key string) (*Record, error) {
	return n.store.Record(ctx, key)
}

func (n namespace) List(ctx context.Context, q PageQuery) (Page, error) {
	q.UserPrefix = n.prefix
	return n.store.List(ctx, q)
}

func (n namespace) ListByUser(ctx context.Context, userID string, q PageQuery) (Page, error) {
	q.UserPrefix = n.prefix
	return n.store.ListByUser(ctx, userID, q)
}

func (n namespace) Status(ctx context.Context) (Status, error) { return n.store.Status(ctx) }

func (n namespace) Close() error { return n.store.Close() }
