package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// op is what a caller does.
type op string

// The operations. A write to a session that has ended is an operation of its own:
// it has other answers.
const (
	opCreate   op = "create"
	opRead     op = "read"
	opUpdate   op = "update"
	opEnd      op = "end"
	opList     op = "list"
	opUserList op = "user list"
	opReady    op = "ready"
	opHealth   op = "health"
)

// unavailable is the status of a service whose backend is broken: the only one
// that a fault may give where all is well in the request.
const unavailable = http.StatusServiceUnavailable

// sample is one request and its answer.
type sample struct {
	op     op
	status int // 0 without an answer
	began  time.Time
	took   time.Duration
}

func (s sample) ended() time.Time { return s.began.Add(s.took) }

// normal reports whether the service served the request.
func (s sample) normal() bool { return s.status != 0 && s.status < http.StatusInternalServerError }

// acknowledgesWrite reports whether the request was a write that the service says
// it has done.
func (s sample) acknowledgesWrite() bool {
	return (s.op == opCreate || s.op == opUpdate || s.op == opEnd) && s.status/100 == 2
}

// answer is the answer to a request; err is that of the connection.
type answer struct {
	sample
	header http.Header
	body   []byte
	err    error
}

// client calls the service.
type client struct {
	base string
	http *http.Client
}

func newClient(addr string, callers int) *client {
	return &client{base: "http://" + addr, http: &http.Client{
		Transport: &http.Transport{MaxIdleConnsPerHost: callers},
		Timeout:   patience,
	}}
}

// do sends a request; body may be "".
func (c *client) do(o op, method, path, body string) (a answer) {
	a.op, a.began = o, time.Now()
	defer func() { a.took = time.Since(a.began) }()
	request, err := http.NewRequest(method, c.base+path, strings.NewReader(body))
	if err != nil {
		a.err = err
		return a
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := c.http.Do(request)
	if err != nil {
		a.err = err
		return a
	}
	defer func() { _ = response.Body.Close() }()
	a.body, a.err = io.ReadAll(response.Body)
	a.status, a.header = response.StatusCode, response.Header
	return a
}

// payload is the data of every session here.
type payload struct {
	// Made is the stamp of the create that made the session. It stays.
	Made string `json:"made"`
	// Value is the stamp of the write that the data is from.
	Value string `json:"value"`
}

func (p payload) String() string {
	text, err := json.Marshal(p)
	if err != nil {
		panic("two strings are always JSON: " + err.Error())
	}
	return string(text)
}

// payloadOf reads data; what is no payload is an empty one.
func payloadOf(data string) (p payload) {
	_ = json.Unmarshal([]byte(data), &p)
	return p
}

// record is a session as the API shows it.
type record struct {
	SessionID string
	UserID    string
	Data      payload
}

// page is a page of a list as the API shows it.
type page struct {
	SessionCount int
	Sessions     []record
	NextCursor   string
}

// problem is an error as the API shows it.
type problem struct {
	Code   string
	Error  string
	Status any
}

// decode reads the body of an answer; what is none of T's is an empty T.
func decode[T any](a answer) (v T) {
	_ = json.Unmarshal(a.body, &v)
	return v
}

func pathOf(id string) string { return "/sessions/" + url.PathEscape(id) }

func userPath(user string) string { return "/sessions/user/" + url.PathEscape(user) }
