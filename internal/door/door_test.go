package door_test

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"session-api/internal/door"
)

// house is a server behind a door.
type house struct {
	t    *testing.T
	addr string
	door *door.Door
	log  *lines
	held chan struct{} // told of requests for /hold
	let  chan struct{} // closed to let them go on
}

// open starts a server whose handler answers "served" and what FramingOf says. It
// reads the body of a POST, as one that waits.
func open(t *testing.T, o door.Options) *house {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, addr: l.Addr().String(), log: &lines{}, held: make(chan struct{}), let: make(chan struct{})}
	o.Logger = slog.New(slog.NewTextHandler(h.log, nil))
	o.Refusal = func(status int, why string) []byte {
		return fmt.Appendf(nil, "HTTP/1.1 %d Refused\r\nConnection: close\r\n\r\n%q", status, why)
	}
	d := door.New(l, o)
	h.door = d
	server := &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == "POST" {
				door.Waiting(r.Context(), true)
				_, _ = io.Copy(io.Discard, r.Body)
				door.Waiting(r.Context(), false)
			}
			if r.URL.Path == "/hold" {
				h.held <- struct{}{}
				<-h.let
			}
			_, _ = fmt.Fprint(w, "served ", door.FramingOf(r))
		}),
		ConnState: d.State, ConnContext: d.Context, ErrorLog: log.New(io.Discard, "", 0),
		ReadHeaderTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
	}
	go func() { _ = server.Serve(d) }()
	t.Cleanup(func() { _ = server.Close() })
	return h
}

type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// patience bounds the waits of these tests, which no machine should reach.
const patience = time.Minute

func (h *house) dial() net.Conn {
	h.t.Helper()
	c, err := net.Dial("tcp", h.addr)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(patience))
	return c
}

// say sends text on c and returns the next answer's status and body.
func (h *house) say(c net.Conn, text string) (int, string) {
	h.t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		h.t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		h.t.Fatalf("%.60q: %v", text, err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

// settle waits until so many connections wait: the server says so a moment after its
// client has the answer.
func (h *house) settle(n int) {
	h.t.Helper()
	again, over := time.NewTicker(time.Millisecond), time.After(patience)
	defer again.Stop()
	for h.door.Waiting() != n {
		select {
		case <-again.C:
		case <-over:
			h.t.Fatalf("%d connections wait, not %d", h.door.Waiting(), n)
		}
	}
}

// closed reports whether the server closes c without a word.
func closed(c net.Conn) bool {
	n, err := c.Read(make([]byte, 1))
	return n == 0 && err != nil
}

const get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"

// TestNetHTTPRefusesInTheseForms sends what net/http answers by itself: a new Go whose
// answers look different shows here.
func TestNetHTTPRefusesInTheseForms(t *testing.T) {
	t.Parallel()
	h := open(t, door.Options{})
	for text, want := range map[string]string{
		"GET / HTTP/1.1\r\n\r\n":                                                      `400 "missing required Host header"`,
		"GET / HTTP/1.1\r\nHost: a b\r\n\r\n":                                         `400 "malformed Host header"`,
		"GET / HTTP/1.1\r\nHost: x\r\nA : b\r\n\r\n":                                  `400 "invalid header name"`,
		"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n":                                `400 ""`,
		"GET / HTTP/1.1\r\nHost: x\r\nA\r\n\r\n":                                      `400 ""`,
		"nonsense\r\n\r\n":                                                            `400 ""`,
		"GET / HTTP/1.1\r\nHost: x\r\nA: " + strings.Repeat("a", 30<<10) + "\r\n\r\n": `431 ""`,
		"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n":               `501 ""`,
		"GET / HTTP/3.0\r\nHost: x\r\n\r\n":                                           `505 "unsupported protocol version"`,
		"GET / HTTP/1.1\r\nHost: x\r\nExpect: more\r\n\r\n":                           `417 ""`,
	} {
		status, body := h.say(h.dial(), text)
		if got := fmt.Sprintf("%d %s", status, body); got != want {
			t.Errorf("%.60q is refused with %s, want %s", text, got, want)
		}
	}
}

func TestNetHTTPRefusesPlainTextWhereTLSIsSpokenInThisForm(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.Listener = door.New(server.Listener, door.Options{TLS: true, Refusal: func(status int, why string) []byte {
		return fmt.Appendf(nil, "HTTP/1.1 %d Refused\r\nConnection: close\r\n\r\n%q", status, why)
	}})
	server.StartTLS()
	t.Cleanup(server.Close)
	h := &house{t: t, addr: server.Listener.Addr().String()}
	if status, body := h.say(h.dial(), get); status != 400 || body != `"this port takes HTTPS"` {
		t.Errorf("refused with %d %s", status, body)
	}
	res, err := server.Client().Get(server.URL)
	if err != nil || res.StatusCode != 404 {
		t.Errorf("over TLS it is answered %v, %v", res, err)
	}
}

func TestWhatIsEncryptedIsPassedOnAsItIs(t *testing.T) {
	t.Parallel()
	// Here it is not, so that the test can read it.
	h := open(t, door.Options{TLS: true})
	if status, body := h.say(h.dial(), "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n"); status != 200 || body != fmt.Sprint("served ", door.Unknown) {
		t.Errorf("answered %d %s", status, body)
	}
}

func TestALengthSaidTwiceIsNoticed(t *testing.T) {
	t.Parallel()
	h := open(t, door.Options{})
	const post, end = "POST / HTTP/1.1\r\nHost: x\r\n", "\r\n2\r\n{}\r\n0\r\n\r\n"
	for text, want := range map[string]door.Framing{
		post + "Content-Length: 2\r\n\r\n{}":                                                                        door.Plain,
		post + "Transfer-Encoding: chunked\r\n" + end:                                                               door.Plain,
		post + "transfer-encoding:chunked\r\nX-Content-Length: 9\r\n" + end:                                         door.Plain,
		post + "Transfer-Encoding: chunked\r\n\r\n11\r\nContent-Length: 9\r\n0\r\n\r\n":                             door.Plain,
		post + "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n" + end:                                          door.Conflicting,
		post + "content-length:0\r\nA: b\r\nTRANSFER-ENCODING: Chunked\r\n" + end:                                   door.Conflicting,
		post + "Content-Length: 2\nTransfer-Encoding: chunked\n" + end:                                              door.Conflicting,
		strings.Replace(post, "1.1", "1.0", 1) + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}":        door.Conflicting,
		strings.Replace(post, "1.1", "1.0", 1) + "Transfer-Encoding: chunked\r\n" + end:                             door.Conflicting,
		strings.Replace(post, "1.1", "1.0", 1) + "Content-Length: 2\r\n\r\n{}":                                      door.Plain,
		post + "A: " + strings.Repeat("a", 9<<10) + "\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n" + end: door.Conflicting,
	} {
		c := h.dial()
		for range 2 { // the second time, the connection has had a request before
			if status, body := h.say(c, text); status != 200 || body != fmt.Sprint("served ", want) {
				t.Errorf("%.90q is answered %d %s, want %d", text, status, body, want)
			}
			if strings.Contains(text, "1.0") {
				break // which closes
			}
		}
	}
}

func TestABodyInChunksBehindAnotherRequestIsOfUnknownLength(t *testing.T) {
	t.Parallel()
	h := open(t, door.Options{})
	c := h.dial()
	both := get + "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n"
	if _, err := io.WriteString(c, both); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewReader(c)
	for _, want := range []door.Framing{door.Plain, door.Unknown} {
		res, err := http.ReadResponse(in, nil)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		if err != nil || string(body) != fmt.Sprint("served ", want) {
			t.Errorf("answered %s %v, want %d", body, err, want)
		}
	}
}

func TestTheOldestThatWaitsMakesRoom(t *testing.T) {
	t.Parallel()
	h := open(t, door.Options{MaxConnections: 3})
	idle := h.dial()
	h.say(idle, get)
	h.settle(1)
	silent := h.dial()
	h.settle(2)
	late := h.dial()
	if _, err := io.WriteString(silent, "GET / HTTP/1.1\r\nHo"); err != nil {
		t.Fatal(err)
	}
	h.say(late, get)
	h.settle(3)
	// The one that has been idle for longest goes, then the one that never asked.
	for _, goes := range []net.Conn{idle, silent} {
		if status, _ := h.say(h.dial(), get); status != 200 {
			t.Errorf("a new connection is answered %d", status)
		}
		if !closed(goes) {
			t.Error("another went than the one that waited longest")
		}
		h.settle(3)
	}
	if status, _ := h.say(late, get); status != 200 {
		t.Errorf("one that stays is answered %d", status)
	}
	if got := strings.Count(h.log.String(), "closed=1 max_connections=3"); got != 1 {
		t.Errorf("the log is %s", h.log)
	}
}

func TestAnUploadThatDoesNotGoOnMakesRoom(t *testing.T) {
	t.Parallel()
	h := open(t, door.Options{MaxConnections: 1})
	slow := h.dial()
	if _, err := io.WriteString(slow, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	// The interim answer says that the handler waits for the body.
	if line, err := bufio.NewReader(slow).ReadString('\n'); err != nil || !strings.Contains(line, "100") {
		t.Fatalf("got %q, %v", line, err)
	}
	if status, _ := h.say(h.dial(), get); status != 200 {
		t.Errorf("a new connection is answered %d", status)
	}
	if !closed(slow) {
		t.Error("the slow one is still there")
	}
}

func TestWhoIsAtWorkStays(t *testing.T) {
	t.Parallel()
	h := open(t, door.Options{MaxConnections: 1})
	working := h.dial()
	if _, err := io.WriteString(working, "GET /hold HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	<-h.held
	for range 3 {
		if !closed(h.dial()) {
			t.Fatal("there is room for another")
		}
	}
	close(h.let)
	res, err := http.ReadResponse(bufio.NewReader(working), nil)
	if err != nil || res.StatusCode != 200 {
		t.Errorf("the request is answered %v, %v", res, err)
	}
}

func TestRoomIsMadeAgainByWhoCloses(t *testing.T) {
	t.Parallel()
	h := open(t, door.Options{MaxConnections: 2})
	kept := h.dial()
	h.say(kept, get)
	for range 10 {
		c := h.dial()
		if _, body := h.say(c, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"); body != "served 0" {
			t.Errorf("answered %s", body)
		}
		if !closed(c) {
			t.Error("the server does not close")
		}
		h.say(kept, get)
	}
}
