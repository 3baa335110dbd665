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

// Close lets the work in the background finish, without further waiting, until ctx
// ends; then it cuts it and returns ctx's error. What it cut is not lost track of:
// its log line says what was left. The store must be open until then.
func (s *Service) Close(ctx context.Context) error {
	s.jobs.mu.Lock()
	if !s.jobs.closed {
		s.jobs.closed = true
		close(s.jobs.closing)
	}
	s.jobs.mu.Unlock()
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.jobs.running.Wait()
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		s.jobs.cancel()
		<-done
		return ctx.Err()
	}
}
