package session

import (
	"context"
	"errors"
	"sync"
	"time"
)

// maxJobs bounds the jobs that run or wait in the background: an EndUser is one for
// some seconds, and waiting costs no more than a goroutine.
const maxJobs = 16384

// errBusy says that no job can be started.
var errBusy = errors.New("there is too much work in the background, or the service is stopping")

// jobs is the work that goes on after its request was answered.
type jobs struct {
	ctx     context.Context
	cancel  context.CancelFunc
	slots   chan struct{}
	closing chan struct{}

	mu      sync.Mutex
	closed  bool
	running sync.WaitGroup
}

func newJobs() jobs {
	ctx, cancel := context.WithCancel(context.Background())
	return jobs{ctx: ctx, cancel: cancel, slots: make(chan struct{}, maxJobs), closing: make(chan struct{})}
}

// start runs do in the background; false if there are too many jobs or the service
// is stopping.
func (j *jobs) start(do func(ctx context.Context)) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.closed {
		return false
	}
	select {
	case j.slots <- struct{}{}:
	default:
		return false
	}
	j.running.Go(func() {
		defer func() { <-j.slots }()
		do(j.ctx)
	})
	return true
}

// wait waits for d, or less if the service is stopping.
func (j *jobs) wait(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-j.closing:
	}
}

// stopping reports whether the service is stopping.
func (j *jobs) stopping() bool {
	select {
	case <-j.closing:
		return true
	default:
		return false
	}
}

// close lets the jobs finish, without further waiting, until ctx ends; then it cuts
// them and returns ctx's error.
func (j *jobs) close(ctx context.Context) error {
	j.mu.Lock()
	if !j.closed {
		j.closed = true
		close(j.closing)
	}
	j.mu.Unlock()
	if len(j.slots) == 0 {
		return nil // even if ctx has ended: nothing is cut
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		j.running.Wait()
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		j.cancel()
		<-done
		return ctx.Err()
	}
}
