package httpapi_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"session-api"
	"session-api/internal/httpapi"
	"session-api/store/memory"
)

func asError(err error, target **session.Error) bool { return errors.As(err, target) }

func TestEverythingThatIsNoRouteIsAProblem(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	for _, path := range []string{
		"/", "/nope", "/sessions/", "/sessions/user", "/sessions/user/", "/sessions/a/b", "/sessions/user/a/b",
		"//sessions", "/sessions//a", "/./sessions", "/sessions/../sessions", "/sessions/.", "/sessions/..", "/docs/nope.js", "/health/",
	} {
		isProblem(t, h.call("GET", path, ""), 404, "route_not_found")
	}
	star := httptest.NewRequest("OPTIONS", "/", nil)
	star.RequestURI, star.URL.Path = "*", "*"
	isProblem(t, h.do(star), 404, "route_not_found")
}

func TestAWrongMethodIsToldTheRightOnes(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	for _, c := range []struct{ method, path, allow string }{
		{"POST", "/health", "GET, HEAD"},
		{"PUT", "/sessions", "GET, HEAD, POST"},
		{"OPTIONS", "/sessions", "GET, HEAD, POST"},
		{"POST", "/sessions/x", "GET, HEAD, PUT, PATCH, DELETE"},
		{"TRACE", "/sessions/x", "GET, HEAD, PUT, PATCH, DELETE"},
		{"DELETE", "/sessions", "GET, HEAD, POST"},
		{"PUT", "/sessions/user/u", "GET, HEAD, DELETE"},
		{"GET", "/sessions/x/touch", "POST"},
		{"DELETE", "/sessions/x/extend", "POST"},
		{"PATCH", "/sessions/x/rotate", "POST"},
		{"BREW", "/ready", "GET, HEAD"},
		{"POST", "/docs", "GET, HEAD"},
	} {
		a := h.call(c.method, c.path, "")
		isProblem(t, a, 405, "method_not_allowed")
		if got := a.header.Get("Allow"); got != c.allow {
			t.Errorf("%s %s allows %q", c.method, c.path, got)
		}
	}
}

func TestEveryAnswerForbidsKeepingAndSniffing(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	for _, path := range []string{"/health", "/ready", "/sessions", "/sessions/x", "/nope", "/openapi.yaml", "/docs", "//"} {
		a := h.call("GET", path, "")
		if a.header.Get("Cache-Control") != "no-store" || a.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s answered with %v", path, a.header)
		}
	}
}

func TestARequestIDIsTakenOverWhenSane(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	for id, sane := range map[string]bool{
		"abc-123":                true,
		"Root=1-67891233/a:b+c~": true,
		strings.Repeat("x", 128): true,
		strings.Repeat("x", 129): false,
		"":                       false,
		"a b":                    false,
		"a\"b":                   false,
		"é":                      false,
		"session-u-SECRET":       false,
	} {
		r := httptest.NewRequest("GET", "/health", nil)
		r.Header.Set("X-Request-Id", id)
		got := h.do(r).header.Get("X-Request-Id")
		if sane != (got == id) || len(got) < 16 && !sane {
			t.Errorf("%q became %q", id, got)
		}
	}
	first, second := h.call("GET", "/health", ""), h.call("GET", "/health", "")
	if first.header.Get("X-Request-Id") == second.header.Get("X-Request-Id") {
		t.Error("two requests have one id")
	}
}

func TestFaultsOfTheStoreGetTheirStatus(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err    error
		status int
		code   string
	}{
		{session.Unavailable(errors.New("disk gone")), 503, "store_unavailable"},
		{fmt.Errorf("deep: %w", context.DeadlineExceeded), 503, "store_unavailable"},
		{session.Unreadable(errors.New("attribute data")), 500, "internal"},
		{session.ErrExists, 500, "internal"},
		{errors.New("anything"), 500, "internal"},
	} {
		store := double{Store: memory.New(), get: func(context.Context, string) (*session.Session, error) { return nil, c.err }}
		h := newHarness(t, store)
		a := h.call("GET", "/sessions/x", "")
		isProblem(t, a, c.status, c.code)
		if strings.Contains(a.text, "disk gone") || strings.Contains(a.text, "attribute") || strings.Contains(a.text, "anything") {
			t.Errorf("the cause is told to the caller: %s", a.text)
		}
		if !strings.Contains(h.log.String(), c.err.Error()) || !strings.Contains(h.log.String(), a.header.Get("X-Request-Id")) {
			t.Errorf("the cause is not in the log: %s", h.log)
		}
		if (c.status == 503) != (a.header.Get("Retry-After") != "") {
			t.Errorf("%d has Retry-After %q", c.status, a.header.Get("Retry-After"))
		}
	}
}

func TestAStallingStoreIsAnsweredWithinTheDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stall := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
		h := newHarness(t, double{
			Store:  memory.New(),
			get:    func(ctx context.Context, _ string) (*session.Session, error) { return nil, stall(ctx) },
			status: func(ctx context.Context) (session.Status, error) { return session.Status{}, stall(ctx) },
		}, func(o *httpapi.Options) { o.RequestTimeout = 5 * time.Second })
		begin := time.Now()
		isProblem(t, h.call("GET", "/sessions/x", ""), 503, "store_unavailable")
		if took := time.Since(begin); took != 5*time.Second {
			t.Errorf("the answer took %v", took)
		}
		begin = time.Now()
		a := h.call("GET", "/ready", "")
		if took := time.Since(begin); a.status != 503 || took != 2*time.Second {
			t.Errorf("/ready answered %d after %v", a.status, took)
		}
	})
}

func TestReadyTellsWhyNot(t *testing.T) {
	t.Parallel()
	failing := false
	h := newHarness(t, double{Store: memory.New(), status: func(context.Context) (session.Status, error) {
		if failing {
			return session.Status{}, session.Unavailable(errors.New("no disk"))
		}
		return session.Status{Table: "data", State: session.StateActive}, nil
	}})
	if a := h.call("GET", "/ready", ""); a.status != 200 || a.text != `{"status":"ready","table":"data","table_status":"ACTIVE"}` {
		t.Errorf("ready answered %d %s", a.status, a.text)
	}
	failing = true
	a := h.call("GET", "/ready", "")
	if a.status != 503 || a.member(t, "status") != "not_ready" || a.member(t, "error") == "" || a.header.Get("Retry-After") == "" {
		t.Errorf("not ready answered %d %s", a.status, a.text)
	}
	if got := h.call("GET", "/health", ""); got.status != 200 {
		t.Errorf("health depends on the store: %d", got.status)
	}
	failing = false
	h.api.Drain()
	a = h.call("GET", "/ready", "")
	if a.status != 503 || a.member(t, "code") != "shutting_down" {
		t.Errorf("while draining ready answered %d %s", a.status, a.text)
	}
	if got := h.call("GET", "/sessions", ""); got.status != 200 {
		t.Errorf("while draining a list answered %d", got.status)
	}
}

func TestReadyShowsWhatTheStoreWarnsOf(t *testing.T) {
	t.Parallel()
	var warnings []string
	h := newHarness(t, double{Store: memory.New(), status: func(context.Context) (session.Status, error) {
		return session.Status{Table: "sessions", State: "UPDATING", Warnings: warnings}, nil
	}})
	const begin = `{"status":"ready","table":"sessions","table_status":"UPDATING"`
	for _, none := range [][]string{nil, {}} {
		warnings = none
		if a := h.call("GET", "/ready", ""); a.status != 200 || a.text != begin+"}" {
			t.Errorf("without a warning ready answered %d %s", a.status, a.text)
		}
	}
	warnings = []string{"no index", "no clock"}
	if a := h.call("GET", "/ready", ""); a.status != 200 || a.text != begin+`,"warnings":["no index","no clock"]}` {
		t.Errorf("with warnings ready answered %d %s", a.status, a.text)
	}
}

func TestHealthTellsTheTime(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	want := `{"status":"healthy","service":"session-api","timestamp":"2025-12-24T10:00:00.123456Z"}`
	if a := h.call("GET", "/health", ""); a.status != 200 || a.text != want {
		t.Errorf("health answered %d %s", a.status, a.text)
	}
}

func TestAPanicIsALogged500(t *testing.T) {
	t.Parallel()
	h := newHarness(t, double{Store: memory.New(), get: func(_ context.Context, id string) (*session.Session, error) {
		panic("cannot serve " + id)
	}})
	a := h.call("GET", "/sessions/session-u-CANARY0000", "")
	isProblem(t, a, 500, "internal")
	log := h.log.String()
	if !strings.Contains(log, "panic") || !strings.Contains(log, "faults_test.go") || !strings.Contains(log, a.header.Get("X-Request-Id")) {
		t.Errorf("the panic is not logged with its place and request: %s", log)
	}
	if strings.Contains(log, "CANARY") || strings.Contains(a.text, "CANARY") {
		t.Error("the panic's text reached the log or the caller")
	}
}

func TestABodyThatTricklesIsCutOffAtTheDeadline(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil, func(o *httpapi.Options) { o.RequestTimeout = 50 * time.Millisecond })
	server := httptest.NewServer(h.api)
	defer server.Close()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_, _ = io.WriteString(conn, "POST /sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	isProblem(t, read(t, res), 408, "request_timeout")
}

// TestNoSecretReachesTheLog puts one session's id through every route, with good
// and bad requests, faults and panics, at the most talkative level.
func TestNoSecretReachesTheLog(t *testing.T) {
	t.Parallel()
	var fault error
	mem := memory.New()
	h := newHarness(t, double{Store: mem, get: func(ctx context.Context, id string) (*session.Session, error) {
		if id == "session-panic-"+canary {
			panic(errors.New(id))
		}
		if fault != nil {
			return nil, fault
		}
		return mem.Get(ctx, id)
	}})
	id := h.create("user123", `{}`)
	secret := id[strings.LastIndexByte(id, '-')+1:]
	for _, id := range []string{id, "session-unknown-" + canary, "session-panic-" + canary, canary, strings.Repeat(canary, 100)} {
		for _, method := range []string{"GET", "HEAD", "PUT", "POST", "PATCH", "DELETE", "OPTIONS", canary} {
			for _, path := range []string{
				"/sessions/" + id, "/sessions/user/" + id, "/sessions/" + id + "/x", "/" + id, "/sessions?cursor=" + id, "/sessions?limit=" + id, "/docs/" + id,
				"/sessions/" + id + "/touch", "/sessions/" + id + "/extend", "/sessions/user/x?except=" + id, "/sessions/user/x?" + id, "/sessions?userId=" + id, "/sessions?order=" + id,
			} {
				for _, body := range []string{"", `{"data":"` + id + `"}`, `{"` + id + `":1}`, `{"userId":` + id} {
					h.send(method, path, body, "X-Request-Id", "session-"+id, "Idempotency-Key", id, "If-None-Match", `"`+id+`"`)
					h.send(method, path, body, "Content-Type", mergeType, "If-Match", `"`+id+`", "1"`)
				}
			}
		}
	}
	former := h.create("user123", `{}`)
	next := h.call("POST", "/sessions/"+former+"/rotate", `{"graceSeconds":60}`).member(t, "sessionId")
	for _, id := range []string{former, next} {
		h.call("GET", "/sessions/"+id, "")
		h.call("POST", "/sessions/"+id+"/extend", `{"ttlSeconds":60}`)
		h.call("POST", "/sessions/"+id+"/rotate", `{"`+id+`":1}`)
	}
	h.call("DELETE", "/sessions/user/user123?except="+former, "")
	h.call("DELETE", "/sessions/user/user123", "")
	fault = session.Unavailable(errors.New("gone"))
	h.call("GET", "/sessions/"+id, "")
	log := h.log.String()
	for _, id := range []string{former, next} {
		if strings.Contains(log, id[strings.LastIndexByte(id, '-')+1:]) {
			t.Error("the secret of a rotated session is in the log")
		}
	}
	if strings.Contains(log, secret) || strings.Contains(log, canary) {
		t.Error("a secret is in the log")
	}
	for _, want := range []string{"Created session " + session.Redact(id) + " for user user123", "Deleted session " + session.Redact(id), "Updated session " + session.Redact(id), "panic", "route=/sessions/{id}",
		"Rotated session " + session.Redact(former) + " to " + session.Redact(next), "Extended session " + session.Redact(next), "Ended sessions of user user123: 1"} {
		if !strings.Contains(log, want) {
			t.Errorf("the log does not say %q", want)
		}
	}
}

const canary = "CANARY7Q4X2Z5M3K6J"
