package main

import (
	"fmt"
	"os"
	"time"

	"github.com/valyala/fasthttp"

	"session-api/bench/wrk"
)

// workload is what clients do.
type workload string

// The workloads, in the order in which they are measured: those that make
// sessions come last, so that the table has its size before.
const (
	getting  workload = "get"
	listing  workload = "list"
	updating workload = "update"
	mixing   workload = "mixed"
	creating workload = "create"
)

var workloads = []workload{getting, listing, updating, mixing, creating}

// title is what charts and tables call a workload.
func (w workload) title() string {
	return map[workload]string{
		getting: "Read a session", listing: "List a user's 20 sessions", updating: "Replace a session's data",
		mixing: "90 reads, 9 updates, 1 create", creating: "Create a session",
	}[w]
}

// kinds returns the requests of a workload.
func (s *subject) kinds(w workload, value int) []wrk.Kind {
	switch w {
	case getting:
		return []wrk.Kind{s.gets(1)}
	case listing:
		return []wrk.Kind{s.lists()}
	case updating:
		return []wrk.Kind{s.updates(1, value)}
	case mixing:
		return []wrk.Kind{s.gets(90), s.updates(9, value), s.creates(1, value)}
	case creating:
		return []wrk.Kind{s.creates(1, value)}
	}
	panic(fmt.Sprintf("no requests for the workload %q", w))
}

func (s *subject) gets(weight int) wrk.Kind {
	k := wrk.Kind{Weight: weight}
	for _, handle := range s.handles {
		k.Requests = append(k.Requests, s.raw(func(r *fasthttp.Request) { s.get(r, handle) }))
	}
	return k
}

func (s *subject) updates(weight, value int) wrk.Kind {
	k := wrk.Kind{Weight: weight}
	for _, handle := range s.handles {
		k.Requests = append(k.Requests, s.raw(func(r *fasthttp.Request) { s.update(r, handle, sessionData(value)) }))
	}
	return k
}

// creatingUsers is how many users the created sessions are spread over.
const creatingUsers = 1000

func (s *subject) creates(weight, value int) wrk.Kind {
	k := wrk.Kind{Weight: weight}
	for i := range creatingUsers {
		k.Requests = append(k.Requests, s.raw(func(r *fasthttp.Request) { s.create(r, fmt.Sprint("new-", i), sessionData(value)) }))
	}
	return k
}

func (s *subject) lists() wrk.Kind {
	k := wrk.Kind{Weight: 1}
	for _, user := range s.users {
		k.Requests = append(k.Requests, s.raw(func(r *fasthttp.Request) { s.list(r, user) }))
	}
	return k
}

// plan writes a workload's requests into a fresh folder below dir.
func (s *subject) plan(w workload, value int, dir string) (wrk.Plan, error) {
	dir, err := os.MkdirTemp(dir, "plan")
	if err != nil {
		return wrk.Plan{}, err
	}
	return wrk.NewPlan(dir, s.kinds(w, value)...)
}

// probeWithin is how long the first answer of a workload may take. What takes
// longer is said and not driven.
const probeWithin = 10 * time.Second

// probe checks that the server does what the workload asks: an answer that is
// good and has the data that belongs into it, in time.
func (s *subject) probe(w workload, value int, within time.Duration) error {
	ask, least := func(r *fasthttp.Request) { s.get(r, s.handles[0]) }, value
	switch w {
	case listing:
		ask, least = func(r *fasthttp.Request) { s.list(r, s.users[0]) }, perUser*value
	case updating:
		ask, least = func(r *fasthttp.Request) { s.update(r, s.handles[0], sessionData(value)) }, 0
	case creating:
		ask, least = func(r *fasthttp.Request) { s.create(r, "probe", sessionData(value)) }, 0
	}
	return s.do(within, ask, func(res *fasthttp.Response) error {
		if got := len(res.Body()); got < least {
			return fmt.Errorf("the answer has %d bytes; data alone has %d", got, least)
		}
		return nil
	})
}
