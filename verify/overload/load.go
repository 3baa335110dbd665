package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// seen is what came of a load, in requests a second.
type seen struct {
	sent, served float64
	refused      float64       // because there was too much to do
	failed       float64       // answered otherwise, or not at all
	p99          time.Duration // of the served
}

// errUnserved says that nothing was answered as it should. In an overload that is a
// finding.
var errUnserved = errors.New("nothing was answered as it should")

// load sends GETs of sessions, in turn, at this rate, whether those before are answered or not.
// The first fifth of the time is left out.
func load(ctx context.Context, urls []string, perSecond int, d time.Duration) (s seen, err error) {
	attacker := vegeta.NewAttacker(vegeta.Timeout(10*time.Second), vegeta.KeepAlive(true), vegeta.Workers(64))
	defer attacker.Stop()
	targets := make([]vegeta.Target, len(urls))
	for i, url := range urls {
		targets[i] = vegeta.Target{Method: http.MethodGet, URL: url}
	}
	warm := d / 5
	var (
		took  []time.Duration
		begin time.Time
		first error
	)
	for r := range attacker.Attack(vegeta.NewStaticTargeter(targets...), vegeta.Rate{Freq: perSecond, Per: time.Second}, warm+d, "") {
		if ctx.Err() != nil {
			attacker.Stop()
		}
		if begin.IsZero() {
			begin = r.Timestamp
		}
		if r.Timestamp.Sub(begin) < warm {
			continue
		}
		s.sent++
		switch {
		case r.Code == http.StatusOK:
			s.served++
			took = append(took, r.Latency)
		case r.Code == http.StatusServiceUnavailable && bytes.Contains(r.Body, []byte(`"overloaded"`)):
			s.refused++
		default:
			s.failed++
			first = fmt.Errorf("%d %s", r.Code, r.Error)
		}
	}
	if ctx.Err() == nil && s.sent == s.failed {
		err = fmt.Errorf("%w: %w", errUnserved, first)
	}
	for _, count := range []*float64{&s.sent, &s.served, &s.refused, &s.failed} {
		*count /= d.Seconds()
	}
	if slices.Sort(took); len(took) > 0 {
		s.p99 = took[len(took)*99/100]
	}
	return s, errors.Join(err, ctx.Err())
}
