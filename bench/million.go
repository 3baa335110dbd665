package main

import (
	"context"
	"fmt"
	"syscall"
	"time"

	"session-api/bench/wrk"
)

// aMillion is how many sessions a measurement has unless -sessions says otherwise.
const aMillion = 1_000_000

func (o settings) million() int {
	if o.sessions > 0 {
		return o.sessions
	}
	return aMillion
}

// measureMillion prints memory and time to open with a million sessions, after a
// clean stop and after SIGKILL.
func measureMillion(ctx context.Context, o settings) error {
	s, end, err := openAlone(ctx, dataset{o.million(), o.value})
	if err != nil {
		return err
	}
	defer end()
	dir, err := s.folder("ours")
	if err != nil {
		return err
	}
	fmt.Printf("%s sessions of %s\n\n| moment | resident memory | until listening |\n|---|---:|---:|\n", thousands(float64(s.data.size)), bytesText(o.value))
	ours, err := s.embedded(ctx, dir)
	if err != nil {
		return err
	}
	begin := time.Now()
	if err := ours.fill(ctx, s.data.size); err != nil {
		return err
	}
	filled := time.Since(begin)
	if err := ours.report("just filled"); err != nil {
		return err
	}
	for _, end := range []struct {
		name string
		sig  syscall.Signal
	}{{"SIGTERM", syscall.SIGTERM}, {"SIGKILL", syscall.SIGKILL}} {
		// Something to recover: a stop right after writes.
		const more = 10_000
		if err := ours.fill(ctx, more); err != nil {
			return err
		}
		ours.server.stop(end.sig)
		if ours, err = s.embedded(ctx, dir); err != nil {
			return err
		}
		if err := ours.report("opened after " + end.name); err != nil {
			return err
		}
	}
	if err := ours.readAround(ctx, o); err != nil {
		return err
	}
	fmt.Printf("\nfilled through HTTP at %s durable creates a second\n", thousands(float64(s.data.size)/filled.Seconds()))
	return nil
}

// readAround reads for a round, of a thousand sessions and then of any user's,
// and reports the memory after each.
func (s *subject) readAround(ctx context.Context, o settings) error {
	l, err := openLab(ctx)
	if err != nil {
		return err
	}
	defer l.close()
	if err := s.prepare(ctx, hot, o.value); err != nil {
		return err
	}
	for _, step := range []struct {
		after string
		kinds []wrk.Kind
	}{
		{"after a round of GETs of 1,000 sessions", s.kinds(getting, o.value)},
		{"after a round of lists of any user's", []wrk.Kind{s.listsOfAny(o.million())}},
	} {
		plan, err := wrk.NewPlan(l.dir, step.kinds...)
		if err != nil {
			return err
		}
		if _, err := s.drive(ctx, l.load, plan, wrk.Load{Conns: o.conns, Duration: o.duration}); err != nil {
			return err
		}
		if err := s.report(step.after); err != nil {
			return err
		}
	}
	return nil
}

// report prints a line of the table of measureMillion.
func (s *subject) report(moment string) error {
	u, _, err := s.memory()
	if err != nil {
		return err
	}
	listen := ""
	if moment[0] == 'o' { // opened
		listen = s.server.listen.Round(time.Millisecond).String()
	}
	fmt.Printf("| %s | %s | %s |\n", moment, megabytes(u), listen)
	return nil
}

// measureStart prints the time from start to ready with an empty directory.
func measureStart(ctx context.Context, o settings) error {
	s, end, err := openAlone(ctx, dataset{})
	if err != nil {
		return err
	}
	defer end()
	var took []time.Duration
	for range o.rounds {
		p, err := openEmbedded(ctx, s)
		if err != nil {
			return err
		}
		ready, err := p.server.waitReady()
		if err != nil {
			return err
		}
		p.server.stop(syscall.SIGTERM)
		took = append(took, p.server.listen+ready)
	}
	fmt.Printf("from start to ready, empty directory: median %v of %d starts\n", median(took).Round(time.Millisecond), o.rounds)
	return nil
}
