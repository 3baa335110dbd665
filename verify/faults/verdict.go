package main

import (
	"cmp"
	"slices"
	"time"
)

// What is promised beside the statuses; see docs/reliability.md.
const (
	// answerSlack is how much later than REQUEST_TIMEOUT an answer may come.
	answerSlack = 500 * time.Millisecond
	// callsPerRequest is how many backend calls a request costs at most in a storm
	// of throttles.
	callsPerRequest = 1.2
	// servedShare is the part of the requests that a fault must leave alone if it
	// does not concern them. It is not all, because a machine that stands still for
	// a moment breaks calls too.
	servedShare = 0.9
)

// result is what an experiment came to.
type result struct {
	experiment experiment
	findings   []finding
	// requests are those that began while the fault lasted; refused were answered
	// 503.
	requests, refused int
	// acknowledged is how many writes were, in all phases.
	acknowledged      int
	p50, p99, longest time.Duration
	calls             int
	normalAfter       time.Duration
	said              []line
	// notReadyAfter is the time from the fault's begin to the first /ready that was
	// not ready; 0 if there was none.
	notReadyAfter time.Duration
}

// callShare is the backend calls for each request.
func (r *result) callShare() float64 { return float64(r.calls) / float64(max(1, r.requests)) }

// judge finds what only the whole of the run shows.
func (r *run) judge() {
	all := r.load.samples()
	for _, s := range all {
		if limit := r.plan.requestTimeout + answerSlack; s.took > limit {
			r.found.add(inTime, "%s: an answer after %v", s.op, s.took.Round(time.Millisecond))
		}
	}
	during := r.during(all)
	if r.experiment.storm && float64(r.calls) > callsPerRequest*float64(len(during)) {
		r.found.add(fewCalls, "%d backend calls for %d requests", r.calls, len(during))
	}
	if r.experiment.spares != nil {
		r.judgeSpared(during)
	}
	if r.experiment.forPerson {
		r.judgeTold()
	}
	if n := r.service.shows(r.ids()); n > 0 {
		r.found.add(keepsSecrets, "%d log lines hold a session id", n)
	}
}

// judgeTold looks for the lines that tell a person what to do: one in a minute,
// however many requests fail.
func (r *run) judgeTold() {
	told := 0
	for _, l := range r.service.said(r.brokenAt, r.mendedAt) {
		if l.Level == "ERROR" {
			told++
		}
	}
	if most := 1 + int(r.mendedAt.Sub(r.brokenAt)/time.Minute); told < 1 || told > most {
		r.found.add(tellsPeople, "%d error lines tell what to do; want 1 to %d", told, most)
	}
}

// judgeSpared looks at the requests that the fault does not concern.
func (r *run) judgeSpared(during []sample) {
	spared, served := 0, 0
	for _, s := range during {
		if !r.experiment.spares(s.op) {
			continue
		}
		spared++
		if s.normal() {
			served++
		}
	}
	if spared == 0 || float64(served) < servedShare*float64(spared) {
		r.found.add(staysUp, "of %d requests that the fault does not concern %d were served", spared, served)
	}
}

// during returns the requests that began while the fault lasted. /health is none:
// it has no backend.
func (r *run) during(all []sample) []sample {
	return slices.DeleteFunc(slices.Clone(all), func(s sample) bool {
		return s.op == opHealth || s.began.Before(r.brokenAt) || !s.began.Before(r.mendedAt)
	})
}

// ids returns every session id that a worker knows.
func (r *run) ids() map[string]bool {
	ids := map[string]bool{}
	for _, w := range r.load.workers {
		for _, id := range w.book.ended {
			ids[id] = true
		}
		for _, h := range w.book.live {
			ids[h.id] = true
		}
	}
	return ids
}

func (r *run) result() *result {
	all := r.load.samples()
	during := r.during(all)
	slices.SortFunc(during, func(a, b sample) int { return cmp.Compare(a.took, b.took) })
	out := &result{
		experiment: r.experiment, findings: r.found.found(), requests: len(during), calls: r.calls,
		normalAfter: r.normalAfter,
		said:        r.service.said(r.brokenAt, r.stoppedAt),
		p50:         quantile(during, 0.5), p99: quantile(during, 0.99), longest: quantile(during, 1),
	}
	for _, s := range during {
		if s.status == unavailable {
			out.refused++
		}
		if after := s.ended().Sub(r.brokenAt); s.op == opReady && !s.normal() && (out.notReadyAfter == 0 || after < out.notReadyAfter) {
			out.notReadyAfter = after
		}
	}
	for _, s := range all {
		if s.acknowledgesWrite() {
			out.acknowledged++
		}
	}
	return out
}

// quantile returns the time that a part of the samples, which are sorted, kept.
func quantile(sorted []sample, part float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, int(part*float64(len(sorted))))].took
}
