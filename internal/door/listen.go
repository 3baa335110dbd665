package door

import (
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"session-api/internal/tally"
)

// Options set up a Door.
type Options struct {
	// MaxConnections is how many connections may be open at once; 0 means any number.
	MaxConnections int
	// TLS says that what is read and written here is encrypted, so that nothing of it
	// can be understood: refusals are net/http's then, and Framing knows nothing.
	TLS bool
	// Refusal returns the whole answer to what is no request. The status is the one that
	// net/http found, why its reason, "" if it gave none; neither holds anything of
	// what was sent. It must not be nil.
	Refusal func(status int, why string) []byte
	// Logger is told when there are too many connections; nil discards it.
	Logger *slog.Logger
	// Now is the clock of the log's lines; nil means time.Now.
	Now func() time.Time
}

// Door is a net.Listener for an http.Server, which must be given its methods State and
// Context too. It is safe for concurrent use.
type Door struct {
	net.Listener
	options Options
	framing bool
	turn    atomic.Int64 // counts the times at which connections began to wait
	crowded tally.Tally

	mu      sync.Mutex
	open    map[*conn]struct{}
	watched bool // watch runs
}

// New returns a Door that takes its connections from l.
func New(l net.Listener, o Options) *Door {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Door{Listener: l, options: o, framing: !o.TLS, open: map[*conn]struct{}{}}
}

// Accept waits for the next connection. Where there are as many as may be, it closes
// one that waits for a request or a body for long: whoever holds connections open to
// keep others out only ever loses the oldest of them. If all are at work, it closes the
// new one.
func (d *Door) Accept() (net.Conn, error) {
	for {
		accepted, err := d.Listener.Accept()
		if err != nil {
			return nil, err
		}
		c := d.newConn(accepted)
		full, goes := d.admit(c)
		if full {
			d.noteCrowded()
		}
		if goes != nil {
			_ = goes.Conn.Close()
		}
		if goes != c {
			return c, nil
		}
	}
}

// admit takes c in and returns whether there was no room for it, and who goes instead.
func (d *Door) admit(c *conn) (full bool, goes *conn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if full = d.options.MaxConnections > 0 && len(d.open) >= d.options.MaxConnections; full {
		if goes = d.longestWaiting(); goes == nil {
			return full, c
		}
		delete(d.open, goes)
	}
	d.open[c] = struct{}{}
	if !d.watched {
		d.watched = true
		go d.watch()
	}
	return full, goes
}

// candidates is how many connections are looked at for the one that waits longest. More
// would cost more than they find.
const candidates = 64

// longestWaiting returns, of some connections, the one that waits longest; nil if none
// waits.
func (d *Door) longestWaiting() (found *conn) {
	var since int64
	n := 0
	for c := range d.open { // begins anywhere
		if waits := c.waits.Load(); waits > 0 && (found == nil || waits < since) {
			found, since = c, waits
		}
		if n++; n == candidates {
			break
		}
	}
	return found
}

func (d *Door) forget(c *conn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.open, c)
}

func (d *Door) noteCrowded() {
	if n := d.crowded.Add(d.options.Now()); n > 0 {
		d.options.Logger.Warn("connections were closed to make room for others, because as many were open as there may be",
			slog.Int64("closed", n), slog.Int("max_connections", d.options.MaxConnections))
	}
}
