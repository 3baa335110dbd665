package embedded

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"sync"
)

// errHalted says that a wait was given up because writes cannot be served now.
var errHalted = errors.New("writes are halted")

// health is what the engine knows about its disk. It is halted while an
// operation waits for space, and for good once it is broken.
type health struct {
	log *slog.Logger

	mu       sync.Mutex
	broken   error
	brokenCh chan struct{} // closed when broken is set
	short    int           // operations that wait for space or file handles
	shortOf  error         // why they wait
	haltedCh chan struct{} // closed while halted; a new one after that
}

func newHealth(log *slog.Logger) *health {
	return &health{log: log, brokenCh: make(chan struct{}), haltedCh: make(chan struct{})}
}

// halted is closed while writes cannot be served.
func (h *health) halted() <-chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.haltedCh
}

// err says why writes cannot be served, or nil.
func (h *health) err() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.errLocked()
}

func (h *health) errLocked() error {
	switch {
	case h.broken != nil:
		return fmt.Errorf("writes stopped until a restart: %w", h.broken)
	case h.short > 0:
		return fmt.Errorf("writes wait for the disk: %w", h.shortOf)
	}
	return nil
}

// cause is err for a caller that saw halted closed: it never returns nil, for
// there may be room again by now.
func (h *health) cause() error { return cmp.Or(h.err(), errHalted) }

// abandon stops every write for good, without a word in the log. The first
// cause stays; it reports whether this is it.
func (h *health) abandon(cause error) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.broken != nil {
		return false
	}
	if h.short == 0 {
		close(h.haltedCh)
	}
	h.broken = cause
	close(h.brokenCh)
	return true
}

// fail is abandon for a fault that a person must mend; it logs it, once.
func (h *health) fail(cause error) {
	if h.abandon(cause) {
		h.log.Error("The data directory cannot be written; writes are refused from now on. Mend the disk, then restart the service.",
			"error", cause)
	}
}

// lack says that an operation waits because of cause, until met is called.
func (h *health) lack(cause error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.shortOf = cause
	if h.short++; h.short == 1 && h.broken == nil {
		close(h.haltedCh)
		h.log.Error("The disk or the process has reached a limit; writes are refused until there is room.", "error", cause)
	}
}

// met ends one lack.
func (h *health) met() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.short--; h.short == 0 && h.broken == nil {
		h.haltedCh = make(chan struct{})
		h.log.Info("There is room again; writes are served.")
	}
}
