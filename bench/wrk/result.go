package wrk

import (
	"fmt"
	"strings"
	"time"
)

// Result is what wrk saw in one round.
type Result struct {
	// Requests is how many were answered, those that failed included.
	Requests int
	Elapsed  time.Duration
	P50, P99 time.Duration
	// Failed is how many answers had a status of 400 or more.
	Failed int
	// Broken is how many connections failed or were closed by the server.
	Broken int
	// Late is how many answers took longer than wrk waits.
	Late int
}

// PerSecond returns the good answers in a second.
func (r Result) PerSecond() float64 { return float64(r.Requests-r.Failed) / r.Elapsed.Seconds() }

// Bad returns the share of requests that failed, 0 to 1. A connection that the
// server closed while nothing was asked of it is no failure; wrk opens another.
func (r Result) Bad() float64 {
	if r.Requests == 0 {
		return 1
	}
	return float64(r.Failed+r.Late) / float64(r.Requests+r.Late)
}

// parse reads the line that script.lua prints.
func parse(out []byte) (Result, error) {
	for line := range strings.Lines(string(out)) {
		if !strings.HasPrefix(line, "figures ") {
			continue
		}
		var r Result
		var elapsed, p50, p99 int64
		_, err := fmt.Sscanf(line, "figures requests=%d micros=%d p50=%d p99=%d failed=%d broken=%d late=%d",
			&r.Requests, &elapsed, &p50, &p99, &r.Failed, &r.Broken, &r.Late)
		if err != nil {
			return Result{}, fmt.Errorf("wrk printed %q: %w", line, err)
		}
		if r.Requests == 0 {
			return Result{}, fmt.Errorf("no answer came within the round; %d connections failed and %d answers were late", r.Broken, r.Late)
		}
		r.Elapsed, r.P50, r.P99 = micros(elapsed), micros(p50), micros(p99)
		return r, nil
	}
	return Result{}, fmt.Errorf("wrk printed no figures: %s", strings.TrimSpace(string(out)))
}

func micros(n int64) time.Duration { return time.Duration(n) * time.Microsecond }
