package inflight_test

import (
	"fmt"
	"testing"
	"time"

	"session-api/internal/inflight"
)

func TestAFixedLimitLetsSoManyRunAndNoMore(t *testing.T) {
	t.Parallel()
	l := inflight.Fixed(2)
	for i, want := range []bool{true, true, false, false} {
		if l.Enter() != want {
			t.Fatalf("of two that may run, the %d-th may: %t", i+1, !want)
		}
	}
	l.Leave(time.Now())
	for _, want := range []bool{true, false} {
		if l.Enter() != want {
			t.Errorf("where one left, one more may run: %t", !want)
		}
	}
	l.Cancel()
	if !l.Enter() {
		t.Error("where one that did nothing left, none may run")
	}
	if l.Width() != 2 {
		t.Errorf("the width is %d", l.Width())
	}
}

func TestNoLimitLetsAnyNumberRun(t *testing.T) {
	t.Parallel()
	var l *inflight.Limit
	for range 10_000 {
		if !l.Enter() {
			t.Fatal("one is refused")
		}
	}
	l.Leave(time.Now())
	if l.Width() != 0 {
		t.Errorf("the width is %d", l.Width())
	}
}

// bounds are those that the program has for a table.
var bounds = inflight.Bounds{Floor: 32, Rest: 128, Ceiling: 256}

// TestAtFiveTimesTheLoadAsMuchIsServedAndAsFast holds an adaptive limit, which knows
// nothing of the store, to what a service under overload is asked for.
func TestAtFiveTimesTheLoadAsMuchIsServedAndAsFast(t *testing.T) {
	t.Parallel()
	for _, kind := range []struct {
		atOnce int
		takes  time.Duration
	}{{16, 20 * time.Millisecond}, {16, 5 * time.Millisecond}, {32, 40 * time.Millisecond}, {64, 80 * time.Millisecond}} {
		t.Run(fmt.Sprintf("%d at once in %v", kind.atOnce, kind.takes), func(t *testing.T) {
			t.Parallel()
			play(t, func(t *testing.T) {
				l, s := inflight.Adaptive(bounds), newStore(t, kind.atOnce, kind.takes)
				peak := float64(kind.atOnce) / kind.takes.Seconds() / 1.03 // by which the spread lengthens the mean
				usual := s.load(l, peak*0.8, 1, 20*time.Second)
				if usual.refused > 0 {
					t.Errorf("of %.0f/s, which the store takes, %.1f are refused", usual.offered, usual.refused)
				}
				over := s.load(l, peak*5, 1, 20*time.Second)
				t.Logf("at %.0f/s %.0f are served with a p99 of %v; at %.0f/s %.0f with %v; width %d",
					usual.offered, usual.served, usual.p99, over.offered, over.served, over.p99, l.Width())
				if over.served < peak*0.9 {
					t.Errorf("of %.0f/s %.0f are served, less than 90 %% of %.0f", over.offered, over.served, peak)
				}
				if over.p99 > 2*usual.p99 {
					t.Errorf("the p99 is %v, more than twice %v", over.p99, usual.p99)
				}
			})
		})
	}
}

// TestTheFirstMomentOfAnOverloadBreaksNothing has calls that wait for long given up and
// sent again. Were so many let in before the limit is found that all are, the store would
// do nothing but what nobody waits for.
func TestTheFirstMomentOfAnOverloadBreaksNothing(t *testing.T) {
	t.Parallel()
	for _, kind := range []struct {
		atOnce int
		takes  time.Duration
	}{{16, 20 * time.Millisecond}, {16, 30 * time.Millisecond}, {32, 40 * time.Millisecond}, {32, 50 * time.Millisecond}} {
		play(t, func(t *testing.T) {
			l, s := inflight.Adaptive(bounds), newStore(t, kind.atOnce, kind.takes)
			s.impatient = true
			peak := float64(kind.atOnce) / kind.takes.Seconds() / 1.03
			usual := s.load(l, peak*0.8, 1, 20*time.Second)
			first := s.loadAfter(0, l, peak*5, 1, 2*time.Second)
			if first.failed > 0 || first.served < 0.85*peak || first.p99 > attemptTime {
				t.Errorf("%d at once in %v: in the first two seconds %.0f/s of %.0f are served with a p99 of %v, and %.0f/s fail",
					kind.atOnce, kind.takes, first.served, peak, first.p99, first.failed)
			}
			next := s.loadAfter(0, l, peak*5, 1, 10*time.Second)
			if next.failed > 0 || next.served < 0.9*peak || next.p99 > 2*usual.p99 {
				t.Errorf("%d at once in %v: after them %.0f/s of %.0f with %v, usually %v; %.0f/s fail",
					kind.atOnce, kind.takes, next.served, peak, next.p99, usual.p99, next.failed)
			}
		})
	}
}

// TestWithoutALimitAnImpatientStoreIsLost is why there is one.
func TestWithoutALimitAnImpatientStoreIsLost(t *testing.T) {
	t.Parallel()
	play(t, func(t *testing.T) {
		s := newStore(t, 16, 40*time.Millisecond)
		s.impatient = true
		if got := s.load(nil, 2000, 1, 6*time.Second); got.served > 0.1*388 {
			t.Errorf("%.0f/s are served", got.served)
		}
	})
}

func TestALimitThatBeganInAnOverloadIsFound(t *testing.T) {
	t.Parallel()
	play(t, func(t *testing.T) {
		l, s := inflight.Adaptive(bounds), newStore(t, 16, 20*time.Millisecond)
		over := s.load(l, 800*5, 1, 40*time.Second)
		if over.served < 0.9*800/1.03 || over.p99 > 80*time.Millisecond { // twice that of the test above
			t.Errorf("%.0f are served with a p99 of %v; width %d", over.served, over.p99, l.Width())
		}
	})
}

func TestBurstsThatTheStoreTakesAreNotRefused(t *testing.T) {
	t.Parallel()
	play(t, func(t *testing.T) {
		l, s := inflight.Adaptive(bounds), newStore(t, 0, 5*time.Millisecond)
		if got := s.load(l, 1000, 64, 60*time.Second); got.refused > 0.005*got.offered {
			t.Errorf("of %.0f/s in bursts of 64, %.1f are refused", got.offered, got.refused)
		}
	})
}

func TestAStoreThatBecomesSlowIsNotTakenForAQueue(t *testing.T) {
	t.Parallel()
	play(t, func(t *testing.T) {
		l, s := inflight.Adaptive(bounds), newStore(t, 0, 5*time.Millisecond)
		for _, takes := range []time.Duration{5 * time.Millisecond, 15 * time.Millisecond, 50 * time.Millisecond, 5 * time.Millisecond} {
			s.takes = takes
			if got := s.load(l, 2000, 1, 30*time.Second); got.refused > 0.005*got.offered {
				t.Errorf("when it takes %v, %.1f of %.0f/s are refused; width %d", takes, got.refused, got.offered, l.Width())
			}
		}
	})
}

func TestAStoreThatBecomesSlowInAnOverloadIsFollowed(t *testing.T) {
	t.Parallel()
	play(t, func(t *testing.T) {
		l, s := inflight.Adaptive(bounds), newStore(t, 32, 40*time.Millisecond)
		s.load(l, 600, 1, 10*time.Second)
		for _, takes := range []time.Duration{40 * time.Millisecond, 160 * time.Millisecond, 40 * time.Millisecond} {
			s.takes = takes
			peak := 32 / takes.Seconds() / 1.03
			got := s.load(l, 3000, 1, 60*time.Second)
			if got.served < 0.9*peak || got.p99 > 4*takes {
				t.Errorf("when it takes %v, %.0f/s are served with a p99 of %v; width %d", takes, got.served, got.p99, l.Width())
			}
		}
	})
}

func TestAfterAnOverloadTheWidthComesBack(t *testing.T) {
	t.Parallel()
	play(t, func(t *testing.T) {
		l, s := inflight.Adaptive(bounds), newStore(t, 16, 10*time.Millisecond)
		s.load(l, 800, 1, 5*time.Second)
		s.load(l, 8000, 1, 10*time.Second)
		if narrow := l.Width(); narrow > 40 {
			t.Errorf("in the overload the width is %d", narrow)
		}
		if got := s.load(l, 800, 1, 60*time.Second); got.refused > 0 || l.Width() != bounds.Rest {
			t.Errorf("%.1f are refused after it, and the width is %d", got.refused, l.Width())
		}
	})
}

func TestTheFloorIsKept(t *testing.T) {
	t.Parallel()
	play(t, func(t *testing.T) {
		l, s := inflight.Adaptive(bounds), newStore(t, 1, 10*time.Millisecond)
		s.load(l, 50, 1, 10*time.Second)
		s.load(l, 1000, 1, 30*time.Second)
		if l.Width() < bounds.Floor {
			t.Errorf("the width is %d", l.Width())
		}
	})
}

func BenchmarkEnterAndLeave(b *testing.B) {
	for name, l := range map[string]*inflight.Limit{
		"none": nil, "fixed": inflight.Fixed(100), "adaptive": inflight.Adaptive(bounds),
	} {
		b.Run(name, func(b *testing.B) {
			entered := time.Now()
			for b.Loop() {
				if l.Enter() {
					l.Leave(entered)
				}
			}
		})
	}
}
