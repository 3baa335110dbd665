package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/valyala/fasthttp"
)

// walkPage is how many sessions a page of the walk has, the most there can be.
const walkPage = 1000

// walk prints how the memory of session-api grows while all sessions are listed.
func (o growthFlags) walk(ctx context.Context, l *lab) error {
	s, err := l.openSite(dataset{o.large, o.value}, 0)
	if err != nil {
		return err
	}
	defer s.close()
	dir, err := s.folder("walk")
	if err != nil {
		return err
	}
	first, err := s.embedded(ctx, dir)
	if err != nil {
		return err
	}
	if err := first.fill(ctx, o.large); err != nil {
		return err
	}
	// What filling took does not hide what the walk takes.
	first.server.stop(syscall.SIGTERM)
	sub, err := s.embedded(ctx, dir)
	if err != nil {
		return err
	}
	if err := sub.settleFill(ctx); err != nil {
		return err
	}
	before, _, err := sub.memory()
	if err != nil {
		return err
	}
	watch := sub.watchMemory(before)
	begin, early := time.Now(), int64(0)
	seen, pages, err := sub.walkAll(ctx, func(seen int) {
		if early == 0 && seen >= o.large/10 {
			early = watch.most.Load()
		}
	})
	took := time.Since(begin)
	peak := watch.stop()
	if err != nil {
		return err
	}
	fmt.Printf("\nA walk of %s sessions of the embedded engine in %d pages took %v. Resident memory was %s before, %s at most in its first tenth and %s at most in all: it grew by %s, of that %s after the first tenth.\n",
		thousands(float64(seen)), pages, took.Round(time.Millisecond), megabytes(before), megabytes(early), megabytes(peak),
		megabytes(peak-before), megabytes(peak-early))
	return nil
}

// walkAll lists all sessions, tells after each page how many it has seen, and
// returns how many there are, in how many pages.
func (s *subject) walkAll(ctx context.Context, tell func(seen int)) (seen, pages int, err error) {
	next := fmt.Sprintf("/sessions?limit=%d", walkPage)
	for ctx.Err() == nil {
		var page struct {
			SessionCount int
			NextCursor   string
		}
		err := s.do(30*time.Second,
			func(r *fasthttp.Request) { send(r, "GET", next, nil) },
			func(res *fasthttp.Response) error { return json.Unmarshal(res.Body(), &page) })
		if err != nil {
			return seen, pages, err
		}
		seen, pages = seen+page.SessionCount, pages+1
		tell(seen)
		if page.NextCursor == "" {
			return seen, pages, nil
		}
		next = fmt.Sprintf("/sessions?limit=%d&cursor=%s", walkPage, url.QueryEscape(page.NextCursor))
	}
	return seen, pages, context.Cause(ctx)
}

// memoryWatch looks at a server's memory all the time.
type memoryWatch struct {
	most atomic.Int64 // bytes
	end  chan struct{}
	done sync.WaitGroup
}

// watchMemory begins to look; now is what it is at the start.
func (s *subject) watchMemory(now int64) *memoryWatch {
	const look = 20 * time.Millisecond
	w := &memoryWatch{end: make(chan struct{})}
	w.most.Store(now)
	w.done.Go(func() {
		for {
			if now, _, err := s.memory(); err == nil && now > w.most.Load() {
				w.most.Store(now)
			}
			select {
			case <-w.end:
				return
			case <-time.After(look):
			}
		}
	})
	return w
}

// stop ends the watch and returns the most that it saw.
func (w *memoryWatch) stop() int64 {
	close(w.end)
	w.done.Wait()
	return w.most.Load()
}
