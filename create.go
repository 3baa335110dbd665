package session

import (
	"context"
	"fmt"
	"time"
)

// New is what a new session is made of.
type New struct {
	// UserID is the user that the session belongs to.
	UserID string
	// Data is the session's JSON text, valid and compact.
	Data []byte
	// TTL is the lifetime: whole seconds from 1 up to Options.MaxTTL; 0 means
	// Options.TTL.
	TTL time.Duration
	// IdleTimeout is how long the session lives without activity: as TTL; 0 means
	// Options.IdleTimeout.
	IdleTimeout time.Duration
	// Client says where the session comes from.
	Client Client
	// Auth says how the user was authenticated.
	Auth Auth
}

// Create makes a session and returns it. It costs one store call; with
// Options.MaxPerUser a read and a transaction, and more at the limit. Errors:
// CodeInvalidUserID, CodeUserNotAllowed, CodeInvalidValue, CodeTooLarge, CodeTooDeep,
// CodeTooManySessions, CodeContention, CodeUnavailable.
func (s *Service) Create(ctx context.Context, n New) (*Session, error) {
	if err := s.validateNew(n); err != nil {
		return nil, err
	}
	created := s.newSession(n)
	var err error
	if s.options.MaxPerUser == 0 {
		err = s.store.Create(ctx, created)
	} else {
		_, err = s.place(ctx, created, nil)
	}
	if err != nil {
		return nil, err
	}
	return created, nil
}

func (s *Service) validateNew(n New) error {
	if err := s.validateUser(n.UserID); err != nil {
		return err
	}
	if err := s.validateData(n.Data); err != nil {
		return err
	}
	if err := s.validateSeconds("ttlSeconds", n.TTL); err != nil {
		return err
	}
	if err := s.validateSeconds("idleTimeoutSeconds", n.IdleTimeout); err != nil {
		return err
	}
	if err := n.Client.validate(); err != nil {
		return err
	}
	return n.Auth.validate(s.clock())
}

// validateSeconds returns an Error for a time that a caller can't ask for; 0 is
// not asked for.
func (s *Service) validateSeconds(field string, d time.Duration) error {
	if d == 0 {
		return nil
	}
	if d < MinTTL || d > s.options.MaxTTL || d%time.Second != 0 {
		return s.InvalidSeconds(field)
	}
	return nil
}

// InvalidSeconds returns the Error for a field that is no number of seconds that
// a lifetime or an idle timeout may have.
func (s *Service) InvalidSeconds(field string) error {
	return invalid(field, fmt.Sprintf("a whole number of seconds from 1 to %d", s.options.MaxTTL/time.Second))
}

func (s *Service) newSession(n New) *Session {
	now := s.clock()
	c := &Session{
		ID:        s.options.NewID(n.UserID),
		UserID:    n.UserID,
		Data:      n.Data,
		CreatedAt: now,
		// Down to the second: a session never outlives its lifetime.
		ExpiresAt:   now.Add(orElse(n.TTL, s.options.TTL)).Truncate(time.Second),
		Version:     1,
		IdleTimeout: orElse(n.IdleTimeout, s.options.IdleTimeout),
		Client:      n.Client,
		Auth:        n.Auth,
	}
	c.Handle = s.options.Handle(c.ID)
	if c.IdleTimeout > 0 {
		c.AbsoluteExpiresAt = c.ExpiresAt
		c.ExpiresAt = earlier(c.AbsoluteExpiresAt, idleEnd(now, c.IdleTimeout))
	}
	return c
}

func orElse(d, otherwise time.Duration) time.Duration {
	if d == 0 {
		return otherwise
	}
	return d
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
