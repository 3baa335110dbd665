package session

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

// Tries of a write that others came before. In one process the writes of a row
// that have to read first take turns (turns.go), so those that meet come from
// other processes: a few, and one of them wins each time.
const (
	maxTries     = 20
	firstBackoff = 2 * time.Millisecond
	maxBackoff   = 100 * time.Millisecond
)

// ErrContention says that others changed the row in every try.
var ErrContention = &Error{
	Code:    CodeContention,
	Message: "Others keep changing the same session; nothing was done, try again shortly",
}

// retry calls try until it returns something else than a conflict with another
// write, at most maxTries times, with full jitter between. It returns
// ErrContention if none did.
func (s *Service) retry(ctx context.Context, try func() error) error {
	backoff := firstBackoff
	for tries := 1; ; tries++ {
		err := try()
		if !outrun(err) {
			return err
		}
		if tries == maxTries {
			return ErrContention
		}
		if err := pause(ctx, rand.N(backoff)); err != nil { // #nosec G404 -- a pause is no secret
			return err
		}
		backoff = min(2*backoff, maxBackoff)
	}
}

// mismatched wraps a conflict with what the caller asked for, which no further
// try can mend.
type mismatched struct{ error }

// Unwrap returns the conflict.
func (m mismatched) Unwrap() error { return m.error }

// outrun reports whether err says that another write came first.
func outrun(err error) bool {
	if m := (mismatched{}); errors.As(err, &m) {
		return false
	}
	return errors.Is(err, ErrConflict) || errors.Is(err, ErrStale)
}

// pause waits; the error is ErrUnavailable if ctx ends first.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return Unavailable(ctx.Err())
	}
}
