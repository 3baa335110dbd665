package main

import (
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"session-api/internal/config"
)

// hold opens so many connections, sends text on each and leaves them open.
func (s *server) hold(n int, text string) []net.Conn {
	s.t.Helper()
	held := make([]net.Conn, n)
	for i := range held {
		held[i] = s.dial()
		// A server that makes room may close it before that.
		_, _ = io.WriteString(held[i], text)
	}
	return held
}

// TestAnHonestClientIsServedWhileOthersHoldConnectionsOpen is Slowloris and its
// relatives, with many more connections than there may be and places in flight.
func TestAnHonestClientIsServedWhileOthersHoldConnectionsOpen(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"silent":               "",
		"half a header":        rawGet + "X-A: ",
		"half a body":          rawPost + "Content-Length: 300000" + rawEnd + rawBody,
		"half a body in parts": rawPost + "Transfer-Encoding: chunked" + rawEnd + "e\r\n" + rawBody + "\r\n",
		"no body":              rawPost + "Content-Length: 300000\r\nExpect: 100-continue" + rawEnd,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serveOn(t, t.TempDir(), "MAX_CONNECTIONS=40", "MAX_INFLIGHT=4", "REQUEST_TIMEOUT=1m", "SHUTDOWN_GRACE=0s")
			for range 5 {
				s.hold(60, text)
				s.client.CloseIdleConnections() // the next call takes a new one
				session := s.create("ada", `"honest"`)
				s.get(session.SessionID)
			}
			s.logLine("connections were closed to make room for others, because as many were open as there may be")
		})
	}
}

func TestASlowHeaderIsCutOff(t *testing.T) {
	t.Parallel()
	s := serveOn(t, t.TempDir())
	begin := time.Now()
	for _, conn := range s.hold(3, rawGet+"X-A: ") {
		if text, _ := io.ReadAll(conn); len(text) > 0 {
			t.Errorf("it is answered %s", text)
		}
	}
	if took := time.Since(begin); took < headerTimeout {
		t.Errorf("it is cut off after %v, before %v are over", took, headerTimeout)
	}
}

func TestACallersRateIsLimitedAndProbesAreNot(t *testing.T) {
	t.Parallel()
	s := serveOn(t, t.TempDir(), "RATE_LIMIT_RPS=1", "RATE_LIMIT_BURST=3", "TRUSTED_PROXIES=127.0.0.0/8")
	refused := 0
	for range 10 {
		a, err := s.try("GET", "/sessions", "")
		if err != nil {
			t.Fatal(err)
		}
		if got := a.header.Get("RateLimit-Policy"); got != `"default";q=3;w=3` {
			t.Errorf("RateLimit-Policy is %s", got)
		}
		if !strings.HasPrefix(a.header.Get("RateLimit"), `"default";r=`) {
			t.Errorf("RateLimit is %s", a.header.Get("RateLimit"))
		}
		if a.status == 429 {
			refused++
			if wait, err := strconv.Atoi(a.header.Get("Retry-After")); err != nil || wait != 1 {
				t.Errorf("Retry-After is %q", a.header.Get("Retry-After"))
			}
		}
		s.call(200, "GET", "/health", "")
		s.call(200, "GET", "/ready", "")
	}
	if refused == 0 {
		t.Error("none of ten is refused")
	}
	// This very address is a proxy: whom it names is another caller.
	for i := range 5 {
		s.call(200, "GET", "/sessions", "", "X-Forwarded-For", "198.51.100."+strconv.Itoa(i))
	}
	s.logLine("requests were refused, because their callers' rates were exceeded")
}

func TestTheLimitOfRequestsInFlightFollowsTheEngine(t *testing.T) {
	t.Parallel()
	for want, args := range map[int][]string{
		256: {"--session-store=embedded"}, 128: {"--dynamodb-table-name=tab", "--dynamodb-idle-connections=300"}, 8: {"--dynamodb-table-name=tab", "--dynamodb-idle-connections=8"},
		7: {"--max-inflight=7"}, 0: {"--max-inflight=0"}, 5: {"--dynamodb-table-name=tab", "--max-inflight=5"},
	} {
		if got := newInFlight(parsedConfig(t, args...)).Width(); got != want {
			t.Errorf("with %v it is %d, want %d", args, got, want)
		}
	}
}

func TestNetworksThatAreNoneEndTheStart(t *testing.T) {
	t.Parallel()
	p := launch(t, nil, "TRUSTED_PROXIES=10.0.0.1/8")
	if code := p.exitCode(); code != exitUsage {
		t.Errorf("exit code %d", code)
	}
	p.wantSentence("TRUSTED_PROXIES (--trusted-proxies)")
}

// parsedConfig is parsed for all options.
func parsedConfig(t *testing.T, args ...string) *config.Config {
	t.Helper()
	var c config.Config
	parser, err := config.NewParser(&c, func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(args); err != nil {
		t.Fatal(err)
	}
	return &c
}
