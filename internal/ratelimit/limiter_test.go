package ratelimit_test

import (
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"session-api/internal/ratelimit"
)

// clock is a clock that a test moves.
type clock struct{ at atomic.Int64 }

func (c *clock) now() time.Time          { return time.Unix(1_700_000_000, c.at.Load()) }
func (c *clock) advance(d time.Duration) { c.at.Add(int64(d)) }

func newLimiter(o ratelimit.Options) (*ratelimit.Limiter, *clock) {
	c := &clock{}
	o.Now = c.now
	return ratelimit.New(o), c
}

func named(name string) ratelimit.Caller { return ratelimit.Caller{Name: name} }

func at(addr string) ratelimit.Caller { return ratelimit.Caller{Addr: netip.MustParseAddr(addr)} }

// drain takes until c is refused, and returns how many it had.
func drain(t *testing.T, l *ratelimit.Limiter, c ratelimit.Caller) (n int) {
	t.Helper()
	for ; !l.Take(c).Refused; n++ {
		if n > 1_000_000 {
			t.Fatal("there is no end to it")
		}
	}
	return n
}

func TestACallerHasABurstAndThenTheRate(t *testing.T) {
	t.Parallel()
	l, clock := newLimiter(ratelimit.Options{Rate: ratelimit.Rate{RPS: 10, Burst: 5}})
	if n := drain(t, l, named("a")); n != 5 {
		t.Errorf("%d at once, not 5", n)
	}
	clock.advance(100 * time.Millisecond)
	if n := drain(t, l, named("a")); n != 1 {
		t.Errorf("%d after a tenth of a second, not 1", n)
	}
	clock.advance(time.Hour)
	if n := drain(t, l, named("a")); n != 5 {
		t.Errorf("%d after an hour, not 5", n)
	}
}

func TestTheUsualBurstIsTwoSecondsOfTheRate(t *testing.T) {
	t.Parallel()
	for rps, want := range map[float64]int{10: 20, 0.1: 1, 1.2: 3} {
		l, _ := newLimiter(ratelimit.Options{Rate: ratelimit.Rate{RPS: rps}})
		if n := drain(t, l, named("a")); n != want {
			t.Errorf("at %v a second %d at once, not %d", rps, n, want)
		}
	}
}

func TestEachCallerHasABucketOfItsOwn(t *testing.T) {
	t.Parallel()
	l, _ := newLimiter(ratelimit.Options{Rate: ratelimit.Rate{RPS: 1, Burst: 3}})
	for _, c := range []ratelimit.Caller{
		named("a"), named("b"), at("192.0.2.1"), at("192.0.2.2"), at("2001:db8::1"), at("2001:db8:0:1::1"),
		named(strings.Repeat("x", 200)), named(strings.Repeat("x", 201)), {},
	} {
		if n := drain(t, l, c); n != 3 {
			t.Errorf("%.20v has %d, not 3", c, n)
		}
	}
}

func TestWhatIsOneCallerHasOneBucket(t *testing.T) {
	t.Parallel()
	for _, same := range [][2]ratelimit.Caller{
		{at("2001:db8::1"), at("2001:db8::ffff:ffff:ffff:ffff")}, // one network of 64 bits
		{at("::ffff:192.0.2.1"), at("192.0.2.1")},
		{at("fe80::1%eth0"), at("fe80::1%eth1")},
		{{Name: "a", Addr: netip.MustParseAddr("192.0.2.1")}, {Name: "a", Addr: netip.MustParseAddr("192.0.2.2")}},
	} {
		l, _ := newLimiter(ratelimit.Options{Rate: ratelimit.Rate{RPS: 1, Burst: 3}})
		drain(t, l, same[0])
		if n := drain(t, l, same[1]); n != 0 {
			t.Errorf("after %v, %v has %d more", same[0], same[1], n)
		}
	}
}

func TestACallersOwnRateGoesBeforeTheCommonOne(t *testing.T) {
	t.Parallel()
	l, clock := newLimiter(ratelimit.Options{Rate: ratelimit.Rate{RPS: 1, Burst: 3}})
	own := func(r ratelimit.Rate) ratelimit.Caller { return ratelimit.Caller{Name: "a", Rate: &r} }
	if n := drain(t, l, own(ratelimit.Rate{RPS: 10, Burst: 7})); n != 7 {
		t.Errorf("it has %d, not 7", n)
	}
	// The rate is changed while the caller is known: what it took stays taken.
	if n := drain(t, l, own(ratelimit.Rate{RPS: 100, Burst: 50})); n != 0 {
		t.Errorf("with a new rate it has %d at once", n)
	}
	clock.advance(100 * time.Millisecond)
	if n := drain(t, l, own(ratelimit.Rate{RPS: 100, Burst: 50})); n != 10 {
		t.Errorf("with a new rate it has %d after a tenth of a second, not 10", n)
	}
	for range 1000 {
		if v := l.Take(own(ratelimit.Rate{})); v.Limited() || v.Refused {
			t.Fatal("a caller without a limit has one")
		}
	}
}

func TestWithoutARateNobodyIsLimitedOrRemembered(t *testing.T) {
	t.Parallel()
	l, _ := newLimiter(ratelimit.Options{})
	for range 1000 {
		if v := l.Take(named("a")); v != (ratelimit.Verdict{}) {
			t.Fatalf("got %+v", v)
		}
	}
	if n := l.Remembered(); n != 0 {
		t.Errorf("%d are remembered", n)
	}
	own := ratelimit.Caller{Name: "a", Rate: &ratelimit.Rate{RPS: 1, Burst: 2}}
	if n := drain(t, l, own); n != 2 {
		t.Errorf("a caller with a rate of its own has %d, not 2", n)
	}
}

func TestFailuresAreCountedApartAndAlways(t *testing.T) {
	t.Parallel()
	for _, common := range []ratelimit.Rate{{}, {RPS: 1000}, {RPS: 2, Burst: 3}} {
		l, _ := newLimiter(ratelimit.Options{Rate: common})
		n, addr := 0, netip.MustParseAddr("192.0.2.1")
		for ; !l.Failed(addr).Refused; n++ {
			if n > 1000 {
				t.Fatal("there is no end to it")
			}
		}
		want := ratelimit.FailedRate.Burst
		if common.RPS == 2 {
			want = common.Burst
		}
		if n != want {
			t.Errorf("with %+v an address may fail %d times at once, not %d", common, n, want)
		}
		if l.Failed(netip.MustParseAddr("192.0.2.2")).Refused || l.Take(ratelimit.Caller{Addr: addr}).Refused {
			t.Error("what failed counts against others")
		}
	}
}

func TestTheFieldsSayWhatIsLeft(t *testing.T) {
	t.Parallel()
	l, clock := newLimiter(ratelimit.Options{Rate: ratelimit.Rate{RPS: 0.5, Burst: 3}})
	take := func(refused bool, field string) {
		t.Helper()
		v := l.Take(named("a"))
		if v.Refused != refused || v.Field() != field || v.Policy() != `"default";q=3;w=6` {
			t.Errorf("got %t, %s, %s, want %t, %s", v.Refused, v.Field(), v.Policy(), refused, field)
		}
	}
	take(false, `"default";r=2;t=6`)
	take(false, `"default";r=1;t=6`)
	take(false, `"default";r=0;t=2`)
	take(true, `"default";r=0;t=2`)
	clock.advance(1500 * time.Millisecond)
	take(true, `"default";r=0;t=1`)
	if v := l.Take(named("a")); v.RetryAfter() != "1" {
		t.Errorf("Retry-After is %s", v.RetryAfter())
	}
	clock.advance(500 * time.Millisecond)
	take(false, `"default";r=0;t=2`)
}

// TestTheTimeOfRetryAfterIsEnough waits as long as callers are told.
func TestTheTimeOfRetryAfterIsEnough(t *testing.T) {
	t.Parallel()
	for _, rps := range []float64{0.01, 0.3, 1, 7, 1000, 1e6} {
		l, clock := newLimiter(ratelimit.Options{Rate: ratelimit.Rate{RPS: rps, Burst: 4}})
		drain(t, l, named("a"))
		v := l.Take(named("a"))
		wait, err := time.ParseDuration(v.RetryAfter() + "s")
		if err != nil {
			t.Fatal(err)
		}
		if clock.advance(wait); l.Take(named("a")).Refused {
			t.Errorf("at %v a second, %v are not enough", rps, wait)
		}
	}
}

func TestItIsSafeForManyAtOnce(t *testing.T) {
	t.Parallel()
	l, _ := newLimiter(ratelimit.Options{Rate: ratelimit.Rate{RPS: 1, Burst: 1000}})
	var passed atomic.Int64
	var running sync.WaitGroup
	for range 8 {
		running.Go(func() {
			for range 1000 {
				if !l.Take(named("a")).Refused {
					passed.Add(1)
				}
			}
		})
	}
	running.Wait()
	if passed.Load() != 1000 {
		t.Errorf("%d passed, not 1000", passed.Load())
	}
}
