package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// dial opens a connection of the test's own, for what no HTTP client sends.
func (s *server) dial() net.Conn {
	s.t.Helper()
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(patience))
	return conn
}

// say sends text as it is and returns all that is answered until the server closes,
// or the first answer if more says so.
func (s *server) say(text string, more bool) (first answer, rest string) {
	s.t.Helper()
	conn := s.dial()
	if _, err := io.WriteString(conn, text); err != nil {
		s.t.Fatal(err)
	}
	in := bufio.NewReader(conn)
	response, err := http.ReadResponse(in, nil)
	if err != nil {
		s.t.Fatalf("%.90q: %v", text, err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatalf("%.90q: %v", text, err)
	}
	if !more {
		left, err := io.ReadAll(in)
		if err != nil {
			s.t.Errorf("%.90q: the connection stays open or breaks: %v", text, err)
		}
		rest = string(left)
	}
	return answer{response.StatusCode, response.Header, body}, rest
}

const (
	rawGet  = "GET /health HTTP/1.1\r\nHost: x\r\n"
	rawPost = "POST /sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
	rawBody = `{"userId":"u"}`
	rawEnd  = "\r\n\r\n"
)

// TestWhatIsNoRequestIsRefusedAndTheConnectionClosed sends what is used to smuggle
// requests past a proxy, and other things that no honest client sends.
func TestWhatIsNoRequestIsRefusedAndTheConnectionClosed(t *testing.T) {
	t.Parallel()
	s := serveOn(t, t.TempDir())
	// Were the first part of a text taken for a whole request, this would be the next.
	const next = "POST /sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 21\r\n\r\n" + `{"userId":"smuggled"}`
	chunks := fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(rawBody), rawBody)
	for _, test := range []struct{ code, text string }{
		// How long a body is.
		{"400 malformed_request", rawPost + "Content-Length: 14\r\nContent-Length: 15" + rawEnd + rawBody},
		{"400 malformed_request", rawPost + "Content-Length: 14, 14" + rawEnd + rawBody},
		{"400 malformed_request", rawPost + "Content-Length: +14" + rawEnd + rawBody},
		{"400 malformed_request", rawPost + "Content-Length: -1" + rawEnd + rawBody},
		{"400 malformed_request", rawPost + "Content-Length: 0x0e" + rawEnd + rawBody},
		{"400 malformed_request", rawPost + "Content-Length: 99999999999999999999" + rawEnd + rawBody},
		{"400 malformed_request", rawPost + "Content-Length: 5\r\nTransfer-Encoding: chunked" + rawEnd + chunks},
		{"400 malformed_request", rawPost + "Transfer-Encoding: chunked\r\nContent-Length: 5" + rawEnd + "0\r\n\r\n"},
		{"400 malformed_request", strings.Replace(rawPost, "1.1", "1.0", 1) + "Connection: keep-alive\r\nContent-Length: 14\r\nTransfer-Encoding: chunked" + rawEnd + rawBody},
		// Transfer codings.
		{"501 unsupported_transfer_coding", rawPost + "Transfer-Encoding: gzip, chunked" + rawEnd + chunks},
		{"501 unsupported_transfer_coding", rawPost + "Transfer-Encoding: xchunked" + rawEnd + chunks},
		{"501 unsupported_transfer_coding", rawPost + "Transfer-Encoding: identity" + rawEnd + chunks},
		{"501 unsupported_transfer_coding", rawPost + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked" + rawEnd + chunks},
		{"501 unsupported_transfer_coding", rawPost + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity" + rawEnd + chunks},
		{"400 malformed_request", rawPost + "Transfer-Encoding: \x0bchunked" + rawEnd + chunks},
		{"400 malformed_request", rawPost + "Transfer-Encoding : chunked" + rawEnd + chunks},
		// Chunks.
		{"400 malformed_json", rawPost + "Transfer-Encoding: chunked" + rawEnd + "zz\r\n" + rawBody + "\r\n0\r\n\r\n"},
		{"400 malformed_json", rawPost + "Transfer-Encoding: chunked" + rawEnd + "-e\r\n" + rawBody + "\r\n0\r\n\r\n"},
		{"400 malformed_json", rawPost + "Transfer-Encoding: chunked" + rawEnd + "3\r\n" + rawBody + "\r\n0\r\n\r\n"},
		{"400 malformed_json", rawPost + "Transfer-Encoding: chunked" + rawEnd + "e\n" + rawBody + "\n0\n\n"},
		{"400 malformed_json", rawPost + "Transfer-Encoding: chunked" + rawEnd + "e;a=\nb\r\n" + rawBody + "\r\n0\r\n\r\n"},
		{"400 malformed_json", rawPost + "Transfer-Encoding: chunked" + rawEnd + "fffffffffffffffffff\r\n" + rawBody},
		// Headers.
		{"400 malformed_request", "GET /health HTTP/1.1\r\n\r\n"},
		{"400 malformed_request", rawGet + "Host: y" + rawEnd},
		{"400 malformed_request", "GET /health HTTP/1.1\r\nHost: x y" + rawEnd},
		{"400 malformed_request", "GET /health HTTP/1.1\r\n Host: x" + rawEnd},
		{"400 malformed_request", rawGet + "A : b" + rawEnd},
		{"400 malformed_request", rawGet + "A" + rawEnd},
		{"400 malformed_request", rawGet + ": b" + rawEnd},
		{"400 malformed_request", rawGet + "A: b\rc" + rawEnd},
		{"400 malformed_request", rawGet + "A: b\x00c" + rawEnd},
		{"400 malformed_request", rawGet + "A\x00: b" + rawEnd},
		{"431 header_too_large", rawGet + "A: " + strings.Repeat("a", 30<<10) + rawEnd},
		{"431 header_too_large", rawGet + strings.Repeat("A: "+strings.Repeat("a", 1<<10)+"\r\n", 30) + rawEnd},
		{"431 header_too_large", "GET /" + strings.Repeat("a", 30<<10) + " HTTP/1.1\r\nHost: x" + rawEnd},
		// Request lines.
		{"400 malformed_request", "GET /health\r\n\r\n"},
		{"400 malformed_request", "GET /a b HTTP/1.1\r\nHost: x" + rawEnd},
		{"400 malformed_request", "GET /%zz HTTP/1.1\r\nHost: x" + rawEnd},
		{"400 malformed_request", "GET health HTTP/1.1\r\nHost: x" + rawEnd},
		{"400 malformed_request", "G(T /health HTTP/1.1\r\nHost: x" + rawEnd},
		{"505 unsupported_http_version", "GET /health HTTP/3.0\r\nHost: x" + rawEnd},
		{"417 expectation_failed", rawPost + "Content-Length: 14\r\nExpect: the-unexpected" + rawEnd + rawBody},
	} {
		got, rest := s.say(test.text+next, false)
		problem := decode[struct{ Code, Error, RequestID string }](t, got)
		if fmt.Sprint(got.status, " ", problem.Code) != test.code || problem.Error == "" || problem.RequestID == "" {
			t.Errorf("%.120q is answered %d %s, want %s", test.text, got.status, got.body, test.code)
		}
		if got.header.Get("Content-Type") != "application/problem+json" || got.header.Get("Cache-Control") != "no-store" ||
			got.header.Get("X-Content-Type-Options") != "nosniff" || got.header.Get("X-Request-Id") != problem.RequestID {
			t.Errorf("%.120q is answered with the headers %v", test.text, got.header)
		}
		if rest != "" {
			t.Errorf("%.120q is followed by %.60q", test.text, rest)
		}
	}
	if left := s.all("/sessions", "10"); len(left) != 0 {
		t.Errorf("%d sessions were made", len(left))
	}
}

func TestMethodsThatNobodyNeedsAreRefused(t *testing.T) {
	t.Parallel()
	s := serveOn(t, t.TempDir())
	for line, want := range map[string]int{
		"TRACE /health": 405, "TRACE /sessions/x": 405, "TRACE *": 404, "CONNECT example.com:443": 404, "CONNECT /sessions": 405,
		"OPTIONS *": 404, "OPTIONS /sessions": 405, "DEBUG /sessions": 405, "PRI *": 404,
	} {
		got, _ := s.say(line+" HTTP/1.1\r\nHost: x\r\nSecret: canary\r\n\r\n", true)
		if got.status != want || got.header.Get("Content-Type") != "application/problem+json" || strings.Contains(string(got.body), "canary") {
			t.Errorf("%s is answered %d %v %s, want %d", line, got.status, got.header, got.body, want)
		}
	}
}

// TestWhatTheStandardAllowsIsTaken holds the door open for what looks odd and is right.
func TestWhatTheStandardAllowsIsTaken(t *testing.T) {
	t.Parallel()
	s := serveOn(t, t.TempDir())
	chunks := "4;ext=1\r\n" + rawBody[:4] + "\r\na\r\n" + rawBody[4:] + "\r\n0\r\nTrailer: t\r\n\r\n"
	for text, want := range map[string]int{
		"GET http://elsewhere.example/health HTTP/1.1\r\nHost: x" + rawEnd:                200, // RFC 9112 section 3.2.2
		rawGet + "A: b\r\n c" + rawEnd:                                                    200, // section 5.2: as one space
		"GET /health HTTP/1.1\nHost: x\n\n":                                               200, // section 2.2
		rawPost + "Content-Length: 14\r\nContent-Length: 14" + rawEnd + rawBody:           201, // RFC 9110 section 8.6
		rawPost + "Transfer-Encoding: Chunked" + rawEnd + chunks:                          201,
		rawPost + "Content-Length: 14\r\nExpect: 100-CONTINUE" + rawEnd + rawBody:         100,
		rawGet + "Connection: Upgrade\r\nUpgrade: h2c" + rawEnd:                           200, // an offer that is not taken
		strings.Replace(rawGet, "1.1", "1.0", 1) + "\r\n":                                 200,
		rawGet + "X-Forwarded-For: 1.2.3.4\r\nForwarded: for=1.2.3.4" + rawEnd:            200,
		rawGet + strings.Repeat("A: b\r\n", 500) + "\r\n":                                 200,
		rawGet + "X-Request-Id: " + strings.Repeat("a", 12<<10) + rawEnd:                  200,
		rawPost + "Content-Length: 14\r\nX-Transfer-Encoding: chunked" + rawEnd + rawBody: 201,
	} {
		if got, _ := s.say(text, true); got.status != want {
			t.Errorf("%.120q is answered %d %s, want %d", text, got.status, got.body, want)
		}
	}
}

// TestNothingIsServedThatIsNotInTheContract asks for what frameworks and tools leave
// open, and what a browser of another origin asks before it calls.
func TestNothingIsServedThatIsNotInTheContract(t *testing.T) {
	t.Parallel()
	s := serveOn(t, t.TempDir())
	for _, path := range []string{
		"/debug/pprof/", "/debug/pprof/heap", "/debug/pprof/cmdline", "/debug/vars", "/debug/requests", "/metrics", "/stats", "/status", "/env",
		"/actuator", "/admin", "/console", "/server-status", "/.env", "/.git/config", "/favicon.ico", "/robots.txt", "/", "/index.html",
	} {
		a := s.call(404, "GET", path, "")
		if decode[struct{ Code string }](t, a).Code != "route_not_found" {
			t.Errorf("%s is answered %s", path, a.body)
		}
	}
	for _, a := range []answer{
		s.call(405, "OPTIONS", "/sessions", "", "Origin", "https://elsewhere.example", "Access-Control-Request-Method", "POST"),
		s.call(200, "GET", "/sessions", "", "Origin", "https://elsewhere.example"),
		s.call(200, "GET", "/openapi.json", "", "Origin", "https://elsewhere.example"),
	} {
		for name := range a.header {
			if strings.HasPrefix(name, "Access-Control-") || name == "Server" || name == "X-Powered-By" {
				t.Errorf("there is a header %s", name)
			}
		}
	}
}
