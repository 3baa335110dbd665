package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"

	"github.com/valyala/fasthttp"
)

// answer is what session-api sent for a request.
type answer struct {
	Status int
	Header map[string][]string
	Body   []byte
}

// answers are those to the requests of the workloads.
type answers struct{ Create, Get, Update, List answer }

// serveBare is the ceiling: net/http with one handler that writes fixed bytes,
// those that session-api sends, read as answers from standard input.
func serveBare(context.Context, settings) error {
	var a answers
	if err := json.NewDecoder(os.Stdin).Decode(&a); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	slog.New(slog.NewJSONHandler(os.Stdout, nil)).Info("listening", "addr", listener.Addr().String())
	return http.Serve(listener, &a)
}

// ServeHTTP writes the answer to a request, whose body it reads.
func (a *answers) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	send := &a.Get
	switch {
	case r.Method == http.MethodPost:
		send = &a.Create
	case r.Method == http.MethodPut:
		send = &a.Update
	case strings.HasPrefix(r.URL.Path, "/sessions/user/"):
		send = &a.List
	}
	_, _ = io.Copy(io.Discard, r.Body)
	maps.Copy(w.Header(), send.Header)
	w.WriteHeader(send.Status)
	_, _ = w.Write(send.Body)
}

// startBare starts the bare server as a process of its own, as session-api is.
func startBare(a *answers) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(a)
	if err != nil {
		return nil, err
	}
	return start("bare net/http", nil, strings.NewReader(string(text)), self, "bare")
}

// record asks session-api, on sessions in memory, for what the bare server sends.
func (s *site) record(ctx context.Context) (*answers, error) {
	if s.recorded != nil {
		return s.recorded, nil
	}
	program, err := s.ours(ctx)
	if err != nil {
		return nil, err
	}
	p, err := start("session-api", append([]string{"SESSION_STORE=memory"}, oursEnv...), nil, program)
	if err != nil {
		return nil, err
	}
	defer p.stop(syscall.SIGKILL)
	sub := &subject{contender: contender{title: p.name}, dialect: rest, server: p}
	if err := sub.prepare(ctx, perUser, s.data.value); err != nil {
		return nil, err
	}
	data, a := sessionData(s.data.value), &answers{}
	for _, ask := range []struct {
		to   *answer
		what func(*fasthttp.Request)
	}{
		{&a.List, func(r *fasthttp.Request) { rest.list(r, sub.users[0]) }},
		{&a.Create, func(r *fasthttp.Request) { rest.create(r, sub.users[0], data) }},
		{&a.Get, func(r *fasthttp.Request) { rest.get(r, sub.handles[0]) }},
		{&a.Update, func(r *fasthttp.Request) { rest.update(r, sub.handles[0], data) }},
	} {
		err := sub.do(probeWithin, ask.what, func(res *fasthttp.Response) error {
			*ask.to = recorded(res)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	s.recorded = a
	return a, nil
}

// recorded returns an answer as it was, but for its date, which net/http adds.
func recorded(res *fasthttp.Response) answer {
	a := answer{Status: res.StatusCode(), Header: map[string][]string{}, Body: bytes.Clone(res.Body())}
	for name, value := range res.Header.All() {
		if key := http.CanonicalHeaderKey(string(name)); key != "Date" {
			a.Header[key] = []string{string(value)}
		}
	}
	return a
}
