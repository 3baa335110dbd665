package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/anishathalye/porcupine"
)

// register is one session as its callers reach it.
type register interface {
	// do makes a call for the client with that number. When ctx ends it answers
	// promptly.
	do(ctx context.Context, client int, in input) output
}

// plan is how much is played.
type plan struct {
	// histories is how many sessions there are, one after the other; clients call on
	// one at the same time, and each makes ops calls.
	histories, clients, ops int
	// seed gives every choice of every client. How the calls fall together is the
	// machine's.
	seed uint64
	// within bounds the check of one history.
	within time.Duration
	// pages is the directory for pictures of histories.
	pages string
}

// history is what all clients ask of one session.
type history struct {
	plan
	on      register
	again   bool
	began   time.Time
	newest  atomic.Int64
	clients []*client
}

// play lets the clients call on one session, and returns what they called and were
// answered. In every second history they begin each of their calls together.
func (p plan) play(ctx context.Context, on register, number int, again bool) ([]porcupine.Operation, error) {
	h := &history{plan: p, on: on, again: again, began: time.Now()}
	for i := range p.clients {
		h.clients = append(h.clients, &client{number: i, rng: rand.New(rand.NewPCG(p.seed, uint64(number*p.clients+i)))})
	}
	if err := h.begin(ctx); err != nil {
		return nil, err
	}
	together := newBarrier(p.clients)
	var running sync.WaitGroup
	for _, c := range h.clients {
		running.Go(func() { h.work(ctx, c, together, number%2 == 0) })
	}
	running.Wait()
	h.call(ctx, h.clients[0], input{kind: read}) // what is lost or has come back shows at the latest here
	return h.all(), ctx.Err()
}

// begin has the first client make the session. Where answers get lost, one try may
// come to nothing that anybody knows of; the service makes another session then.
func (h *history) begin(ctx context.Context) error {
	const tries = 10
	first := h.clients[0]
	var out output
	for range tries {
		first.calls = nil
		if out = h.call(ctx, first, input{kind: create, version: 1}); out.outcome != unknown {
			break
		}
	}
	if out.outcome != done {
		return fmt.Errorf("there is no session to begin with: %v", out)
	}
	return ctx.Err()
}

func (h *history) work(ctx context.Context, c *client, together *barrier, inStep bool) {
	for i := range h.ops {
		if i == 0 || inStep {
			together.wait()
		}
		c.hesitate()
		in := c.choose(h.newest.Load(), h.ending(i), h.again)
		hurried, cancel := c.hurried(ctx, in)
		h.call(hurried, c, in)
		cancel()
	}
}

// ending returns how many calls in 100 are deletes when a client makes its i-th call.
// A session that cannot be made anew lives for the half of the history at least.
func (h *history) ending(i int) int {
	switch {
	case h.again:
		return 6
	case i < h.ops/2:
		return 0
	}
	return 2
}

// call makes one call and takes it down.
func (h *history) call(ctx context.Context, c *client, in input) output {
	began := time.Since(h.began)
	out := h.on.do(ctx, c.number, in)
	ended := max(time.Since(h.began), began+1) // split takes no call that ends as it begins
	c.learn(in, out)
	if out.shown.version > 0 {
		h.newest.Store(out.shown.version)
	}
	if out.outcome == unknown {
		ended = math.MaxInt64
	}
	c.calls = append(c.calls, porcupine.Operation{
		ClientId: c.number, Input: in, Output: out, Call: int64(began), Return: int64(ended),
	})
	return out
}

// all returns the calls of all clients. One that never ends for porcupine has a
// line of its own in its pictures: its client goes on.
func (h *history) all() (calls []porcupine.Operation) {
	lines := len(h.clients)
	for _, c := range h.clients {
		for i := range c.calls {
			if c.calls[i].Return == math.MaxInt64 {
				c.calls[i].ClientId = lines
				lines++
			}
		}
		calls = slices.Concat(calls, c.calls)
	}
	return calls
}
