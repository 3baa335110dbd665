package session

import "strings"

// A handle is the name of a session that is no id of it: what a store that keeps
// no ids has in their place (see store/atrest), and what lists show there. Whoever
// has one can end the session and spare it in EndUser, and nothing else. On a store
// that keeps ids there are no handles, but for rows that are left from before.
const (
	// HandlePrefix begins every handle and no id of ours.
	HandlePrefix = "handle-"
	// HandleChars is how many characters of base32 (RFC 4648 section 6) follow it.
	HandleChars = 34
)

// IsHandle reports whether id has the form of a handle.
func IsHandle(id string) bool {
	name, ok := strings.CutPrefix(id, HandlePrefix)
	return ok && len(name) == HandleChars && !strings.ContainsFunc(name, isNoBase32)
}

func isNoBase32(r rune) bool { return (r < 'A' || 'Z' < r) && (r < '2' || '7' < r) }

// Listed returns the name under which lists show the session.
func (s *Session) Listed() string {
	if s.Handle != "" {
		return s.Handle
	}
	return s.ID
}
