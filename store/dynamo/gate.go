package dynamo

import (
	"context"
	"errors"
	"sync"

	"session-api"
)

var errClosed = errors.New("the DynamoDB store is closed")

// gate counts the calls that run, so that Close can wait for them.
type gate struct {
	mu      sync.Mutex
	shut    bool
	running sync.WaitGroup
}

// enter lets a call in, unless ctx has ended or the gate is shut. The caller
// leaves if the error is nil.
func (g *gate) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return session.Unavailable(err)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.shut {
		return session.Unavailable(errClosed)
	}
	g.running.Add(1)
	return nil
}

func (g *gate) leave() { g.running.Done() }

// close shuts the gate and waits for the calls that are in.
func (g *gate) close() {
	g.mu.Lock()
	g.shut = true
	g.mu.Unlock()
	g.running.Wait()
}
