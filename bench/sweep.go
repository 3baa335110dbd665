package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/valyala/fasthttp"

	"session-api/bench/wrk"
)

// measureSweep prints how long GETs take while a million expired sessions are
// being removed, beside the same server on the same sessions that leaves them.
// While one is measured the other is stopped (SIGSTOP), so that the sweep costs
// the server that does it and no other.
func measureSweep(ctx context.Context, o settings) error {
	s, end, err := openAlone(ctx, dataset{o.million(), o.value})
	if err != nil {
		return err
	}
	defer end()
	quiet, sweeping, done, err := s.openSweep(ctx)
	if err != nil {
		return err
	}
	plan, err := quiet.plan(getting, o.value, s.dir)
	if err != nil {
		return err
	}
	plan2, err := sweeping.plan(getting, o.value, s.dir)
	if err != nil {
		return err
	}
	load := wrk.Load{Conns: o.conns, Duration: o.duration}
	var without, with tally
	for i := 0; i <= o.rounds && len(done) == 0; i++ {
		load.Seed = uint64(i)
		sweeping.freeze(true)
		calm, err := quiet.drive(ctx, s.load, plan, load)
		if err != nil {
			return err
		}
		quiet.freeze(true)
		sweeping.freeze(false)
		busy, err := sweeping.drive(ctx, s.load, plan2, load)
		if err != nil {
			return err
		}
		quiet.freeze(false)
		// The first round warms; one in which the sweep came to its end says nothing.
		if i > 0 && len(done) == 0 {
			without, with = append(without, calm), append(with, busy)
		}
	}
	if len(with) == 0 {
		return errors.New("the sweep was done before a round was; take more -sessions")
	}
	printSweep(o, without, with)
	return s.awaitSweep(ctx, done)
}

// openSweep returns two servers on copies of the same directory, with sessions
// that have expired and a thousand that have not: one leaves the expired ones, the
// other has begun to remove them and tells when it is done.
func (s *site) openSweep(ctx context.Context) (quiet, sweeping *subject, done <-chan string, err error) {
	dir, err := s.folder("quiet")
	if err != nil {
		return nil, nil, nil, err
	}
	first, err := s.embedded(ctx, dir)
	if err != nil {
		return nil, nil, nil, err
	}
	begin := time.Now()
	if err := first.fillExpiring(ctx, s.data); err != nil {
		return nil, nil, nil, err
	}
	if err := first.prepare(ctx, hot, s.data.value); err != nil {
		return nil, nil, nil, err
	}
	first.server.stop(syscall.SIGTERM)
	fmt.Fprintf(os.Stderr, "bench: filled after %v\n", time.Since(begin).Round(time.Second))
	copied, err := s.folder("sweeping")
	if err != nil {
		return nil, nil, nil, err
	}
	if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
		return nil, nil, nil, err
	}
	if quiet, err = s.embedded(ctx, dir, "EXPIRED_RETENTION=24h"); err != nil {
		return nil, nil, nil, err
	}
	if sweeping, err = s.embedded(ctx, copied, "EXPIRED_RETENTION=0s"); err != nil {
		return nil, nil, nil, err
	}
	for _, sub := range []*subject{quiet, sweeping} {
		sub.handles, sub.users = first.handles, first.users
	}
	return quiet, sweeping, sweeping.server.expect("Removed expired sessions"), nil
}

// fillExpiring makes sessions that live for a second.
func (s *subject) fillExpiring(ctx context.Context, data dataset) error {
	return together(ctx, fillers, data.size, func(i int) error {
		return s.do(30*time.Second, func(r *fasthttp.Request) {
			send(r, "POST", "/sessions", map[string]any{"userId": coldUser(i), "data": json.RawMessage(sessionData(data.value)), "ttlSeconds": 1})
		}, func(*fasthttp.Response) error { return nil })
	})
}

// freeze stops the server's process, or lets it go on.
func (s *subject) freeze(on bool) {
	sig := syscall.SIGCONT
	if on {
		sig = syscall.SIGSTOP
	}
	_ = s.server.cmd.Process.Signal(sig)
}

func printSweep(o settings, without, with tally) {
	fmt.Printf("GET, %s, %d interleaved rounds of %v, medians; %s expired sessions of %s\n\n",
		plural(o.conns, "connection"), len(with), o.duration, thousands(float64(o.million())), bytesText(o.value))
	fmt.Println("| | GET/s | p50 | p99 | server CPU per GET |\n|---|---:|---:|---:|---:|")
	for _, line := range []struct {
		name string
		t    tally
	}{{"without a sweep", without}, {"while it sweeps", with}} {
		fmt.Printf("| %s | %s | %s | %s | %s |\n", line.name, thousands(line.t.perSecond()), short(line.t.p50()), short(line.t.p99()), short(line.t.cpu()))
	}
	fmt.Printf("\np99 while it sweeps is %.2f times that without, p50 %.2f times (medians of the rounds' ratios)\n",
		with.ratio(without, byP99), with.ratio(without, byP50))
}

// awaitSweep waits for the end of the sweep and prints what its log says: that it
// was a sweep of so many.
func (s *site) awaitSweep(ctx context.Context, done <-chan string) error {
	select {
	case line := <-done:
		fmt.Printf("\nthe sweep's own line, with the time that the server was stopped in it: `%s`\n", strings.TrimSpace(line))
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(10 * time.Minute):
		return errors.New("the sweep is not done after 10 more minutes")
	}
}
