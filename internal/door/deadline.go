package door

import (
	"sync"
	"time"
)

// net/http moves a connection's deadlines four or five times a request, and each move
// is one of a timer of the runtime, for times that hardly ever come. So the door only
// writes them down, and one watch for all connections looks every watchEvery whether one
// has come. A connection is cut so much later, at most.

const watchEvery = 250 * time.Millisecond

// longAgo is before any time at which a connection could want to be cut later. What
// asks for an earlier one wants to be cut now: so net/http ends a read that it does not
// wait for any more.
var longAgo = time.Unix(60, 0)

// deadline is when one direction of a connection is cut.
type deadline struct {
	set func(time.Time) error // of the connection itself

	mu  sync.Mutex
	at  time.Time // zero for never, and when it is cut
	cut bool
}

// move sets when it is cut; the zero time means never.
func (d *deadline) move(at time.Time) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !at.IsZero() && at.Before(longAgo) {
		d.at, d.cut = time.Time{}, true
		return d.set(at)
	}
	d.at = at
	if d.cut {
		d.cut = false
		return d.set(time.Time{})
	}
	return nil
}

// look cuts it if its time has come.
func (d *deadline) look(now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.at.IsZero() && !now.Before(d.at) {
		d.at, d.cut = time.Time{}, true
		_ = d.set(longAgo) // fails where the connection is closed already
	}
}

// SetDeadline sets when reads and writes fail.
func (c *conn) SetDeadline(t time.Time) error {
	err := c.reads.move(t)
	if other := c.writes.move(t); err == nil {
		err = other
	}
	return err
}

// SetReadDeadline sets when reads fail, to watchEvery.
func (c *conn) SetReadDeadline(t time.Time) error { return c.reads.move(t) }

// SetWriteDeadline sets when writes fail, to watchEvery.
func (c *conn) SetWriteDeadline(t time.Time) error { return c.writes.move(t) }

// watch cuts the connections whose time has come, as long as there are any.
func (d *Door) watch() {
	ticks := time.NewTicker(watchEvery)
	defer ticks.Stop()
	for now := range ticks.C {
		if !d.look(now) {
			return
		}
	}
}

// look looks at all connections and reports whether there are any.
func (d *Door) look(now time.Time) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	for c := range d.open {
		c.reads.look(now)
		c.writes.look(now)
	}
	d.watched = len(d.open) > 0
	return d.watched
}
