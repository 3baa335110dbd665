package httpapi_test

import (
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"session-api/internal/clientaddr"
	"session-api/internal/httpapi"
	"session-api/internal/ratelimit"
)

// newLimited is a harness where each address may call twice at once, then once in
// two seconds. Behind 10.0.0.1 is whom it names.
func newLimited(t *testing.T) *harness {
	t.Helper()
	var h *harness
	h = newHarness(t, nil, func(o *httpapi.Options) {
		o.Limiter = ratelimit.New(ratelimit.Options{Rate: ratelimit.Rate{RPS: 0.5, Burst: 2}, Now: func() time.Time { return h.clock() }})
		o.Clients = clientaddr.New([]netip.Prefix{netip.MustParsePrefix("10.0.0.1/32")})
	})
	return h
}

// from sends a GET from an address, for which it can claim to be forwarded.
func (h *harness) from(addr, target, forwardedFor string) answer {
	h.t.Helper()
	r := httptest.NewRequest("GET", target, nil)
	r.RemoteAddr = addr + ":1234"
	if forwardedFor != "" {
		r.Header.Set("X-Forwarded-For", forwardedFor)
	}
	return h.do(r)
}

// wantLimit fails unless the answer has this status and these fields.
func wantLimit(t *testing.T, a answer, status int, left, retryAfter string) {
	t.Helper()
	if a.status != status || a.header.Get("RateLimit-Policy") != `"default";q=2;w=4` ||
		a.header.Get("RateLimit") != left || a.header.Get("Retry-After") != retryAfter {
		t.Errorf("got %d %v %s, want %d %s, Retry-After %q", a.status, a.header, a.text, status, left, retryAfter)
	}
}

func TestEveryAnswerTellsWhatIsLeftOfTheCallersRate(t *testing.T) {
	t.Parallel()
	h := newLimited(t)
	wantLimit(t, h.from("192.0.2.1", "/sessions?limit=0", ""), 400, `"default";r=1;t=4`, "")
	wantLimit(t, h.from("192.0.2.1", "/sessions", ""), 200, `"default";r=0;t=2`, "")
	a := h.from("192.0.2.1", "/sessions", "")
	wantLimit(t, a, 429, `"default";r=0;t=2`, "2")
	isProblem(t, a, 429, "rate_limited")
	h.advance(time.Second)
	wantLimit(t, h.from("192.0.2.1", "/sessions", ""), 429, `"default";r=0;t=1`, "1")
	h.advance(time.Second)
	wantLimit(t, h.from("192.0.2.1", "/sessions", ""), 200, `"default";r=0;t=2`, "")
}

func TestEveryRouteCountsButTheProbes(t *testing.T) {
	t.Parallel()
	for _, target := range []string{
		"/sessions", "/sessions/x", "/sessions/user/u", "/sessions/x/touch", "/openapi.yaml", "/openapi.json", "/docs", "/docs/page.js",
		"/nowhere", "/sessions/user", "/", "//", "/a/../b", "/health/", "/Health",
	} {
		h := newLimited(t)
		h.from("192.0.2.1", target, "")
		h.from("192.0.2.1", target, "")
		isProblem(t, h.from("192.0.2.1", target, ""), 429, "rate_limited")
		for _, probe := range []string{"/health", "/ready"} {
			if a := h.from("192.0.2.1", probe, ""); a.status != 200 || a.header.Get("RateLimit") != "" {
				t.Errorf("after %s, %s answered %d with %v", target, probe, a.status, a.header)
			}
		}
	}
}

func TestARefusedRequestDoesNothing(t *testing.T) {
	t.Parallel()
	h := newLimited(t)
	h.call("GET", "/nowhere", "")
	h.call("GET", "/nowhere", "")
	isProblem(t, h.call("POST", "/sessions", `{"userId":"u"}`), 429, "rate_limited")
	h.advance(time.Minute)
	if a := h.call("GET", "/sessions", ""); a.member(t, "error") != "" || !strings.Contains(a.text, `"sessionCount":0`) {
		t.Errorf("there are sessions: %s", a.text)
	}
}

func TestAnAddressIsWhatATrustedProxySaysAndNobodyElse(t *testing.T) {
	t.Parallel()
	h := newLimited(t)
	// Whoever is no trusted proxy has one bucket, whatever it claims.
	for i, want := range []int{200, 200, 429, 429} {
		if a := h.from("192.0.2.1", "/sessions", "198.51.100."+strconv.Itoa(i)); a.status != want {
			t.Errorf("a claim is answered %d, want %d", a.status, want)
		}
	}
	// Behind the proxy each client has its own, whatever it wrote before the proxy did.
	for _, client := range []string{"198.51.100.7", "198.51.100.8"} {
		for i, want := range []int{200, 200, 429, 429} {
			if a := h.from("10.0.0.1", "/sessions", "203.0.113."+strconv.Itoa(i)+", "+client); a.status != want {
				t.Errorf("%s is answered %d, want %d", client, a.status, want)
			}
		}
	}
}

func TestManyExceededRatesAreOneLine(t *testing.T) {
	t.Parallel()
	h := newLimited(t)
	for range 20 {
		h.from("192.0.2.1", "/sessions/session-u-SECRET", "")
	}
	log := h.log.String()
	if strings.Count(log, "rates were exceeded") != 1 || !strings.Contains(log, "refused=1 last_address=192.0.2.1") || strings.Contains(log, "SECRET") {
		t.Errorf("the log is\n%s", log)
	}
}

func TestWithoutALimitNoFieldIsSent(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil, func(o *httpapi.Options) { o.Limiter = ratelimit.New(ratelimit.Options{}) })
	for range 100 {
		if a := h.call("GET", "/sessions", ""); a.status != 200 || a.header.Get("RateLimit") != "" || a.header.Get("RateLimit-Policy") != "" {
			t.Fatalf("answered %d with %v", a.status, a.header)
		}
	}
}
