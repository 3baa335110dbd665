package dynamotest

import (
	"context"
	"os"
	"sync"
	"testing"
	"time"
)

// Start starts a process of server s for t alone, ends it when t ends, and
// returns its URL. Installing the server comes first where it is not installed.
// With EndpointVariable set it returns that URL and starts nothing. It fails t if
// there can be no server.
func Start(t testing.TB, s Server) string {
	t.Helper()
	endpoint, err := givenEndpoint(os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	if endpoint != "" {
		return endpoint
	}
	p, err := Launch(contextOf(t), s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	return p.Endpoint
}

// Shared returns the URL of the server that the environment chooses, and which
// it is. All tests of a process that hold it at one time use one server process,
// which ends with the last of them. It fails t if there can be no server.
func Shared(t testing.TB) (endpoint string, s Server) {
	t.Helper()
	s, endpoint, err := choose(os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	if endpoint != "" {
		return endpoint, s
	}
	p, err := shared.acquire(contextOf(t), s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { shared.release(s) })
	return p.Endpoint, s
}

// contextOf returns a context that ends shortly before the test run's own
// deadline, so that a slow build ends with a sentence and not with a dump of all
// goroutines.
func contextOf(t testing.TB) context.Context {
	t.Helper()
	const margin = 5 * time.Second
	ctx := t.Context()
	limited, ok := t.(interface{ Deadline() (time.Time, bool) })
	if !ok {
		return ctx
	}
	if deadline, set := limited.Deadline(); set {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, deadline.Add(-margin))
		t.Cleanup(cancel)
	}
	return ctx
}

// shared is process-wide because test processes cost more than tests: the
// tests of one binary that run in parallel have no other place in common.
var shared = pool{launch: Launch, held: map[Server]*holding{}}

// pool lends out one process for each server.
type pool struct {
	launch func(context.Context, Server) (*Process, error)

	mu   sync.Mutex
	held map[Server]*holding
}

// holding is a server that tests hold, or the error that starting it gave.
type holding struct {
	process *Process
	users   int
	err     error
}

// acquire returns the running process, starting it for the first user. A server
// that could not be had once is not tried again: each try may be a long build.
func (p *pool) acquire(ctx context.Context, s Server) (*Process, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	h := p.held[s]
	if h == nil {
		h = &holding{}
		h.process, h.err = p.launch(ctx, s)
		p.held[s] = h
	}
	if h.err != nil {
		return nil, h.err
	}
	h.users++
	return h.process, nil
}

// release gives back what acquire lent; the last user's ends the process.
func (p *pool) release(s Server) {
	p.mu.Lock()
	defer p.mu.Unlock()
	h := p.held[s]
	if h.users--; h.users == 0 {
		delete(p.held, s)
		h.process.Stop()
	}
}
