package door

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
)

// conn is a connection of the door.
type conn struct {
	net.Conn
	door *Door
	// waits is the turn in which the connection began to wait for a request or its
	// body; 0 while there is work for it.
	waits         atomic.Int64
	reads, writes deadline

	mu   sync.Mutex // net/http reads on while a handler runs
	head []byte     // what was read since the request before, as far as its header may go
	full bool       // head has the header's end, or as much as may be
}

func (d *Door) newConn(accepted net.Conn) *conn {
	c := &conn{Conn: accepted, door: d}
	c.reads.set, c.writes.set = accepted.SetReadDeadline, accepted.SetWriteDeadline
	c.waits.Store(d.turn.Add(1))
	return c
}

// headBytes is how much of head is kept at most. net/http takes no larger header.
const headBytes = 32 << 10

// Read notes what is read.
func (c *conn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if n > 0 && c.door.framing {
		c.note(b[:n])
	}
	return n, err
}

func (c *conn) note(b []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.full {
		return
	}
	from := max(len(c.head)-len("\r\n\r"), 0)
	c.head = append(c.head, b...)
	fresh := c.head[from:]
	c.full = len(c.head) > headBytes || bytes.Contains(fresh, []byte("\n\r\n")) || bytes.Contains(fresh, []byte("\n\n"))
}

// keptBytes is how much room for a head a connection keeps from request to request.
const keptBytes = 2 << 10

// between ends a request.
func (c *conn) between() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.full = false
	if c.head = c.head[:0]; cap(c.head) > keptBytes {
		c.head = nil
	}
}

// Write writes, in place of an answer of net/http's own, the one of the API.
func (c *conn) Write(b []byte) (int, error) {
	status, why, ok := refusalIn(b)
	if !ok {
		return c.Conn.Write(b)
	}
	if _, err := c.Conn.Write(c.door.options.Refusal(status, why)); err != nil {
		return 0, err
	}
	return len(b), nil
}

// Close closes the connection and makes room for another.
func (c *conn) Close() error {
	c.door.forget(c)
	return c.Conn.Close()
}

// CloseWrite tells the other side that nothing more comes. net/http does so before it
// closes under a client that still sends, so that the answer is not lost.
func (c *conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return errors.ErrUnsupported
}

type connKey struct{}

// Context is for http.Server.ConnContext. It lets Waiting and Framing find the
// connection of a request.
func (d *Door) Context(ctx context.Context, c net.Conn) context.Context {
	if mine := d.own(c); mine != nil {
		return context.WithValue(ctx, connKey{}, mine)
	}
	return ctx
}

// own returns the connection below c: c itself, or the one under its TLS.
func (d *Door) own(c net.Conn) *conn {
	if over, ok := c.(interface{ NetConn() net.Conn }); ok {
		c = over.NetConn()
	}
	mine, _ := c.(*conn)
	return mine
}

// State is for http.Server.ConnState.
func (d *Door) State(c net.Conn, s http.ConnState) {
	mine := d.own(c)
	switch {
	case mine == nil:
	case s == http.StateActive:
		mine.waits.Store(0)
	case s == http.StateIdle:
		mine.waits.Store(d.turn.Add(1))
		if d.framing {
			mine.between()
		}
	}
}

// Waiting says that the request of ctx waits for its body to come, or that it waits no
// more. A connection that waits may have to make room for another.
func Waiting(ctx context.Context, waits bool) {
	c, _ := ctx.Value(connKey{}).(*conn)
	switch {
	case c == nil:
	case waits:
		c.waits.Store(c.door.turn.Add(1))
	default:
		c.waits.Store(0)
	}
}
