package main

import (
	"testing"
	"time"
)

// short is the plan of the tests: long enough for each fault to strike, slow
// enough for a busy machine with two cores and the race detector.
var short = plan{
	workers: 8, pace: 40 * time.Millisecond, requestTimeout: 2 * time.Second,
	warm: 300 * time.Millisecond, broken: 1500 * time.Millisecond, settle: 400 * time.Millisecond, storm: 250,
}

func TestNoFaultOfTheBackendBreaksAPromise(t *testing.T) {
	t.Parallel()
	lab, err := newLab(t.Context(), raceFlags...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(lab.close)
	for _, e := range experiments {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			r, err := lab.try(t.Context(), e, short)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range r.findings[:min(len(r.findings), shownFindings)] {
				t.Errorf("%s: %s", f.promise, f.what)
			}
			if r.requests == 0 || r.acknowledged == 0 {
				t.Errorf("%d requests and %d acknowledged writes prove nothing", r.requests, r.acknowledged)
			}
		})
	}
}
