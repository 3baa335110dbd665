package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"session-api/bench/wrk"
)

// round is what one round of load saw, and what it cost.
type round struct {
	wrk.Result
	// cpu is the server's for each request, behind that of what is behind it.
	cpu, behind time.Duration
}

// settleWithin bounds the wait for what a round left to be done: compactions, the
// collection of garbage. It counts for the round that caused it, and so the next
// round, of another server, is not disturbed.
const settleWithin = 2 * time.Second

// drive runs one round.
func (s *subject) drive(ctx context.Context, g wrk.Generator, p wrk.Plan, l wrk.Load) (round, error) {
	l.Addr = s.server.addr
	before, behindBefore, err := s.cpuTimes()
	if err != nil {
		return round{}, err
	}
	seen, err := g.Run(ctx, p, l)
	if err != nil {
		return round{}, err
	}
	after, behindAfter, err := s.settle(ctx)
	if err != nil {
		return round{}, err
	}
	n := time.Duration(seen.Requests)
	return round{Result: seen, cpu: (after - before) / n, behind: (behindAfter - behindBefore) / n}, nil
}

// cpuTimes returns the CPU time of the server and of what is behind it.
func (s *subject) cpuTimes() (server, behind time.Duration, err error) {
	u, err := treeUsage(s.server.cmd.Process.Pid)
	if err != nil {
		return 0, 0, fmt.Errorf("%w; its last words: %s", err, &s.server.last)
	}
	b, err := treeUsage(s.behind...)
	return u.cpu, b.cpu, err
}

// settle waits until both do next to nothing and returns their CPU times then.
func (s *subject) settle(ctx context.Context) (server, behind time.Duration, err error) {
	const look = 100 * time.Millisecond
	server, behind, err = s.cpuTimes()
	for end := time.Now().Add(settleWithin); err == nil && time.Now().Before(end); {
		if err := pause(ctx, look); err != nil {
			return 0, 0, err
		}
		before := server + behind
		server, behind, err = s.cpuTimes()
		if server+behind-before <= clockTick {
			break
		}
	}
	return server, behind, err
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// memory returns the resident bytes of the server and of what is behind it.
func (s *subject) memory() (server, behind int64, err error) {
	u, err := treeUsage(s.server.cmd.Process.Pid)
	if err != nil {
		return 0, 0, err
	}
	b, err := treeUsage(s.behind...)
	return u.resident, b.resident, err
}

// tally is what the rounds of one server saw.
type tally []round

func (t tally) perSecond() float64 {
	return medianOf(t, func(r round) float64 { return r.PerSecond() })
}
func (t tally) p50() time.Duration { return medianOf(t, func(r round) time.Duration { return r.P50 }) }
func (t tally) p99() time.Duration { return medianOf(t, func(r round) time.Duration { return r.P99 }) }
func (t tally) cpu() time.Duration { return medianOf(t, func(r round) time.Duration { return r.cpu }) }

func (t tally) cpuBehind() time.Duration {
	return medianOf(t, func(r round) time.Duration { return r.behind })
}

// bad returns how many requests of all rounds failed.
func (t tally) bad() (n int) {
	for _, r := range t {
		n += r.Failed + r.Late
	}
	return n
}

// ratio returns the median, over the rounds, of a figure of t divided by that of
// base in the same round.
func (t tally) ratio(base tally, figure func(round) float64) float64 {
	var all []float64
	for i := range min(len(t), len(base)) {
		all = append(all, figure(t[i])/figure(base[i]))
	}
	return median(all)
}

func byThroughput(r round) float64 { return r.PerSecond() }
func byCPU(r round) float64        { return float64(r.cpu) }
func byP50(r round) float64        { return float64(r.P50) }
func byP99(r round) float64        { return float64(r.P99) }

func medianOf[T float64 | time.Duration](t tally, figure func(round) T) T {
	all := make([]T, 0, len(t))
	for _, r := range t {
		all = append(all, figure(r))
	}
	return median(all)
}

// median returns the middle one of v, the upper of two, or 0 if there is none.
func median[T float64 | time.Duration](v []T) T {
	if len(v) == 0 {
		return 0
	}
	v = slices.Sorted(slices.Values(v))
	return v[len(v)/2]
}

// interleave drives the subjects in turn: one round to warm them, then so many
// that count. A subject that fails is left out from then on, and fails says why.
func interleave(ctx context.Context, g wrk.Generator, subjects []*subject, plans []wrk.Plan, l wrk.Load, rounds int) (tallies []tally, fails []error) {
	tallies, fails = make([]tally, len(subjects)), make([]error, len(subjects))
	for i := range rounds + 1 {
		for n, s := range subjects {
			if fails[n] != nil {
				continue
			}
			l.Seed = uint64(i)
			r, err := s.drive(ctx, g, plans[n], l)
			switch {
			case err == nil && r.Bad() > mostBad:
				fails[n] = fmt.Errorf("%.0f %% of the requests failed", 100*r.Bad())
			case err != nil:
				fails[n] = err
			case i > 0:
				tallies[n] = append(tallies[n], r)
			}
		}
	}
	return tallies, fails
}

// mostBad is the share of failed requests above which a round has no figures.
const mostBad = 0.01
