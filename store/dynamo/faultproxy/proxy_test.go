package faultproxy

import (
	"context"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// target is a server that answers every call with the same text, or with the
// request if there is none, and keeps count.
type target struct {
	*httptest.Server
	calls atomic.Int64
}

func newTarget(t *testing.T, text string) *target {
	t.Helper()
	s := &target{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.calls.Add(1)
		body, _ := io.ReadAll(r.Body)
		if text != "" {
			body = []byte(text)
		}
		w.Header().Set(checksumHeader, checksum(body))
		w.Header().Set("X-Seen-Target", r.Header.Get("X-Amz-Target"))
		_, _ = w.Write(body)
	}))
	t.Cleanup(s.Close)
	return s
}

func checksum(body []byte) string {
	return strconv.FormatUint(uint64(crc32.ChecksumIEEE(body)), 10)
}

// answer is what a caller of the proxy reads.
type answer struct {
	status int
	header http.Header
	body   string
}

// send makes a call of op through a connection of its own.
func send(t *testing.T, p *Proxy, op, body string) (answer, error) {
	t.Helper()
	return sendWith(t.Context(), t, &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}, p.URL(), op, body)
}

func sendWith(ctx context.Context, t *testing.T, client *http.Client, url, op, body string) (answer, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Amz-Target", "DynamoDB_20120810."+op)
	resp, err := client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, string(text)}, err
}

// mustSend is send for a call that has to be answered soundly.
func mustSend(t *testing.T, p *Proxy, op, body string) answer {
	t.Helper()
	a, err := send(t, p, op, body)
	if err != nil {
		t.Fatalf("%s: %v", op, err)
	}
	if sum := checksum([]byte(a.body)); a.header.Get(checksumHeader) != sum {
		t.Errorf("%s: the checksum is %q; want %s", op, a.header.Get(checksumHeader), sum)
	}
	return a
}

func TestACallWithoutARuleIsPassedOn(t *testing.T) {
	t.Parallel()
	p := Start(t, newTarget(t, "").URL)
	a := mustSend(t, p, "GetItem", `{"a":1}`)
	if a.status != http.StatusOK || a.body != `{"a":1}` || a.header.Get("X-Seen-Target") != "DynamoDB_20120810.GetItem" {
		t.Errorf("got %d %q with %v", a.status, a.body, a.header)
	}
}

func TestATargetThatIsNoURLIsRefused(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "localhost:8000", "http://", "http://%zz"} {
		if p, err := New(bad); err == nil {
			p.Close()
			t.Errorf("the target %q is accepted", bad)
		}
	}
}

func TestATargetThatIsGoneClosesTheConnection(t *testing.T) {
	t.Parallel()
	backend := newTarget(t, "")
	p := Start(t, backend.URL)
	backend.Close()
	if a, err := send(t, p, "GetItem", `{}`); err == nil {
		t.Errorf("got %d %q", a.status, a.body)
	}
}

func TestCallsAreCountedByOperation(t *testing.T) {
	t.Parallel()
	p := Start(t, newTarget(t, "").URL)
	p.Add(Rule{Op: "PutItem", Fault: LoseRequest()})
	_, _ = send(t, p, "PutItem", `{}`)
	for range 2 {
		mustSend(t, p, "GetItem", `{}`)
	}
	for want, ops := range map[int][]string{3: nil, 2: {"GetItem"}, 1: {"PutItem"}, 0: {"Scan"}} {
		if got := p.Calls(ops...); got != want {
			t.Errorf("%v: %d calls; want %d", ops, got, want)
		}
	}
	if got := p.Calls("GetItem", "PutItem"); got != 3 {
		t.Errorf("two operations together: %d calls; want 3", got)
	}
	p.ResetCalls()
	if got := p.Calls(); got != 0 {
		t.Errorf("%d calls after a reset", got)
	}
}

func TestARuleIsForItsCallsOnly(t *testing.T) {
	t.Parallel()
	p := Start(t, newTarget(t, "").URL)
	p.Add(Rule{Op: "GetItem", Skip: 1, Times: 2, Fault: Throttle()})
	var got []int
	for _, op := range []string{"GetItem", "PutItem", "GetItem", "GetItem", "GetItem", "PutItem"} {
		got = append(got, mustSend(t, p, op, `{}`).status)
	}
	if want := "[200 200 400 400 200 200]"; fmt.Sprint(got) != want {
		t.Errorf("the statuses are %v; want %s", got, want)
	}
}

func TestTheFirstRuleThatIsNotUsedUpCounts(t *testing.T) {
	t.Parallel()
	p := Start(t, newTarget(t, "").URL)
	p.Add(Rule{Times: 1, Fault: Throttle()})
	remove := p.Add(Rule{Op: "GetItem", Fault: ServerError()})
	p.Add(Rule{Op: "GetItem", Fault: NoTable()})
	var got []string
	for i := range 5 {
		a := mustSend(t, p, "GetItem", `{}`)
		got = append(got, errorName(a.body))
		switch i {
		case 1:
			remove()
		case 2:
			p.Clear()
		}
	}
	want := "[ProvisionedThroughputExceededException InternalServerError ResourceNotFoundException  ]"
	if fmt.Sprint(got) != want {
		t.Errorf("the errors are %q; want %q", got, want)
	}
}

// errorName returns the name of the DynamoDB error in body, "" if it is none.
func errorName(body string) string {
	_, rest, _ := strings.Cut(body, "#")
	name, _, _ := strings.Cut(rest, `"`)
	return name
}

func TestCloseEndsTheCallsThatAreHeld(t *testing.T) {
	t.Parallel()
	p, err := New(newTarget(t, "").URL)
	if err != nil {
		t.Fatal(err)
	}
	held := make(chan struct{})
	p.Add(Rule{Fault: func(x *Exchange) { close(held); <-x.Left() }})
	ended := make(chan error, 1)
	go func() {
		_, err := sendWith(t.Context(), t, http.DefaultClient, p.URL(), "GetItem", `{}`)
		ended <- err
	}()
	<-held
	p.Close()
	if err := <-ended; err == nil {
		t.Error("a held call was answered")
	}
}

func TestTheProxyServesBehindATLSListener(t *testing.T) {
	t.Parallel()
	backend := newTarget(t, "")
	p := Start(t, backend.URL)
	secure := httptest.NewTLSServer(p)
	defer secure.Close()
	p.Add(Rule{Op: "PutItem", Fault: Reset()})
	if a, err := sendWith(t.Context(), t, secure.Client(), secure.URL, "GetItem", `{}`); err != nil || a.body != `{}` {
		t.Errorf("got %q, %v", a.body, err)
	}
	if _, err := sendWith(t.Context(), t, secure.Client(), secure.URL, "PutItem", `{}`); err == nil {
		t.Error("a connection that was reset gave an answer")
	}
	if n := backend.calls.Load(); n != 1 {
		t.Errorf("the target had %d calls; want 1", n)
	}
}

func TestDelayPassesTheCallOnAfterItsTime(t *testing.T) {
	t.Parallel()
	backend := newTarget(t, "")
	p := Start(t, backend.URL)
	const delay = 30 * time.Millisecond
	p.Add(Rule{Times: 1, Fault: Delay(delay)})
	began := time.Now()
	if a := mustSend(t, p, "GetItem", `{}`); a.body != `{}` || time.Since(began) < delay {
		t.Errorf("got %q after %v", a.body, time.Since(began))
	}
	ctx, leave := context.WithCancel(t.Context())
	p.Add(Rule{Times: 1, Fault: func(x *Exchange) { leave(); Delay(time.Hour)(x) }})
	if _, err := sendWith(ctx, t, http.DefaultClient, p.URL(), "GetItem", `{}`); err == nil {
		t.Error("a call whose caller left in its delay was answered")
	}
	if n := backend.calls.Load(); n != 1 {
		t.Errorf("the target had %d calls; want 1", n)
	}
}
