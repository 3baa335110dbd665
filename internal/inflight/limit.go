package inflight

import (
	"sync/atomic"
	"time"
)

// Limit lets so many requests run at once and no more. It is safe for concurrent use.
// A nil Limit lets any number run, and counts nothing.
type Limit struct {
	running atomic.Int64
	width   atomic.Int64 // how many may run
	refused atomic.Int64 // since the tuner looked last
	tuner   *tuner       // nil for a limit that stays
}

// Fixed returns a Limit of n requests at once.
func Fixed(n int) *Limit {
	l := &Limit{}
	l.width.Store(int64(n))
	return l
}

// Bounds are those of a Limit that adapts.
type Bounds struct {
	// Floor is how many requests may run at once at least, Ceiling at most.
	Floor, Ceiling int
	// Rest is how many may run while few do, so that a burst is not refused. It should
	// not be more than the store does in the time for which it is waited: what comes
	// beyond that is waited for in vain and asked for again.
	Rest int
}

// Adaptive returns a Limit that looks for the number of requests that the store keeps
// up with: it rises while more come and take no longer, and falls while they only wait
// for each other.
func Adaptive(b Bounds) *Limit {
	b.Rest = min(b.Rest, b.Ceiling)
	b.Floor = min(b.Floor, b.Rest)
	l := Fixed(b.Rest)
	l.tuner = newTuner(l, b)
	return l
}

// Enter reports whether one more request may run. If so, the caller calls Leave or
// Cancel when it is done.
func (l *Limit) Enter() bool {
	if l == nil {
		return true
	}
	if l.running.Add(1) <= l.width.Load() {
		return true
	}
	l.running.Add(-1)
	l.refused.Add(1)
	return false
}

// Cancel ends a request that entered, and whose time says nothing of the store.
func (l *Limit) Cancel() {
	if l != nil {
		l.running.Add(-1)
	}
}

// Leave ends a request that entered then, and made one call of the store.
func (l *Limit) Leave(entered time.Time) {
	if l == nil {
		return
	}
	ran := l.running.Add(-1) + 1
	if l.tuner != nil {
		l.tuner.note(time.Since(entered), ran)
	}
}

// Width returns how many requests may run at once at the moment; 0 for any number.
func (l *Limit) Width() int {
	if l == nil {
		return 0
	}
	return int(l.width.Load())
}
