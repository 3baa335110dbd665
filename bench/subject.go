package main

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/valyala/fasthttp"
)

// subject is a contender that runs and has its sessions.
type subject struct {
	contender
	dialect
	server *process
	// behind are the ids of the processes that it needs beside itself: a database.
	behind []int
	// fill stores n more sessions, twenty for each user, which nobody asks for by
	// id. It is nil where a server keeps none.
	fill func(ctx context.Context, n int) error
	// cannot says, for a workload, why it is not measured.
	cannot map[workload]string
	// handles name the sessions that are asked for, and users their users.
	handles, users []string
}

// prepareAtOnce is how many connections prepare a measurement.
const prepareAtOnce = 8

// perUser is how many sessions a user has.
const perUser = 20

// client sends what prepares a measurement; wrk sends what is measured. It drops
// connections before any server does: the first of them after two seconds.
var client = fasthttp.Client{MaxIdleConnDuration: 500 * time.Millisecond, MaxConnsPerHost: 2 * fillers}

// do sends one request and hands the answer, which must be good, to use.
func (s *subject) do(within time.Duration, complete func(*fasthttp.Request), use func(*fasthttp.Response) error) error {
	req, res := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(req)
	defer fasthttp.ReleaseResponse(res)
	s.complete(req, complete)
	if err := client.DoTimeout(req, res, within); err != nil {
		return err
	}
	if code := res.StatusCode(); code < 200 || code > 299 {
		return fmt.Errorf("it answered %d: %.200s", code, res.Body())
	}
	return use(res)
}

// complete makes r a request to this server.
func (s *subject) complete(r *fasthttp.Request, more func(*fasthttp.Request)) {
	more(r)
	r.SetHost(s.server.addr)
	r.URI().SetScheme("http")
}

// raw returns a request as it goes over the wire.
func (s *subject) raw(more func(*fasthttp.Request)) []byte {
	r := fasthttp.AcquireRequest()
	defer fasthttp.ReleaseRequest(r)
	s.complete(r, more)
	var text bytes.Buffer
	if _, err := r.WriteTo(&text); err != nil {
		panic(fmt.Sprint("a buffer takes every request: ", err))
	}
	return text.Bytes()
}

// prepare makes n sessions through the server: those that are asked for.
func (s *subject) prepare(ctx context.Context, n, value int) error {
	s.handles = make([]string, n)
	for i := range (n + perUser - 1) / perUser {
		s.users = append(s.users, hotUser(i*perUser))
	}
	return together(ctx, prepareAtOnce, n, func(i int) error {
		return s.do(30*time.Second,
			func(r *fasthttp.Request) { s.create(r, hotUser(i), sessionData(value)) },
			func(res *fasthttp.Response) (err error) {
				s.handles[i], err = s.handle(res)
				return err
			})
	})
}

func hotUser(i int) string { return fmt.Sprint("hot-", i/perUser) }

// fillThrough is fill through the server's own creates.
func (s *subject) fillThrough(value int) func(context.Context, int) error {
	return func(ctx context.Context, n int) error {
		return together(ctx, fillers, n, func(i int) error {
			return s.do(30*time.Second,
				func(r *fasthttp.Request) { s.create(r, coldUser(i), sessionData(value)) },
				func(*fasthttp.Response) error { return nil })
		})
	}
}

// coldUser is the user of the i-th session of a fill.
func coldUser(i int) string { return fmt.Sprint("user-", i/perUser) }

// together calls f for 0 to n-1 with so many at once, and stops at the first
// error or when ctx ends.
func together(ctx context.Context, atOnce, n int, f func(i int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wait sync.WaitGroup
	for w := range atOnce {
		wait.Go(func() {
			for i := w; i < n && ctx.Err() == nil; i += atOnce {
				if err := f(i); err != nil {
					cancel(err)
				}
			}
		})
	}
	wait.Wait()
	return context.Cause(ctx)
}
