package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"
)

// server is a running server and how it is called.
type server struct {
	*program
	scheme string
	addr   string
	client *http.Client
	// always are headers of every request, as those of try.
	always []string
}

// serveOn starts a server on a free port that keeps its sessions in dir, and
// waits until it listens.
func serveOn(t *testing.T, dir string, variables ...string) *server {
	t.Helper()
	p := launch(t, nil, append([]string{"PORT=0", "DATA_DIR=" + dir}, variables...)...)
	transport := &http.Transport{MaxIdleConnsPerHost: writers}
	t.Cleanup(transport.CloseIdleConnections)
	return &server{
		program: p,
		scheme:  "http",
		addr:    p.logLine("listening")["addr"].(string),
		client:  &http.Client{Transport: transport, Timeout: patience},
	}
}

// answer is the answer to a request.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// try sends a request; body may be "". The error is that of the connection. The
// headers come in pairs of name and value.
func (s *server) try(method, path, body string, headers ...string) (answer, error) {
	request, err := http.NewRequest(method, s.scheme+"://"+s.addr+path, bytes.NewBufferString(body))
	if err != nil {
		return answer{}, err
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for pair := range slices.Chunk(slices.Concat(s.always, headers), 2) {
		request.Header.Set(pair[0], pair[1])
	}
	response, err := s.client.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, text}, err
}

// call sends a request and returns its answer, which must have the status want.
func (s *server) call(want int, method, path, body string, headers ...string) answer {
	s.t.Helper()
	a, err := s.try(method, path, body, headers...)
	if err != nil {
		s.t.Fatal(err)
	}
	if a.status != want {
		s.t.Fatalf("%s %s answers %d, want %d: %s", method, path, a.status, want, a.body)
	}
	return a
}

// record is a session as the API shows it.
type record struct {
	SessionID string          `json:"sessionId"`
	Handle    string          `json:"handle"`
	UserID    string          `json:"userId"`
	Data      json.RawMessage `json:"data"`
	CreatedAt time.Time       `json:"createdAt"`
	UpdatedAt *time.Time      `json:"updatedAt"`
	ExpiresAt time.Time       `json:"expiresAt"`
	Version   int64           `json:"version"`
}

// list is a page of sessions as the API shows it.
type list struct {
	SessionCount int      `json:"sessionCount"`
	Sessions     []record `json:"sessions"`
	NextCursor   string   `json:"nextCursor"`
}

func decode[T any](t *testing.T, a answer) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(a.body, &v); err != nil {
		t.Fatalf("%v: %s", err, a.body)
	}
	return v
}

func (s *server) create(user, data string) record {
	s.t.Helper()
	return decode[record](s.t, s.call(201, "POST", "/sessions", createBody(user, data)))
}

func (s *server) get(id string) record {
	s.t.Helper()
	return decode[record](s.t, s.call(200, "GET", path(id), ""))
}

// all walks the whole list at where, limit sessions a page, and returns the
// sessions by id.
func (s *server) all(where, limit string) map[string]record {
	s.t.Helper()
	return fleetOf(s).all(where, limit)
}

func createBody(user, data string) string {
	name, _ := json.Marshal(user)
	return `{"userId":` + string(name) + `,"data":` + data + `}`
}

func path(id string) string { return "/sessions/" + url.PathEscape(id) }

func userPath(user string) string { return "/sessions/user/" + url.PathEscape(user) }

// eventually waits until ok, which it asks again and again.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	timeout := time.After(patience)
	for !ok() {
		select {
		case <-again.C:
		case <-timeout:
			t.Fatalf("it does not come true that %s", what)
		}
	}
}
