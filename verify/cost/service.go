package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"time"

	"session-api"
	"session-api/internal/httpapi"
	"session-api/store/dynamo"
	"session-api/store/dynamo/table"
)

const (
	region = "us-west-2"
	ttl    = 24 * time.Hour
	// patience is more than any call takes on a slow machine. No call is sent
	// twice, so what is counted is what was asked for.
	patience = time.Minute
)

// start is when the first session is made. Its expiry ends in no zero, so that
// all numbers of one attribute have one size.
var start = time.Date(2025, 12, 24, 10, 0, 7, 0, time.UTC)

// service is the whole service on one table. Its clock stands still unless it is
// moved.
type service struct {
	name     string
	now      time.Time
	strong   front
	eventual front
	limited  front // with a limit for each user
	asked    map[httpapi.Route]bool
}

// front is the service with one kind of reads.
type front struct {
	svc   *session.Service
	api   *httpapi.API
	store *dynamo.Store
}

// openService makes the table and opens the service on it.
func openService(ctx context.Context, name string) (*service, error) {
	// What the server does with a table takes it milliseconds; there is no AWS to
	// wait for.
	atOnce := func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	admin, err := table.Connect(ctx, table.Options{Table: name, Region: region, Sleep: atOnce})
	if err != nil {
		return nil, err
	}
	if err := admin.Create(ctx, table.CreateOptions{}); err != nil {
		return nil, err
	}
	s := &service{name: name, now: start, asked: map[httpapi.Route]bool{}}
	if s.strong, err = s.open(ctx, true, 0); err != nil {
		return nil, err
	}
	if s.limited, err = s.open(ctx, true, session.MaxPerUserLimit); err != nil {
		return nil, err
	}
	s.eventual, err = s.open(ctx, false, 0)
	return s, err
}

func (s *service) open(ctx context.Context, consistent bool, perUser int) (front, error) {
	store, err := dynamo.Open(ctx, dynamo.Options{
		Table: s.name, Region: region, ConsistentRead: consistent, CoalesceReads: true,
		Attempts: 1, AttemptTimeout: patience, CallTimeout: patience,
	})
	if err != nil {
		return front{}, err
	}
	clock := func() time.Time { return s.now }
	svc, err := session.NewService(store, session.Options{
		TTL: ttl, CursorKey: store.CursorKey(), Now: clock, MaxPerUser: perUser,
	})
	if err != nil {
		return front{}, err
	}
	return front{svc, httpapi.New(svc, httpapi.Options{RequestTimeout: patience, Now: clock}), store}, nil
}

func (s *service) close() {
	for _, f := range []front{s.strong, s.eventual, s.limited} {
		if f.store == nil {
			continue
		}
		// What goes on in the background is over before its store is closed.
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		_ = f.svc.Close(ctx)
		cancel()
		_ = f.store.Close()
	}
}

// answer is what the API said.
type answer struct {
	status int
	body   struct {
		SessionID    string `json:"sessionId"`
		SessionCount int    `json:"sessionCount"`
		Code         string `json:"code"`
	}
}

// header is a header of a request.
type header struct{ name, value string }

// ask sends one request. body is JSON, "" for none.
func (s *service) ask(ctx context.Context, f front, method, path, body string, headers ...header) (answer, error) {
	r := httptest.NewRequestWithContext(ctx, method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		r.Header.Set(h.name, h.value)
	}
	w := httptest.NewRecorder()
	f.api.ServeHTTP(w, r)
	// The mux knows one pattern for all that is done to a session.
	pattern := strings.Replace(r.Pattern, "{action}", r.PathValue("action"), 1)
	s.asked[httpapi.Route{Method: method, Pattern: pattern}] = true
	a := answer{status: w.Code}
	if err := json.Unmarshal(w.Body.Bytes(), &a.body); err != nil {
		return a, fmt.Errorf("%s %s: %w", method, path, err)
	}
	return a, nil
}

// create makes a session of the user a millisecond after the one before and
// returns its id.
func (s *service) create(ctx context.Context, user, data string) (string, error) {
	s.now = s.now.Add(time.Millisecond)
	a, err := s.ask(ctx, s.strong, http.MethodPost, "/sessions", `{"userId":"`+user+`","data":`+data+`}`)
	if err == nil && a.status != http.StatusCreated {
		err = fmt.Errorf("a session was not created: %d %s", a.status, a.body.Code)
	}
	return a.body.SessionID, err
}

// unasked returns the routes of sessions that no request was for.
func (s *service) unasked() []httpapi.Route {
	return slices.DeleteFunc(s.strong.api.Routes(), func(r httpapi.Route) bool {
		return !strings.HasPrefix(r.Pattern, "/sessions") || s.asked[httpapi.Route{Method: r.Method, Pattern: r.Pattern}]
	})
}
