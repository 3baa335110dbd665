package session

import "time"

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
	case s.RotatedTo != "":
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
