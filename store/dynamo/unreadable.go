package dynamo

import (
	"log/slog"
	"sync"

	"session-api"
)

// maxUnreadableLogged bounds how many rows are remembered as logged.
const maxUnreadableLogged = 1000

// unreadable keeps account of the rows that lists leave out because they cannot
// be understood. Each is logged once.
type unreadable struct {
	log *slog.Logger

	mu     sync.Mutex
	count  uint64
	logged map[string]struct{} // by redacted id
}

func (u *unreadable) note(id string, err error) {
	shown := session.Redact(id)
	u.mu.Lock()
	defer u.mu.Unlock()
	u.count++
	if _, done := u.logged[shown]; done || len(u.logged) >= maxUnreadableLogged {
		return
	}
	if u.logged == nil {
		u.logged = make(map[string]struct{})
	}
	u.logged[shown] = struct{}{}
	u.log.Error("A stored session cannot be read; lists leave it out.", "session", shown, "error", err)
}

// UnreadableRows returns how often a list left out a row that could not be
// understood, since Open.
func (s *Store) UnreadableRows() uint64 {
	s.unread.mu.Lock()
	defer s.unread.mu.Unlock()
	return s.unread.count
}
