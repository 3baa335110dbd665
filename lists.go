package session

import (
	"context"
	"fmt"
	"time"
)

// Page sizes of the lists, in sessions.
const (
	DefaultPageLimit = 100
	MaxPageLimit     = 1000
)

// ListQuery asks for a page of a list.
type ListQuery struct {
	// Limit is the page size, 1 to MaxPageLimit; 0 means DefaultPageLimit.
	Limit int
	// Cursor is the NextCursor of the page before; "" begins the list. It goes with
	// the rest of the query, but for Limit.
	Cursor string
	// CreatedAfter and CreatedBefore leave out sessions that were not created later
	// than the one and earlier than the other; zero leaves out none.
	CreatedAfter, CreatedBefore time.Time
	// Descending has the newest sessions of a user first.
	Descending bool
}

// List is one page of sessions.
type List struct {
	// Sessions are this page's sessions, all active.
	Sessions []*Session
	// NextCursor continues the list; "" when it is done.
	NextCursor string
}

// The scopes that cursors are bound to. A user id never starts a scope, so no
// user can make the two alike.
const (
	allScope  = "all"
	userScope = "user:"
)

// List returns a page of all active sessions, without their data; of one user's
// if userID is not "". Errors: CodeInvalidUserID, CodeUserNotAllowed,
// CodeInvalidLimit, CodeInvalidCursor, CodeInvalidValue for an order of what has
// none, CodeUnavailable.
func (s *Service) List(ctx context.Context, userID string, q ListQuery) (List, error) {
	if userID == "" {
		if q.Descending {
			return List{}, &Error{Code: CodeInvalidValue, Field: "order", Message: "order needs userId: all sessions together have none"}
		}
		return s.list(ctx, q.scope(allScope), q, func(p PageQuery) (Page, error) { return s.store.List(ctx, p) })
	}
	l, err := s.ListByUser(ctx, userID, q)
	for _, found := range l.Sessions {
		found.Data = nil
	}
	return l, err
}

// ListByUser returns a page of one user's active sessions in the order of their
// creation. Errors: CodeInvalidUserID, CodeUserNotAllowed, CodeInvalidLimit,
// CodeInvalidCursor, CodeUnavailable.
func (s *Service) ListByUser(ctx context.Context, userID string, q ListQuery) (List, error) {
	if err := s.validateUser(userID); err != nil {
		return List{}, err
	}
	return s.list(ctx, q.scope(userScope+userID), q, func(p PageQuery) (Page, error) { return s.store.ListByUser(ctx, userID, p) })
}

// scope returns what the cursors of q are bound to. What is fixed goes first and
// has no free text, so that no user id can make two lists alike.
func (q ListQuery) scope(list string) string {
	if q.CreatedAfter.IsZero() && q.CreatedBefore.IsZero() && !q.Descending {
		return list
	}
	after, before := q.CreatedAfter.Format(time.RFC3339Nano), q.CreatedBefore.Format(time.RFC3339Nano)
	return fmt.Sprintf("%v %s %s %s", q.Descending, after, before, list)
}

func (s *Service) list(ctx context.Context, scope string, q ListQuery, read func(PageQuery) (Page, error)) (List, error) {
	if q.Limit == 0 {
		q.Limit = DefaultPageLimit
	}
	if q.Limit < 1 || q.Limit > MaxPageLimit {
		return List{}, InvalidLimit()
	}
	after, err := s.openCursor(ctx, scope, q.Cursor)
	if err != nil {
		return List{}, err
	}
	page, err := read(PageQuery{
		Now: s.clock(), Limit: q.Limit, After: after,
		CreatedAfter: q.CreatedAfter, CreatedBefore: q.CreatedBefore, Descending: q.Descending,
	})
	if err != nil {
		return List{}, err
	}
	next, err := s.sealCursor(ctx, scope, page.Next)
	if err != nil {
		return List{}, err
	}
	return List{Sessions: page.Sessions, NextCursor: next}, nil
}

// InvalidLimit returns the Error for a page size that is no number from 1 to
// MaxPageLimit.
func InvalidLimit() error {
	return &Error{
		Code:    CodeInvalidLimit,
		Message: fmt.Sprintf("limit must be a whole number from 1 to %d", MaxPageLimit),
		Field:   "limit",
	}
}
