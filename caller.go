package session

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Caller is who a Service serves: one of the applications that share its store.
// The zero Caller is nobody in particular and may do everything.
type Caller struct {
	// Name tells callers apart. Those with different names never meet in their
	// idempotency keys; those without one share theirs.
	Name string
	// UserPrefix restricts the caller to a namespace: the users whose ids begin with
	// it, byte for byte. All other sessions are absent for it. "" restricts to
	// nothing.
	UserPrefix string
}

// Validate returns nil for a caller that there can be, else a sentence about a
// UserPrefix that no user id begins with.
func (c Caller) Validate() error {
	switch {
	case len(c.UserPrefix) > MaxUserIDBytes:
		return fmt.Errorf("the prefix of the users of a caller must be at most %d bytes; it has %d", MaxUserIDBytes, len(c.UserPrefix))
	case !utf8.ValidString(c.UserPrefix):
		return fmt.Errorf("the prefix of the users of a caller must be valid UTF-8; %q is not", c.UserPrefix)
	case strings.ContainsFunc(c.UserPrefix, unicode.IsControl):
		return fmt.Errorf("the prefix of the users of a caller must not contain control characters; %q does", c.UserPrefix)
	}
	return nil
}

// As returns the Service for c: another view of the same one, which costs next to
// nothing. A caller with a UserPrefix that is not valid has no users at all.
func (s *Service) As(c Caller) *Service {
	view := &Service{shared: s.shared, store: s.whole, caller: c}
	if c.UserPrefix != "" {
		view.store = namespace{store: s.whole, caller: c, prefix: c.prefix()}
	}
	return view
}

// noPrefix is what no user id begins with: control characters, and too many.
var noPrefix = strings.Repeat("\x00", MaxUserIDBytes+1)

// prefix returns what user ids must begin with. Invalid UTF-8 goes no further than
// here: an encoder that makes U+FFFD of it would make another prefix of this one.
func (c Caller) prefix() string {
	if c.Validate() != nil {
		return noPrefix
	}
	return c.UserPrefix
}

// allows returns nil if the caller may name the user, else an Error of
// CodeUserNotAllowed. That depends on nothing but the caller's own settings, so it
// tells nothing of others.
func (c Caller) allows(userID string) error {
	if strings.HasPrefix(userID, c.prefix()) {
		return nil
	}
	return &Error{
		Code:    CodeUserNotAllowed,
		Message: fmt.Sprintf("userId must begin with %q, the prefix of the users that this caller is restricted to", c.UserPrefix),
		Field:   "userId",
	}
}

// validateUser returns an Error for a user that no session may belong to, or none
// of the caller's.
func (s *Service) validateUser(userID string) error {
	if err := ValidateUserID(userID); err != nil {
		return err
	}
	return s.caller.allows(userID)
}
