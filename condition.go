package session

import (
	"errors"
	"strings"
	"time"
)

// Times are what a row says of when it ends and when it was last active. The
// comments on the fields are those of Session.
type Times struct {
	ExpiresAt, AbsoluteExpiresAt, LastActiveAt time.Time
}

// Equal reports whether t and other are the same instants.
func (t Times) Equal(other Times) bool {
	return t.ExpiresAt.Equal(other.ExpiresAt) &&
		t.AbsoluteExpiresAt.Equal(other.AbsoluteExpiresAt) &&
		t.LastActiveAt.Equal(other.LastActiveAt)
}

// Condition is what a row must satisfy for a write to happen. The engine checks
// it in the same atomic step as the write.
type Condition struct {
	// UserPrefix is what the row's UserID must begin with, byte for byte, else the
	// row is as good as absent: ErrNotFound, whatever else is true of it. "" takes
	// any. It is UTF-8.
	UserPrefix string
	// Now is the caller's time: a row with ExpiresAt <= Now gives ErrExpired.
	Now time.Time
	// Version is the version that the row must have, else Conflict; nil takes
	// any. A row that was stored without a version has version 0.
	Version *int64
	// Times are the times that the row must have, else Conflict; nil takes any.
	// They tell writes apart that raise no version.
	Times *Times
}

// Check returns the error that Condition's comment gives for s, or nil. For an
// alias it is ErrNotFound: see Store.
func (c Condition) Check(s *Session) error {
	switch {
	case s.RotatedTo != "", c.Hides(s.UserID):
		return ErrNotFound
	case s.ExpiredAt(c.Now):
		return ErrExpired
	case c.Version != nil && *c.Version != s.Version:
		return Conflict(s.Version)
	case c.Times != nil && !c.Times.Equal(s.Times()):
		return Conflict(s.Version)
	}
	return nil
}

// Hides reports whether the rows of a user are as good as absent.
func (c Condition) Hides(userID string) bool { return !strings.HasPrefix(userID, c.UserPrefix) }

// CheckRead is Check for a row as it was read: s, or the error that came of it. A
// row that cannot be understood is hidden too, unless its user is known to be one
// whose rows are not.
func (c Condition) CheckRead(s *Session, err error) error {
	switch {
	case c.hidesRead(s, err):
		return ErrNotFound
	case err != nil:
		return err
	}
	return c.Check(s)
}

func (c Condition) hidesRead(s *Session, err error) bool {
	if err == nil {
		return c.Hides(s.UserID)
	}
	var unread *Error
	return errors.As(err, &unread) && unread.Code == CodeUnreadable && c.Hides(unread.UserID)
}
