package faultproxy

import (
	"hash/crc32"
	"net"
	"net/http"
	"strconv"
)

// Exchange is one call, from its arrival to its answer. It belongs to the one
// goroutine that runs the Fault.
type Exchange struct {
	// Header and Body are the request as Forward sends it; Body is JSON.
	Header http.Header
	Body   []byte

	proxy    *Proxy
	w        http.ResponseWriter
	r        *http.Request
	op       string
	answered bool
}

// Op returns the operation, such as "GetItem".
func (x *Exchange) Op() string { return x.op }

// Left is closed when the caller has gone, or the proxy is closed.
func (x *Exchange) Left() <-chan struct{} { return x.r.Context().Done() }

// Forward sends the call to the target and returns the answer. It goes on to the
// end when the caller leaves, so after it the call has had its effect.
func (x *Exchange) Forward() (*Answer, error) {
	return x.proxy.forward(x.r.Context(), x.Header, x.Body)
}

// Reply answers the call.
func (x *Exchange) Reply(a *Answer) { x.reply(a, len(a.Body)) }

// reply sends the head of a and n bytes of its body.
func (x *Exchange) reply(a *Answer, n int) {
	x.answered = n == len(a.Body)
	h := x.w.Header()
	for name, values := range a.Header {
		h[name] = values
	}
	h.Set("Content-Length", strconv.Itoa(len(a.Body)))
	x.w.WriteHeader(a.Status)
	_, _ = x.w.Write(a.Body[:n])
	_ = http.NewResponseController(x.w).Flush()
}

// HangUp closes the connection: the caller reads the end of it where the answer
// should be.
func (x *Exchange) HangUp() { panic(http.ErrAbortHandler) }

// Reset breaks the connection with a TCP reset.
func (x *Exchange) Reset() {
	conn, _, err := http.NewResponseController(x.w).Hijack()
	if err != nil {
		x.HangUp() // HTTP/2, which has no connection of its own
	}
	x.answered = true
	if secure, ok := conn.(interface{ NetConn() net.Conn }); ok {
		conn = secure.NetConn()
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// Answer is what the target said, or what a Fault says in its place.
type Answer struct {
	// Status is the HTTP status.
	Status int
	// Header goes out as it is, but for Content-Length.
	Header http.Header
	// Body is JSON. Change it with SetBody, which keeps the checksum right.
	Body []byte
}

// checksumHeader is the CRC-32 (IEEE) of the body in decimal (AWS: "DynamoDB
// low-level API").
const checksumHeader = "X-Amz-Crc32"

// SetBody replaces the body and its checksum.
func (a *Answer) SetBody(body []byte) {
	a.Body = body
	a.Header.Set(checksumHeader, strconv.FormatUint(uint64(crc32.ChecksumIEEE(body)), 10))
}
