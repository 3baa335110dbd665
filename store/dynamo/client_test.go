package dynamo

import (
	"context"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"session-api"
	"session-api/store/dynamo/faultproxy"
)

// openAsServed opens a Store that finds the backend by the environment.
func openAsServed(t *testing.T, table string, l *logs) *Store {
	t.Helper()
	store, err := Open(t.Context(), patient(Options{Table: table, Region: testRegion, ConsistentRead: true, Logger: l.logger()}))
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store
}

func TestTheEndpointOfTheEnvironmentIsTaken(t *testing.T) {
	s := newServer(t)
	proxy := faultproxy.Start(t, s.endpoint)
	for _, variable := range []string{"AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL"} {
		t.Run(variable, func(t *testing.T) {
			t.Setenv(variable, proxy.URL())
			proxy.ResetCalls()
			store := openAsServed(t, s.newTable(t, true), &logs{})
			if err := store.Create(t.Context(), newSession("a")); err != nil || proxy.Calls("PutItem") != 1 {
				t.Errorf("Create returned %v, and %d calls arrived", err, proxy.Calls("PutItem"))
			}
		})
	}
}

// TestACABundleIsTakenTogetherWithOurHTTPClient, which the SDK would not give
// the bundle to.
func TestACABundleIsTakenTogetherWithOurHTTPClient(t *testing.T) {
	s := newServer(t)
	proxy := faultproxy.Start(t, s.endpoint)
	secure := httptest.NewUnstartedServer(proxy)
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // of refused handshakes
	secure.StartTLS()
	t.Cleanup(secure.Close)
	t.Setenv("AWS_ENDPOINT_URL_DYNAMODB", secure.URL)
	table := s.newTable(t, true)

	var l logs
	unaware := openAsServed(t, table, &l)
	_, err := unaware.Get(t.Context(), "a")
	wantError(t, "Get without the bundle", err, session.ErrUnavailable)
	if !strings.Contains(fmt.Sprint(err), "certificate") || !strings.Contains(l.String(), "AWS_CA_BUNDLE") {
		t.Errorf("the error does not name the certificate, or the log not what to do: %v\n%s", err, &l)
	}

	bundle := filepath.Join(t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw})
	if err := os.WriteFile(bundle, text, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_CA_BUNDLE", bundle)
	aware := openAsServed(t, table, &l)
	large := newSession("large")
	large.Data = []byte(`"` + strings.Repeat("x", 380<<10) + `"`)
	if err := aware.Create(t.Context(), large); err != nil {
		t.Fatalf("Create with the bundle: %v", err)
	}
	for range 20 {
		if _, err := aware.Get(t.Context(), "large"); err != nil {
			t.Fatalf("Get with the bundle: %v", err)
		}
	}
	if got := proxy.Calls("GetItem"); got != 20 {
		t.Errorf("20 reads of a large row took %d calls: answers were lost", got)
	}
}

func TestSettingsThatCannotBeUsedEndTheStart(t *testing.T) {
	t.Setenv("AWS_CA_BUNDLE", filepath.Join(t.TempDir(), "absent.pem"))
	store, err := Open(t.Context(), Options{Table: "sessions", Region: testRegion})
	if err == nil {
		_ = store.Close()
		t.Fatal("a CA bundle that is not there is accepted")
	}
	if !strings.Contains(err.Error(), "AWS settings") || !strings.Contains(err.Error(), "absent.pem") {
		t.Errorf("the error does not say what is wrong: %v", err)
	}
}

func TestMissingCredentialsAreSaidToBe(t *testing.T) {
	s := newServer(t)
	t.Setenv("AWS_ENDPOINT_URL_DYNAMODB", s.endpoint)
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	var l logs
	store := openAsServed(t, "sessions", &l)
	_, err := store.Get(t.Context(), "session-alice-CANARY")
	wantError(t, "Get", err, session.ErrUnavailable)
	if !strings.Contains(l.String(), "no AWS credentials") || strings.Contains(l.String(), "CANARY") {
		t.Errorf("the log does not say what to do, or shows an id:\n%s", &l)
	}
}

// answerOnce returns what an exchange reads from a server that answers with body
// and this checksum.
func answerOnce(t *testing.T, sum, body string) (string, error) {
	t.Helper()
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if sum != "" {
			w.Header().Set(checksumHeader, sum)
		}
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(backend.Close)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, backend.URL, io.NopCloser(strings.NewReader("{}")))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := (&exchange{client: backend.Client()}).Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	return string(text), err
}

func TestAnAnswerIsCheckedAgainstItsChecksum(t *testing.T) {
	t.Parallel()
	const body, sum = "123456789", "3421780262" // the check value of CRC-32
	for given, want := range map[string]error{sum: nil, "": nil, "3421780263": errChecksum, "0": errChecksum, "x": errChecksum} {
		text, err := answerOnce(t, given, body)
		wantError(t, "an answer with the checksum "+given, err, want)
		if err == nil && text != body {
			t.Errorf("the answer is %q", text)
		}
	}
	if _, err := answerOnce(t, sum, ""); err == nil {
		t.Error("an empty answer with a checksum of another is taken")
	}
}

func TestRedirectionsAreNotFollowed(t *testing.T) {
	t.Parallel()
	elsewhere := faultproxy.Start(t, "http://127.0.0.1:1")
	b := newBench(t, Options{})
	for _, status := range []int{301, 302, 303, 307, 308} {
		b.fail("", 1, func(x *faultproxy.Exchange) {
			x.Reply(&faultproxy.Answer{Status: status, Header: http.Header{"Location": {elsewhere.URL()}}})
		})
		if _, err := b.Get(t.Context(), "a"); err == nil {
			t.Errorf("a redirection of status %d gave an answer", status)
		}
	}
	if n := elsewhere.Calls(); n != 0 {
		t.Errorf("%d calls went to where the redirections led", n)
	}
}

// countingConn counts the writes to a connection.
type countingConn struct {
	net.Conn
	writes *atomic.Int64
}

func (c countingConn) Write(p []byte) (int, error) {
	c.writes.Add(1)
	return c.Conn.Write(p)
}

// TestARequestGoesOutInOnePiece holds for a body that net/http knows to be in
// memory, and for no other: that is how this sees that it does.
func TestARequestGoesOutInOnePiece(t *testing.T) {
	t.Parallel()
	var writes atomic.Int64
	x := &exchange{client: &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			conn, err := (&net.Dialer{}).DialContext(ctx, network, addr)
			return countingConn{conn, &writes}, err
		},
	}}}
	proxy := faultproxy.Start(t, "http://127.0.0.1:1")
	proxy.Add(faultproxy.Rule{Fault: faultproxy.NoTable()})
	body := io.NopCloser(struct{ io.Reader }{strings.NewReader(`{"TableName":"sessions"}`)})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, proxy.URL(), body)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := x.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if n := writes.Load(); n != 1 {
		t.Errorf("the request went out in %d pieces", n)
	}
}
