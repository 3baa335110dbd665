package main

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/anishathalye/porcupine"
)

// TestStepsAreLinearizableIfTheCallsAre compares the verdicts for small histories,
// which are right at first and then spoilt here and there.
func TestStepsAreLinearizableIfTheCallsAre(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	verdicts := map[bool]int{}
	for n := range uint64(2000) {
		history := invented(rand.New(rand.NewPCG(seed, n)))
		want := porcupine.CheckOperations(model, history)
		all, steps := split(history)
		if got := porcupine.CheckOperations(stepModel(all), steps); got != want {
			t.Fatalf("history %d is linearizable: %v, its steps: %v\n%v", n, want, got, history)
		}
		verdicts[want]++
	}
	if least := 300; verdicts[true] < least || verdicts[false] < least {
		t.Errorf("%d histories are linearizable and %d are not: too few of one kind", verdicts[true], verdicts[false])
	}
}

// invented returns a history of a few calls that overlap.
func invented(rng *rand.Rand) (history []porcupine.Operation) {
	c, s := &client{rng: rng}, state{}
	for i := range 3 + rng.Int64N(8) {
		in := c.choose(s.version, 15, true)
		out, next := honest(rng, s, in)
		if rng.IntN(12) == 0 {
			spoil(rng, &out)
		}
		s, c.seen, c.absent = next, cmp.Or(s.version, c.seen), !next.live
		o := at(10*i-rng.Int64N(25), 10*i+1+rng.Int64N(25), in, out)
		if out.outcome == unknown {
			o.Return = never
		}
		history = append(history, o)
	}
	rng.Shuffle(len(history), func(i, j int) { history[i], history[j] = history[j], history[i] })
	return history
}

// honest returns an answer to in that s allows, and the session after it.
func honest(rng *rand.Rand, s state, in input) (output, state) {
	next, _ := s.after(in)
	all := []output{
		{outcome: done, shown: tells(in, s, next)}, {outcome: notFound}, {outcome: exists},
		{outcome: conflict, shown: state{version: s.version}},
	}
	switch n := rng.IntN(6); {
	case n == 0 && in.kind != read:
		all = []output{{outcome: unknown}}
	case n == 1 && in.kind != read:
		all[0].shown = state{} // the answer tells nothing
	case n == 2 && in.deletes():
		all[0] = output{outcome: ended}
	}
	i := slices.IndexFunc(all, func(o output) bool { ok, _ := s.allows(in, o); return ok })
	_, next = s.allows(in, all[i])
	return all[i], next
}

// spoil changes an answer, if it can be changed.
func spoil(rng *rand.Rand, out *output) {
	switch {
	case rng.IntN(3) == 0:
		*out = output{outcome: notFound}
	case out.shown.version > 0 && rng.IntN(2) == 0:
		out.shown.version += 1 - 2*rng.Int64N(2)
	case out.shown.live:
		out.shown.data.B++
	}
}
