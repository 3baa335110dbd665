package httpapi

import (
	"context"
	"sync"
	"time"
)

// deadline is context.WithDeadline whose timer starts only when somebody asks
// for Done. Most requests are over before anyone has to wait, and a timer for
// each of them costs more than the rest of the request's bookkeeping.
type deadline struct {
	context.Context // the request's, ended by net/http when the caller leaves

	at time.Time

	mu     sync.Mutex
	timed  context.Context // from the first Done on
	cancel context.CancelFunc
}

// begin sets the end, once. The zero deadline is of no use before it.
func (d *deadline) begin(parent context.Context, at time.Time) { d.Context, d.at = parent, at }

// Deadline returns when the request's time is over.
func (d *deadline) Deadline() (time.Time, bool) {
	if outer, ok := d.Context.Deadline(); ok && outer.Before(d.at) {
		return outer, true
	}
	return d.at, true
}

// Done returns the channel that closes when the request is over.
func (d *deadline) Done() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.timed == nil {
		d.timed, d.cancel = context.WithDeadline(d.Context, d.at)
	}
	return d.timed.Done()
}

// Err returns why the request is over, nil before it is.
func (d *deadline) Err() error {
	if timed := d.started(); timed != nil {
		// What Done and Err say must agree, so the timer decides for both.
		return timed.Err()
	}
	if err := d.Context.Err(); err != nil {
		return err
	}
	if !time.Now().Before(d.at) {
		return context.DeadlineExceeded
	}
	return nil
}

// Value returns what the request's context holds. Once the timer runs, package
// context finds it through here and needs no goroutine to follow it.
func (d *deadline) Value(key any) any {
	if timed := d.started(); timed != nil {
		return timed.Value(key)
	}
	return d.Context.Value(key)
}

// stop frees the timer, if there is one.
func (d *deadline) stop() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.cancel != nil {
		d.cancel()
	}
}

func (d *deadline) started() context.Context {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.timed
}
