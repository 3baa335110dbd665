// Package unreadable keeps account of the stored rows that an engine's lists leave
// out because they cannot be understood. What makes a row unreadable is the
// engine's to say.
package unreadable

import (
	"log/slog"
	"sync"

	"session-api"
)

// maxLogged bounds how many rows are remembered as logged.
const maxLogged = 1000

// Rows counts such rows and logs each once. It is safe for concurrent use.
type Rows struct {
	log *slog.Logger

	mu     sync.Mutex
	count  uint64
	logged map[string]struct{} // by redacted id
}

// NewRows returns an account without rows that logs to log.
func NewRows(log *slog.Logger) *Rows {
	return &Rows{log: log, logged: make(map[string]struct{})}
}

// Note takes down that a list left out the row with this id because of err, which
// names what is wrong with it. The log shows the id redacted.
func (u *Rows) Note(id string, err error) {
	shown := session.Redact(id)
	u.mu.Lock()
	defer u.mu.Unlock()
	u.count++
	if _, done := u.logged[shown]; done || len(u.logged) >= maxLogged {
		return
	}
	u.logged[shown] = struct{}{}
	u.log.Error("A stored session cannot be read; lists leave it out.", "session", shown, "error", err)
}

// Count returns how often a row was left out.
func (u *Rows) Count() uint64 {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.count
}
