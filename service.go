package session

import (
	"context"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"
)

// Page sizes of the lists, in sessions.
const (
	DefaultPageLimit = 100
	MaxPageLimit     = 1000
)

// MinTTL is the shortest lifetime: expiry is kept in whole seconds, rounded
// down, so a shorter one could be over before it began.
const MinTTL = time.Second

// Service applies the rules about sessions. It holds no state beside its Store
// and is safe for concurrent use.
type Service struct {
	store   Store
	now     func() time.Time
	newID   func(userID string) string
	ttl     time.Duration
	cursors cursorSealer
}

// Options are what a Service needs beside its Store.
type Options struct {
	// TTL is the lifetime of a session from its creation; at least MinTTL.
	TTL time.Duration
	// CursorKey seals the cursors of lists: CursorKeyBytes secret bytes. A
	// cursor is good wherever the same key is.
	CursorKey []byte
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// NewID makes the id of a new session; nil means NewLabelledID.
	NewID func(userID string) string
}

// NewService returns a Service over store. It returns an error if an option is
// outside what its comment allows. Closing the store stays the caller's.
func NewService(store Store, o Options) (*Service, error) {
	if o.TTL < MinTTL {
		return nil, fmt.Errorf("the lifetime of a session must be at least %v; it is %v", MinTTL, o.TTL)
	}
	cursors, err := newCursorSealer(o.CursorKey)
	if err != nil {
		return nil, err
	}
	s := &Service{store: store, now: o.Now, newID: o.NewID, ttl: o.TTL, cursors: cursors}
	if s.now == nil {
		s.now = time.Now
	}
	if s.newID == nil {
		s.newID = NewLabelledID
	}
	return s, nil
}

// clock returns the time of this call in the form that rows keep.
func (s *Service) clock() time.Time { return s.now().UTC().Truncate(TimePrecision) }

// Create makes a session for userID with the JSON text data and returns it.
// Errors: CodeInvalidUserID, CodeTooLarge, CodeUnavailable.
func (s *Service) Create(ctx context.Context, userID string, data []byte) (*Session, error) {
	if err := ValidateUserID(userID); err != nil {
		return nil, err
	}
	if err := ValidateData(data); err != nil {
		return nil, err
	}
	now := s.clock()
	created := &Session{
		ID:        s.newID(userID),
		UserID:    userID,
		Data:      data,
		CreatedAt: now,
		// Down to the second: a session never outlives its lifetime.
		ExpiresAt: now.Add(s.ttl).Truncate(time.Second),
		Version:   1,
	}
	if err := s.store.Create(ctx, created); err != nil {
		return nil, err
	}
	return created, nil
}

// Get returns the session. Errors: CodeNotFound, CodeExpired, CodeUnreadable,
// CodeUnavailable.
func (s *Service) Get(ctx context.Context, id string) (*Session, error) {
	if !storableID(id) {
		return nil, ErrNotFound
	}
	found, err := s.store.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	// The clock is read after the row, so that a read that took long never
	// answers with a session that ended meanwhile.
	if found.ExpiredAt(s.clock()) {
		return nil, ErrExpired
	}
	return found, nil
}

// Update replaces the session's data whole and returns the session as it now
// is. With a version, the session must be at it. Errors: CodeNotFound,
// CodeExpired, CodeConflict, CodeTooLarge, CodeUnavailable.
func (s *Service) Update(ctx context.Context, id string, data []byte, version *int64) (*Session, error) {
	if err := ValidateData(data); err != nil {
		return nil, err
	}
	if !storableID(id) {
		return nil, ErrNotFound
	}
	now := s.clock()
	return s.store.Update(ctx, id, Change{Data: data, At: now}, Condition{Now: now, Version: version})
}

// Delete ends the session and returns it as it was. With a version, the session
// must be at it. Errors: CodeNotFound, CodeExpired, CodeConflict, CodeUnavailable.
func (s *Service) Delete(ctx context.Context, id string, version *int64) (*Session, error) {
	if !storableID(id) {
		return nil, ErrNotFound
	}
	return s.store.Delete(ctx, id, Condition{Now: s.clock(), Version: version})
}

// storableID reports whether a row could have this id, so that nothing else
// costs a store call. Ids are UTF-8 text: bytes that are none must not reach an
// encoder that turns them into U+FFFD, which is part of another id.
func storableID(id string) bool {
	return id != "" && len(id) <= MaxIDBytes && utf8.ValidString(id)
}

// ListQuery asks for a page of a list.
type ListQuery struct {
	// Limit is the page size, 1 to MaxPageLimit; 0 means DefaultPageLimit.
	Limit int
	// Cursor is the NextCursor of the page before; "" begins the list.
	Cursor string
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

// List returns a page of all active sessions, without their data. Errors:
// CodeInvalidLimit, CodeInvalidCursor, CodeUnavailable.
func (s *Service) List(ctx context.Context, q ListQuery) (List, error) {
	return s.list(allScope, q, func(p PageQuery) (Page, error) { return s.store.List(ctx, p) })
}

// ListByUser returns a page of one user's active sessions in the order of their
// creation. Errors: CodeInvalidUserID, CodeInvalidLimit, CodeInvalidCursor,
// CodeUnavailable.
func (s *Service) ListByUser(ctx context.Context, userID string, q ListQuery) (List, error) {
	if err := ValidateUserID(userID); err != nil {
		return List{}, err
	}
	return s.list(userScope+userID, q, func(p PageQuery) (Page, error) { return s.store.ListByUser(ctx, userID, p) })
}

func (s *Service) list(scope string, q ListQuery, read func(PageQuery) (Page, error)) (List, error) {
	if q.Limit == 0 {
		q.Limit = DefaultPageLimit
	}
	if q.Limit < 1 || q.Limit > MaxPageLimit {
		return List{}, InvalidLimit()
	}
	after, err := s.cursors.open(scope, q.Cursor)
	if err != nil {
		return List{}, err
	}
	page, err := read(PageQuery{Now: s.clock(), Limit: q.Limit, After: after})
	if err != nil {
		return List{}, err
	}
	return List{Sessions: page.Sessions, NextCursor: s.cursors.seal(scope, page.Next)}, nil
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

// Ready tells whether sessions can be served. Errors: CodeUnavailable.
func (s *Service) Ready(ctx context.Context) (Status, error) {
	status, err := s.store.Status(ctx)
	if err != nil && !errors.Is(err, ErrUnavailable) {
		err = Unavailable(err)
	}
	return status, err
}
