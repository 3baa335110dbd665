package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
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
	watch := sub.watchMemory()
	begin := time.Now()
	seen, pages, err := sub.walkAll(ctx)
	took, peak := time.Since(begin), watch()
	if err != nil {
		return err
	}
	fmt.Printf("\nA walk of %s sessions of the embedded engine in %d pages took %v; resident memory was %s before and %s at most: it grew by %s.\n",
		thousands(float64(seen)), pages, took.Round(time.Millisecond), megabytes(before), megabytes(peak), megabytes(peak-before))
	return nil
}

// walkAll lists all sessions and returns how many there are, in how many pages.
func (s *subject) walkAll(ctx context.Context) (seen, pages int, err error) {
	cursor := ""
	for ctx.Err() == nil {
		var page struct {
			SessionCount int
			NextCursor   string
		}
		err := s.do(30*time.Second, func(r *fasthttp.Request) {
			send(r, "GET", fmt.Sprintf("/sessions?limit=%d&cursor=%s", walkPage, url.QueryEscape(cursor)), nil)
			if cursor == "" {
				send(r, "GET", fmt.Sprintf("/sessions?limit=%d", walkPage), nil)
			}
		}, func(res *fasthttp.Response) error { return json.Unmarshal(res.Body(), &page) })
		if err != nil {
			return seen, pages, err
		}
		seen, pages = seen+page.SessionCount, pages+1
		if page.NextCursor == "" {
			return seen, pages, nil
		}
		cursor = page.NextCursor
	}
	return seen, pages, context.Cause(ctx)
}

// watchMemory looks at the server's memory all the time, until the function that
// it returns is called, which returns the most that it saw.
func (s *subject) watchMemory() func() int64 {
	const look = 20 * time.Millisecond
	end, most := make(chan struct{}), make(chan int64)
	go func() {
		var peak int64
		for {
			if now, _, err := s.memory(); err == nil {
				peak = max(peak, now)
			}
			select {
			case <-end:
				most <- peak
				return
			case <-time.After(look):
			}
		}
	}()
	return func() int64 {
		close(end)
		return <-most
	}
}
