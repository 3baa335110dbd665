package main

import (
	"context"
	"errors"
	"time"

	"github.com/anishathalye/porcupine"
)

// system is what keeps the sessions.
type system struct {
	// register returns a session that nobody has made yet.
	register func() register
	// again says that a session can be made anew when it has ended: an engine takes
	// any id, the service never gives one twice.
	again bool
	close func() error
}

// result is what came of the histories of one rig.
type result struct {
	rig       string
	histories int
	calls     int
	outcomes  map[outcome]int
	findings  []*finding
	took      time.Duration
}

// try plays histories on a rig and checks them. An error says that it could not be
// done.
func (l *lab) try(ctx context.Context, r rig, p plan) (found *result, err error) {
	s, err := r.open(ctx, l)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	found = &result{rig: r.name, outcomes: map[outcome]int{}}
	began := time.Now()
	for n := range p.histories {
		history, err := p.play(ctx, s.register(), n, s.again)
		if err != nil {
			return nil, err
		}
		if err := found.take(n, history, p); err != nil {
			return nil, err
		}
	}
	found.took = time.Since(began)
	return found, nil
}

// take counts and checks a history. It has pictures made of the first that
// do not pass.
func (r *result) take(n int, history []porcupine.Operation, p plan) (err error) {
	r.histories++
	r.calls += len(history)
	for _, o := range history {
		r.outcomes[o.Output.(output).outcome]++
	}
	f := check(history, p.within)
	if f == nil {
		return nil
	}
	f.history = n
	if len(r.findings) < pictures {
		f.page, err = draw(history, p.pages)
	}
	r.findings = append(r.findings, f)
	return err
}

// count returns how many histories no order explains, and undecided of how many
// nobody knows.
func (r *result) count() (illegal, undecided int) {
	for _, f := range r.findings {
		if f.illegal {
			illegal++
		}
	}
	return illegal, len(r.findings) - illegal
}
