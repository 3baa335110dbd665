package httpapi_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"session-api"
	"session-api/internal/httpapi"
	"session-api/internal/inflight"
	"session-api/store/memory"
)

// busy is an API with room for one request, which is in the store until the test
// lets it go on.
type busy struct {
	*harness
	let    chan struct{} // closed to let it go on
	answer chan answer   // its answer
}

func newBusy(t *testing.T) *busy {
	t.Helper()
	store := memory.New()
	b := &busy{let: make(chan struct{}), answer: make(chan answer, 1)}
	arrived := make(chan struct{})
	b.harness = newHarness(t, double{Store: store, get: func(ctx context.Context, id string) (*session.Session, error) {
		if id == "held" {
			close(arrived)
			<-b.let
		}
		return store.Get(ctx, id)
	}}, func(o *httpapi.Options) { o.InFlight = inflight.Fixed(1) })
	go func() { b.answer <- b.call("GET", "/sessions/held", "") }()
	<-arrived
	return b
}

// release lets the request go on and returns when it is answered.
func (b *busy) release() {
	b.t.Helper()
	close(b.let)
	isProblem(b.t, <-b.answer, 404, "session_not_found")
}

func TestWhatIsTooMuchIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	b := newBusy(t)
	for _, c := range [][3]string{
		{"GET", "/sessions/x", ""}, {"POST", "/sessions", `{"userId":"u"}`}, {"GET", "/nowhere", ""}, {"GET", "/docs", ""},
		{"GET", "/healthy", ""}, {"GET", "/health/x", ""},
	} {
		a := b.call(c[0], c[1], c[2])
		isProblem(t, a, 503, "overloaded")
		if a.header.Get("Retry-After") != "1" || a.header.Get("Cache-Control") != "no-store" || a.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s %s has the headers %v", c[0], c[1], a.header)
		}
	}
	if a := b.send("GET", "/sessions/x", "", "X-Request-Id", "mine"); a.member(t, "requestId") != "mine" {
		t.Errorf("the caller's request id is not kept: %s", a.text)
	}
	b.release()
	isProblem(t, b.call("GET", "/sessions/x", ""), 404, "session_not_found")
}

func TestProbesAreAnsweredHoweverMuchThereIsToDo(t *testing.T) {
	t.Parallel()
	b := newBusy(t)
	defer b.release()
	for range 3 { // none takes a place
		for _, path := range []string{"/health", "/ready"} {
			if a := b.call("GET", path, ""); a.status != 200 {
				t.Errorf("%s answered %d %s", path, a.status, a.text)
			}
		}
	}
}

func TestARefusedBodyIsNotRead(t *testing.T) {
	t.Parallel()
	b := newBusy(t)
	defer b.release()
	r := httptest.NewRequest("POST", "/sessions", unreadable{t})
	r.Header.Set("Content-Type", "application/json")
	isProblem(t, b.do(r), 503, "overloaded")
}

// unreadable is a body that nobody may read.
type unreadable struct{ t *testing.T }

func (u unreadable) Read([]byte) (int, error) {
	u.t.Error("the body is read")
	return 0, io.EOF
}

func TestABodyOnItsWayTakesNoPlace(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil, func(o *httpapi.Options) { o.InFlight = inflight.Fixed(1) })
	answered := make(chan answer)
	var bodies []*io.PipeWriter
	for range 3 {
		bodies = append(bodies, h.upload(answered))
	}
	id := h.create("u", "1")
	if a := h.call("GET", "/sessions/"+id, ""); a.status != 200 {
		t.Errorf("beside slow bodies a read is answered %d %s", a.status, a.text)
	}
	for _, body := range bodies {
		if err := body.Close(); err != nil {
			t.Fatal(err)
		}
		if a := <-answered; a.status != 201 {
			t.Errorf("a body that came late is answered %d %s", a.status, a.text)
		}
	}
}

// upload begins to create a session: all of the body is sent but its end.
func (h *harness) upload(answered chan<- answer) *io.PipeWriter {
	h.t.Helper()
	body, rest := io.Pipe()
	r := httptest.NewRequest("POST", "/sessions", body)
	r.Header.Set("Content-Type", "application/json")
	go func() { answered <- h.do(r) }()
	if _, err := io.WriteString(rest, `{"userId":"u"}`); err != nil {
		h.t.Fatal(err)
	}
	return rest
}

func TestABodyThatComesWhenThereIsNoRoomIsRefusedToo(t *testing.T) {
	t.Parallel()
	store := memory.New()
	arrived, let := make(chan struct{}), make(chan struct{})
	h := newHarness(t, double{Store: store, create: func(ctx context.Context, s *session.Session) error {
		arrived <- struct{}{}
		<-let
		return store.Create(ctx, s)
	}}, func(o *httpapi.Options) { o.InFlight = inflight.Fixed(1) })
	answered := make(chan answer)
	first, second := h.upload(answered), h.upload(answered)
	_ = first.Close()
	<-arrived
	_ = second.Close()
	a := <-answered
	isProblem(t, a, 503, "overloaded")
	if a.header.Get("Retry-After") != "1" {
		t.Errorf("there is no Retry-After: %v", a.header)
	}
	close(let)
	if a := <-answered; a.status != 201 {
		t.Errorf("the first is answered %d %s", a.status, a.text)
	}
}

func TestAnAnswerOnItsWayTakesNoPlace(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil, func(o *httpapi.Options) { o.InFlight = inflight.Fixed(1) })
	id := h.create("u", "1")
	slow := &stuck{header: http.Header{}, arrived: make(chan struct{}), let: make(chan struct{})}
	done := make(chan struct{})
	go func() {
		defer close(done)
		h.api.ServeHTTP(slow, httptest.NewRequest("GET", "/sessions/"+id, nil))
	}()
	<-slow.arrived
	if a := h.call("GET", "/sessions/"+id, ""); a.status != 200 {
		t.Errorf("beside a slow reader a read is answered %d %s", a.status, a.text)
	}
	close(slow.let)
	<-done
}

// stuck is the writer of an answer that nobody reads for a while.
type stuck struct {
	header       http.Header
	arrived, let chan struct{}
}

func (s *stuck) Header() http.Header { return s.header }
func (s *stuck) WriteHeader(int)     {}
func (s *stuck) Write(b []byte) (int, error) {
	close(s.arrived)
	<-s.let
	return len(b), nil
}

func TestEveryWayOutGivesThePlaceBack(t *testing.T) {
	t.Parallel()
	store := memory.New()
	h := newHarness(t, double{Store: store, get: func(ctx context.Context, id string) (*session.Session, error) {
		if id == "panics" {
			panic("on purpose")
		}
		return store.Get(ctx, id)
	}}, func(o *httpapi.Options) { o.InFlight = inflight.Fixed(1) })
	id := h.create("u", "1")
	for _, c := range []struct {
		status             int
		method, path, body string
	}{
		{500, "GET", "/sessions/panics", ""}, {404, "GET", "/nowhere", ""}, {405, "PATCH", "/sessions", ""}, {400, "POST", "/sessions", "{"},
		{415, "PATCH", "/sessions/" + id, "{}"}, {200, "HEAD", "/sessions/" + id, ""}, {200, "POST", "/sessions/" + id + "/touch", ""},
		{200, "GET", "/docs", ""}, {200, "GET", "/openapi.yaml", ""}, {404, "GET", "//", ""}, {200, "GET", "/sessions/" + id, ""},
	} {
		if a := h.call(c.method, c.path, c.body); a.status != c.status {
			t.Fatalf("%s %s answered %d %s, want %d", c.method, c.path, a.status, a.text, c.status)
		}
	}
}

func TestManyRefusalsAreOneLine(t *testing.T) {
	t.Parallel()
	b := newBusy(t)
	defer b.release()
	const text = "as many were in flight as there may be"
	for range 50 {
		b.call("GET", "/sessions/x", "")
	}
	if log := b.log.String(); strings.Count(log, text) != 1 || strings.Contains(log, "request failed") || !strings.Contains(log, "refused=1 max_inflight=1") {
		t.Errorf("the log of 50 refusals is\n%s", log)
	}
	b.advance(10 * time.Second)
	b.call("GET", "/sessions/x", "")
	if log := b.log.String(); strings.Count(log, text) != 2 || !strings.Contains(log, "refused=50 ") {
		t.Errorf("after a while the log is\n%s", log)
	}
}
