package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
)

// result is what one limit did in one case.
type result struct {
	setup setup
	limit string
	peak  float64 // the most that was served in a second, of all limits of the case
	usual seen    // at four fifths of the peak
	over  seen    // at plan.times the peak
	idle  float64 // of the machine's processors, in the overload; negative if not known
}

// share is how much of the peak is served in the overload.
func (r result) share() float64 { return r.over.served / r.peak }

// slowdown is the p99 in the overload, in usual ones.
func (r result) slowdown() float64 { return float64(r.over.p99) / float64(r.usual.p99) }

// measure tries each limit of c in turn, several rounds of them, so that what else the
// machine does meets all alike, and returns the median round of each.
func (l *lab) measure(ctx context.Context, c setup, p plan) ([]result, error) {
	peak, err := l.peak(ctx, c, p)
	if err != nil {
		return nil, err
	}
	rounds := make([][]result, len(c.limits))
	for round := range p.rounds {
		for i, limit := range c.limits {
			r, err := l.compare(ctx, c, limit, peak, p)
			if err != nil {
				return nil, fmt.Errorf("MAX_INFLIGHT=%s: %w", limit, err)
			}
			fmt.Fprintf(os.Stderr, "%s, MAX_INFLIGHT=%s, round %d: %.0f %% of %.0f/s, p99 %v after %v\n",
				c.name, limit, round+1, 100*r.share(), peak, r.over.p99, r.usual.p99)
			rounds[i] = append(rounds[i], r)
		}
	}
	var medians []result
	for _, of := range rounds {
		slices.SortFunc(of, func(a, b result) int { return cmp.Compare(a.share()/a.slowdown(), b.share()/b.slowdown()) })
		medians = append(medians, of[len(of)/2])
	}
	return medians, nil
}

// peak raises the load until the service no longer keeps up, and returns the most that
// it served. The limit is the case's first.
func (l *lab) peak(ctx context.Context, c setup, p plan) (float64, error) {
	r, err := l.start(ctx, c, c.limits[0])
	if err != nil {
		return 0, err
	}
	defer func() { _ = r.close() }()
	waitForQuiet(ctx, p.quiet)
	best := 0.0
	for rate := float64(c.from); ; rate *= 1.15 {
		s, err := load(ctx, r.urls, int(rate), p.step)
		if err != nil {
			return 0, err
		}
		best = max(best, s.served)
		if s.served < 0.9*rate {
			return best, nil
		}
	}
}

// compare sends the usual load and then the overload to a fresh service.
func (l *lab) compare(ctx context.Context, c setup, limit string, peak float64, p plan) (result, error) {
	out := result{setup: c, limit: limit, peak: peak}
	r, err := l.start(ctx, c, limit)
	if err != nil {
		return out, err
	}
	defer func() { _ = r.close() }()
	waitForQuiet(ctx, p.quiet)
	if out.usual, err = load(ctx, r.urls, int(0.8*peak), p.long); err != nil {
		return out, err
	}
	waitForQuiet(ctx, p.quiet)
	before := readTimes()
	out.over, err = load(ctx, r.urls, int(p.times*peak), p.long)
	out.idle = readTimes().idleSince(before)
	if errors.Is(err, errUnserved) {
		err = nil
	}
	return out, err
}
