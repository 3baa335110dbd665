package inflight

import (
	"sync"
	"time"
)

// tuner looks for the width of a Limit. It compares the median time of requests with
// the usual one, which it learns while nothing is refused. Where requests take much
// longer, either they wait for each other or the store itself has become slower, and
// only a trial tells which: let fewer run, and see. If each then takes less time, the
// width was too much. If each takes as long as before, it was not, and the longer time
// is the new usual one.
//
// The median is looked at rather than the slowest, because a queue delays all of them,
// while a large list, a lost packet or a collection of garbage delays some.
type tuner struct {
	limit                *Limit
	floor, rest, ceiling float64

	mu      sync.Mutex
	width   float64       // that of the limit, with its fraction
	most    float64       // that ran at once, of late
	usual   time.Duration // the median without a queue; 0 until it is known
	slow    bool          // the window before was much slower than usual
	trial   *trial        // nil unless one is on
	looks   time.Time     // when it looks again, if it does not now
	refuses time.Time     // since when something was refused in every window
	window  window
}

// trial is a width that is tried.
type trial struct {
	from   float64       // the width before
	took   time.Duration // the median with it
	search bool          // it was tried though nothing was wrong
}

// What the tuner goes by. The tests play stores of several kinds and hold it to what
// comes of these.
const (
	// much is how many times the usual median is too long. Below slack the time is
	// not the store's.
	much  = 2
	slack = 2 * time.Millisecond
	// least is the least time that a store on a network takes. What takes less was
	// refused before it came there, and tells nothing.
	least = 200 * time.Microsecond
	// aim is how many times the usual median is aimed at where requests queue: the
	// queue keeps the store busy, and nobody waits in it for long.
	aim = 1.5
	// A search cuts the width to this part, and happens after so long a time in which
	// something was refused all the while: what was learnt may be out of date.
	searchCut   = 0.7
	searchAfter = 10 * time.Second
	// fade is what is left after a window of how many ran at once: half in ten seconds.
	fade = 0.983
	// same is how many times the median may be what it was and still be the same.
	same = 1.15
)

func newTuner(l *Limit, b Bounds) *tuner {
	now := time.Now()
	return &tuner{
		limit: l, floor: float64(b.Floor), rest: float64(b.Rest), ceiling: float64(b.Ceiling), width: float64(b.Rest),
		refuses: now, window: window{began: now},
	}
}

// note takes a request into account that took so long, and with which so many ran. It
// leaves out one that meets another here: a part of them tells as much.
func (t *tuner) note(took time.Duration, ran int64) {
	if took < least || !t.mu.TryLock() {
		return
	}
	defer t.mu.Unlock()
	now := time.Now()
	if !t.looks.IsZero() {
		if now.Before(t.looks) {
			return
		}
		t.looks = time.Time{}
		t.begin(now)
	}
	refused := t.limit.refused.Load()
	if t.window.add(took, ran); t.window.whole(now, refused > 0) {
		t.judge(now, t.window.median(), refused)
		t.begin(now)
	}
}

// begin begins a window.
func (t *tuner) begin(now time.Time) {
	t.limit.refused.Store(0)
	t.window.reset(now)
}

// judge sets the width by a window with this median, in which so many were refused.
func (t *tuner) judge(now time.Time, median time.Duration, refused int64) {
	if t.usual == 0 {
		t.usual = median
	}
	t.most = max(t.most*fade, float64(t.window.most))
	if !t.endTrial(now, median) {
		t.steer(now, median, refused)
	}
	if refused == 0 {
		t.refuses = now
	}
	if median < t.usual {
		t.usual -= (t.usual - median) / 4
	}
	t.set(t.width)
}

// endTrial ends the trial that is on and reports whether that says what to do.
func (t *tuner) endTrial(now time.Time, median time.Duration) bool {
	ended := t.trial
	t.trial = nil
	if ended == nil {
		return false
	}
	change := float64(median) / float64(ended.took)
	switch {
	case change <= (1+t.width/ended.from)/2: // nearer to the cut of the width than to none
		t.usual = min(t.usual, median)
		if ended.search && t.width > t.floor {
			t.try(now, median, t.width*searchCut, true)
		}
		return true
	case change <= same:
		t.usual, t.width = max(t.usual, median), ended.from
		return true
	}
	return false // more came meanwhile; begin anew
}

func (t *tuner) steer(now time.Time, median time.Duration, refused int64) {
	most := min(t.width, float64(t.window.most))
	room := (1+aim)/2 - float64(median)/float64(t.usual) // half-way to what is aimed at
	wasSlow := t.slow
	t.slow = median > much*t.usual+slack && most > t.floor
	switch {
	case t.slow && !wasSlow:
		// A queue may still be growing, and then the times are those of a shorter one
		// than there is: what is tried is compared with the next window.
		t.looks = now.Add(median)
	case t.slow:
		t.try(now, median, most*aim*float64(t.usual)/float64(median), false)
	case refused > 0 && now.Sub(t.refuses) > searchAfter:
		t.try(now, median, t.width*searchCut, true)
	case refused == 0:
		t.relax()
		t.usual += (median - t.usual) / 16
	case room > 0:
		t.width += max(1, t.width*room)
	}
}

// relax brings the width, where nothing is refused, nearer to twice what is needed.
func (t *tuner) relax() {
	if to := max(t.rest, 2*t.most); t.width < to {
		t.width = min(t.width+max(1, t.width/32), to)
	} else {
		t.width -= (t.width - to) / 32
	}
}

// try begins a trial of width.
func (t *tuner) try(now time.Time, median time.Duration, width float64, search bool) {
	t.trial = &trial{from: t.width, took: median, search: search}
	t.looks = now.Add(2 * median) // when those that ran before are done
	t.refuses = now
	t.width = width
}

func (t *tuner) set(width float64) {
	t.width = min(max(width, t.floor), t.ceiling)
	t.limit.width.Store(int64(t.width))
}
