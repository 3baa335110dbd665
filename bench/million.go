package main

import (
	"fmt"
	"os"
	"syscall"
	"time"
)

// measureMillion prints memory and time to open with a million sessions (or
// -sessions), after a clean stop and after SIGKILL.
func measureMillion(s settings) error {
	total := s.sessions
	if total == 0 {
		total = 1_000_000
	}
	program, err := build()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "session-api-bench-data")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()

	fmt.Printf("%d sessions of %d bytes of data\n\n| moment | resident MB | until listening |\n|---|---|---|\n", total, s.value)
	p, err := startOurs(program, dir)
	if err != nil {
		return err
	}
	begin := time.Now()
	if err := fill(p, total, s.value); err != nil {
		return err
	}
	filled := time.Since(begin)
	if err := report(p, "just filled"); err != nil {
		return err
	}
	for _, end := range []struct {
		name string
		sig  syscall.Signal
	}{{"SIGTERM", syscall.SIGTERM}, {"SIGKILL", syscall.SIGKILL}} {
		// Something to recover: a stop right after a write.
		if err := fill(p, 10_000, s.value); err != nil {
			return err
		}
		p.stop(end.sig)
		if p, err = startOurs(program, dir); err != nil {
			return err
		}
		if err := report(p, "opened after "+end.name); err != nil {
			return err
		}
	}
	ids, err := spread(p, hot, s.value)
	if err != nil {
		return err
	}
	if _, err := drive(p, s.conns, s.duration, 0, 200, getting(p, ids)); err != nil {
		return err
	}
	if err := report(p, "after a round of GETs"); err != nil {
		return err
	}
	p.stop(syscall.SIGTERM)
	fmt.Printf("\nfilled through HTTP at %.0f durable creates a second\n", float64(total)/filled.Seconds())
	return nil
}

func report(p *process, moment string) error {
	mb, err := p.resident()
	if err != nil {
		return err
	}
	fmt.Printf("| %s | %.0f | %v |\n", moment, mb, p.listen.Round(time.Millisecond))
	return nil
}

// measureStart prints the time from start to ready with an empty directory.
func measureStart(s settings) error {
	program, err := build()
	if err != nil {
		return err
	}
	var took []time.Duration
	for range s.rounds {
		dir, err := os.MkdirTemp("", "session-api-bench-data")
		if err != nil {
			return err
		}
		p, err := startOurs(program, dir)
		if err != nil {
			return err
		}
		ready, err := p.waitReady()
		p.stop(syscall.SIGTERM)
		_ = os.RemoveAll(dir)
		if err != nil {
			return err
		}
		took = append(took, p.listen+ready)
	}
	fmt.Printf("from start to ready, empty directory: median %v of %d starts\n", median(took).Round(time.Millisecond), s.rounds)
	return nil
}
