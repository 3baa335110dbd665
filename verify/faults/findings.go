package main

import (
	"fmt"
	"slices"
	"sync"
)

// promise is what a finding breaks.
type promise string

// The promises; docs/reliability.md says what each of them means.
const (
	rightStatus  promise = "wrong status"
	inTime       promise = "too late"
	nothingLost  promise = "acknowledged and lost"
	staysEnded   promise = "came back"
	onceOnly     promise = "done twice"
	fewCalls     promise = "too many calls"
	backToNormal promise = "not normal again"
	staysUp      promise = "refused without need"
	tellsPeople  promise = "not told"
	keepsSecrets promise = "id in the log"
)

// finding is a promise that was broken.
type finding struct {
	promise promise
	what    string
}

// findings collects them. It is safe for concurrent use.
type findings struct {
	mu  sync.Mutex
	all []finding
}

func (f *findings) add(p promise, format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all = append(f.all, finding{p, fmt.Sprintf(format, args...)})
}

// found returns what was found so far.
func (f *findings) found() []finding {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.all)
}

// counted returns how many findings are of a promise.
func counted(all []finding, p promise) (n int) {
	for _, f := range all {
		if f.promise == p {
			n++
		}
	}
	return n
}
