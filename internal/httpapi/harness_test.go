package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"session-api"
	"session-api/internal/httpapi"
	"session-api/store/memory"
)

// harness is an API over a store, with a clock that a test moves and a log that
// it reads.
type harness struct {
	t   *testing.T
	api *httpapi.API
	log *syncBuffer

	mu  sync.Mutex
	now time.Time
}

// start is when every harness's clock begins: a time with all six digits.
var start = time.Date(2025, 12, 24, 10, 0, 0, 123456000, time.UTC)

func newHarness(t *testing.T, store session.Store, change ...func(*httpapi.Options)) *harness {
	t.Helper()
	return newRuledHarness(t, store, func(*session.Options) {}, change...)
}

// newRuledHarness is newHarness with other rules of the Service.
func newRuledHarness(t *testing.T, store session.Store, rules func(*session.Options), change ...func(*httpapi.Options)) *harness {
	t.Helper()
	if store == nil {
		store = memory.New()
	}
	h := &harness{t: t, log: &syncBuffer{}, now: start}
	r := session.Options{TTL: 24 * time.Hour, CursorKey: make([]byte, session.CursorKeyBytes), Now: h.clock}
	rules(&r)
	svc, err := session.NewService(store, r)
	if err != nil {
		t.Fatal(err)
	}
	o := httpapi.Options{
		Logger: slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Now:    h.clock,
	}
	for _, c := range change {
		c(&o)
	}
	h.api = httpapi.New(svc, o)
	t.Cleanup(func() {
		_ = svc.Close(context.WithoutCancel(t.Context()))
		_ = store.Close()
	})
	return h
}

func (h *harness) clock() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *harness) advance(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

// answer is a response, read.
type answer struct {
	status int
	header http.Header
	text   string
}

// call sends a request; a body is sent as JSON.
func (h *harness) call(method, target, body string) answer {
	h.t.Helper()
	return h.send(method, target, body)
}

// send is call with headers, given as names and values by turns.
func (h *harness) send(method, target, body string, headers ...string) answer {
	h.t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Content-Type" {
			r.Header.Del("Content-Type")
		}
		r.Header.Add(headers[i], headers[i+1])
	}
	return h.do(r)
}

func (h *harness) do(r *http.Request) answer {
	h.t.Helper()
	w := httptest.NewRecorder()
	h.api.ServeHTTP(w, r)
	return read(h.t, w.Result())
}

func read(t *testing.T, res *http.Response) answer {
	t.Helper()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	return answer{res.StatusCode, res.Header, string(text)}
}

// members returns the answer's JSON object with its members as raw text.
func (a answer) members(t *testing.T) map[string]json.RawMessage {
	t.Helper()
	var m map[string]json.RawMessage
	if err := json.Unmarshal([]byte(a.text), &m); err != nil {
		t.Fatalf("answer %d is no JSON object: %v\n%s", a.status, err, a.text)
	}
	return m
}

// text returns a member that is a string, "" if it is not there.
func (a answer) member(t *testing.T, name string) string {
	t.Helper()
	var s string
	if raw, ok := a.members(t)[name]; ok {
		if err := json.Unmarshal(raw, &s); err != nil {
			t.Fatalf("member %s is no string: %s", name, raw)
		}
	}
	return s
}

// create makes a session and returns its id.
func (h *harness) create(userID, data string) string {
	h.t.Helper()
	user, _ := json.Marshal(userID)
	a := h.call("POST", "/sessions", `{"userId":`+string(user)+`,"data":`+data+`}`)
	if a.status != http.StatusCreated {
		h.t.Fatalf("create answered %d: %s", a.status, a.text)
	}
	return a.member(h.t, "sessionId")
}

// isProblem fails unless the answer is a whole problem document.
func isProblem(t *testing.T, a answer, status int, code string) {
	t.Helper()
	if a.status != status || a.member(t, "code") != code {
		t.Fatalf("got %d %s, want %d with code %q", a.status, a.text, status, code)
	}
	if got := a.header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("Content-Type is %q", got)
	}
	if a.member(t, "error") == "" || a.member(t, "error") != a.member(t, "detail") {
		t.Errorf("error and detail are not the same sentence: %s", a.text)
	}
	if a.member(t, "requestId") != a.header.Get("X-Request-Id") {
		t.Errorf("requestId is not that of the header: %s", a.text)
	}
}

// double is a store whose calls a test can replace.
type double struct {
	session.Store
	get    func(context.Context, string) (*session.Session, error)
	create func(context.Context, *session.Session) error
	update func(context.Context, string, session.Change, session.Condition) (*session.Session, error)
	delete func(context.Context, string, session.Condition) (*session.Session, error)
	status func(context.Context) (session.Status, error)
}

func (d double) Get(ctx context.Context, id string) (*session.Session, error) {
	if d.get != nil {
		return d.get(ctx, id)
	}
	return d.Store.Get(ctx, id)
}

func (d double) Create(ctx context.Context, s *session.Session) error {
	if d.create != nil {
		return d.create(ctx, s)
	}
	return d.Store.Create(ctx, s)
}

func (d double) Update(ctx context.Context, id string, c session.Change, cond session.Condition) (*session.Session, error) {
	if d.update != nil {
		return d.update(ctx, id, c, cond)
	}
	return d.Store.Update(ctx, id, c, cond)
}

func (d double) Delete(ctx context.Context, id string, cond session.Condition) (*session.Session, error) {
	if d.delete != nil {
		return d.delete(ctx, id, cond)
	}
	return d.Store.Delete(ctx, id, cond)
}

func (d double) Status(ctx context.Context) (session.Status, error) {
	if d.status != nil {
		return d.status(ctx)
	}
	return d.Store.Status(ctx)
}

// syncBuffer is a log that many goroutines write.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
