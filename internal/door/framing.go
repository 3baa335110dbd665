package door

import (
	"bytes"
	"net/http"
)

// Framing is what is known of how a request's body is delimited.
type Framing int

const (
	// Plain bodies have one length, said in one way.
	Plain Framing = iota
	// Unknown is that of a body in chunks whose header can't be seen here. It may have
	// another length too.
	Unknown
	// Conflicting bodies come in chunks and have a Content-Length beside, or come in
	// chunks by HTTP/1.0, which knows none. Proxies that go by the one and servers that
	// go by the other take different bytes for the next request, which is how requests
	// are smuggled (RFC 9112 sections 6.1 and 11.2).
	Conflicting
)

// FramingOf returns what is known of the body of r. net/http goes by the chunks, removes
// the Content-Length and says nothing of it; by HTTP/1.0 it goes by the Content-Length,
// and removes the other. So what was read is looked at once more. That is only done
// for bodies in chunks and for HTTP/1.0, which few clients send.
func FramingOf(r *http.Request) Framing {
	inChunks := len(r.TransferEncoding) > 0
	if !inChunks && r.ProtoAtLeast(1, 1) {
		return Plain
	}
	chunks, length := false, false
	if c, _ := r.Context().Value(connKey{}).(*conn); c != nil {
		chunks, length = c.fields()
	}
	switch {
	case chunks && (length || !inChunks):
		return Conflicting
	case inChunks && !chunks:
		return Unknown // the header that is seen is none, or another's
	}
	return Plain
}

// fields reports which of the two fields the header has that was read last.
func (c *conn) fields() (chunks, length bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return framingIn(c.head)
}

func framingIn(head []byte) (chunks, length bool) {
	for line := range bytes.Lines(bytes.TrimLeft(head, "\r\n")) {
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			break
		}
		name, _, _ := bytes.Cut(line, []byte(":"))
		chunks = chunks || bytes.EqualFold(name, []byte("Transfer-Encoding"))
		length = length || bytes.EqualFold(name, []byte("Content-Length"))
	}
	return chunks, length
}
