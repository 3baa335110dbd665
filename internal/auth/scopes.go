package auth

import (
	"fmt"
	"strings"
)

// Scopes is a set of scopes. None of them contains another.
type Scopes uint8

// The scopes. Their texts are part of the contract.
const (
	// Read: read a session, and list those of a user.
	Read Scopes = 1 << iota
	// Write: create, change, keep alive, rotate and end sessions.
	Write
	// Admin: list everybody's sessions, prolong sessions, end all of a user's.
	Admin
)

// scopeNames are the texts of the scopes, in their order.
var scopeNames = []string{"sessions:read", "sessions:write", "sessions:admin"}

// Has reports whether all of need are in s.
func (s Scopes) Has(need Scopes) bool { return s&need == need }

// Names returns the texts of the scopes in s.
func (s Scopes) Names() []string {
	var names []string
	for i, name := range scopeNames {
		if s.Has(1 << i) {
			names = append(names, name)
		}
	}
	return names
}

// String returns the scopes as the claim "scope" of a token has them (RFC 8693
// section 4.2): with a space between them.
func (s Scopes) String() string { return strings.Join(s.Names(), " ") }

// ParseScopes reads a list of at least one scope.
func ParseScopes(names []string) (Scopes, error) {
	var all Scopes
	for _, name := range names {
		one := scopeOf(name)
		if one == 0 {
			return 0, errBadScopes
		}
		all |= one
	}
	if all == 0 {
		return 0, errBadScopes
	}
	return all, nil
}

var errBadScopes = fmt.Errorf("must be one or more of %s", strings.Join(scopeNames, ", "))

// known returns those of names that are scopes of this service: tokens carry those
// of others too.
func known(names []string) (all Scopes) {
	for _, name := range names {
		all |= scopeOf(name)
	}
	return all
}

// scopeOf returns the scope with that text, 0 if there is none.
func scopeOf(name string) Scopes {
	for i, text := range scopeNames {
		if name == text {
			return 1 << i
		}
	}
	return 0
}
