package main

import (
	"context"
	"fmt"
	"time"
)

// plan is how long and how hard an experiment is.
type plan struct {
	workers int
	// pace is the least time between two requests of a worker.
	pace time.Duration
	// warm is how long the service works before the fault, broken how long the
	// fault lasts at least, and settle how long all must be normal after it.
	warm, broken, settle time.Duration
	// storm is how many answers a storm lasts at least: what the budget of retries
	// holds at the start must not matter for what is counted for each request.
	storm int64
	// requestTimeout is the service's REQUEST_TIMEOUT.
	requestTimeout time.Duration
}

// sharedSessions is how many sessions all workers update.
const sharedSessions = 3

// run is an experiment under way.
type run struct {
	*rig
	plan       plan
	experiment experiment
	client     *client
	load       *load
	shared     []*shared
	found      findings

	began, brokenAt, mendedAt, stoppedAt time.Time
	// calls is how many backend calls were made while the fault lasted.
	calls int
	// normalAfter is the time from the fault's end to the last answer that was not
	// normal.
	normalAfter time.Duration
}

// try runs one experiment. An error says that it could not be run; what it found
// is in the result.
func (l *lab) try(ctx context.Context, e experiment, o plan) (*result, error) {
	rig, err := l.newRig(ctx, o.requestTimeout)
	if err != nil {
		return nil, err
	}
	r := &run{rig: rig, plan: o, experiment: e, client: newClient(rig.service.Addr, o.workers+1)}
	err = r.phases(ctx)
	if err == nil {
		err = r.audit(ctx)
	}
	if closing := rig.close(); err == nil {
		err = closing
	}
	if err != nil {
		return nil, err
	}
	r.judge()
	return r.result(), nil
}

// phases goes through warm, broken and mended.
func (r *run) phases(ctx context.Context) error {
	if err := r.share(sharedSessions); err != nil {
		return err
	}
	r.load = &load{pace: r.plan.pace, prober: &prober{client: r.client, found: &r.found}}
	for i := range r.plan.workers {
		w := newWorker(i, r.client, &r.found)
		w.shared = r.shared
		r.load.workers = append(r.load.workers, w)
	}
	r.began = time.Now()
	r.load.start()
	defer func() { r.load.stop(); r.stoppedAt = time.Now() }()
	if err := r.last(ctx, r.plan.warm, fewAnswers*int64(r.plan.workers)); err != nil {
		return err
	}
	mend, err := r.breakIt(ctx)
	if err != nil {
		return err
	}
	before := r.faults.Calls()
	if err := r.endure(ctx); err != nil {
		return err
	}
	r.calls = r.faults.Calls() - before
	if err := mend(); err != nil {
		return err
	}
	r.mendedAt = time.Now()
	r.awaitNormal()
	return ctx.Err()
}

// share makes the sessions that all workers update.
func (r *run) share(n int) error {
	for i := range n {
		stamp := fmt.Sprintf("shared-%d", i)
		data := payload{Made: stamp, Value: stamp}
		a := r.client.do(opCreate, "POST", "/sessions", fmt.Sprintf(`{"userId":"everybody","data":%s}`, data))
		if a.status != 201 {
			return fmt.Errorf("a service that is whole does not create sessions: %d %s %w", a.status, a.body, a.err)
		}
		r.shared = append(r.shared, newShared(decode[record](a).SessionID, stamp))
	}
	return nil
}

// breakIt begins the fault. One that takes the table away takes what it held, so
// nothing may be under way then.
func (r *run) breakIt(ctx context.Context) (mend func() error, err error) {
	if r.experiment.wipes {
		r.load.stop()
		defer r.load.start()
	}
	r.brokenAt = time.Now()
	mend, err = r.experiment.begin(ctx, r.rig)
	if err == nil && r.experiment.wipes {
		r.ledger.forget()
		r.shared = nil
		for _, w := range r.load.workers {
			w.book.forget()
			w.shared = nil
		}
	}
	return mend, err
}

// endure lets the load work while the fault lasts.
func (r *run) endure(ctx context.Context) error {
	least, notReady := int64(r.plan.workers), r.load.prober.refused.Load()
	if r.experiment.storm {
		least = r.plan.storm
	}
	if err := r.last(ctx, r.plan.broken, least); err != nil {
		return err
	}
	if r.experiment.forPerson && !poll(readyWithin, func() bool { return r.load.prober.refused.Load() > notReady }) {
		r.found.add(tellsPeople, "/ready does not tell of the fault")
	}
	return ctx.Err()
}

// readyWithin is far above the few seconds for which what is known of the table is
// told again.
const readyWithin = 10 * time.Second

// fewAnswers is how many answers each worker has before the fault: sessions to
// lose.
const fewAnswers = 10

// last lets the load work for a phase: for d, and until at least so many answers
// are there.
func (r *run) last(ctx context.Context, d time.Duration, least int64) error {
	end, enough := time.Now().Add(d), r.load.seen()+least
	poll(d+patience, func() bool {
		return ctx.Err() != nil || time.Now().After(end) && r.load.seen() >= enough
	})
	return ctx.Err()
}

// normalWithin is the promise: how long after a fault the service is normal.
const normalWithin = 5 * time.Second

// awaitNormal lets the load work until all has been normal for a while. What is
// still abnormal long after the fault will stay so.
func (r *run) awaitNormal() {
	limit := normalWithin + r.plan.settle
	normal := poll(limit, func() bool {
		since := r.load.lastAbnormal()
		if since.Before(r.mendedAt) {
			since = r.mendedAt
		}
		return time.Since(since) >= r.plan.settle
	})
	r.normalAfter = max(0, r.load.lastAbnormal().Sub(r.mendedAt))
	if !normal || r.normalAfter > normalWithin {
		r.found.add(backToNormal, "there are still abnormal answers %v after the fault's end", r.normalAfter.Round(time.Millisecond))
	}
}
