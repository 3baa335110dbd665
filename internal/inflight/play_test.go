package inflight_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"session-api/internal/inflight"
)

// store plays what keeps the sessions: it serves so many at once, each in about the
// same time, and lets the others wait in the order in which they came.
type store struct {
	places chan struct{} // nil for a store that serves any number at once
	random *rand.Rand
	takes  time.Duration
	// impatient says that who calls it gives up after attemptTime, while the store goes
	// on with what nobody waits for, and calls again: as the DynamoDB engine does.
	impatient bool
	working   sync.WaitGroup
}

// The DynamoDB engine's defaults.
const (
	attempts    = 3
	attemptTime = 300 * time.Millisecond
	callTime    = time.Second
)

// newStore must be called in the bubble in which the store is used.
func newStore(t *testing.T, atOnce int, takes time.Duration) *store {
	t.Helper()
	s := &store{random: rand.New(rand.NewPCG(1, 2)), takes: takes}
	if atOnce > 0 {
		s.places = make(chan struct{}, atOnce)
	}
	t.Cleanup(s.working.Wait) // for what nobody waits for
	return s
}

// call reports whether it was answered. It must be told its time by whoever starts it:
// random is for one goroutine.
func (s *store) call(takes time.Duration) bool {
	if !s.impatient {
		s.work(takes)
		return true
	}
	over := time.Now().Add(callTime)
	for range attempts {
		done := make(chan struct{})
		s.working.Go(func() {
			defer close(done)
			s.work(takes)
		})
		select {
		case <-done:
			return true
		case <-time.After(min(attemptTime, time.Until(over))):
		}
	}
	return false
}

func (s *store) work(takes time.Duration) {
	if s.places != nil {
		s.places <- struct{}{}
		defer func() { <-s.places }()
	}
	time.Sleep(takes)
}

// next is how long the next call takes: spread as the times of real stores are, with
// few much longer than most.
func (s *store) next() time.Duration {
	return time.Duration(float64(s.takes) * math.Exp(s.random.NormFloat64()/4))
}

// seen is what came of a load.
type seen struct {
	offered, served, refused, failed float64 // a second
	p99                              time.Duration
}

// load sends requests for so long, whether those before are done or not, and looks at
// the second half. Each arrival is of burst requests; arrivals are random.
func (s *store) load(l *inflight.Limit, perSecond float64, burst int, d time.Duration) seen {
	return s.loadAfter(d/2, l, perSecond, burst, d)
}

// loadAfter is load that looks at what comes after the time skip.
func (s *store) loadAfter(skip time.Duration, l *inflight.Limit, perSecond float64, burst int, d time.Duration) seen {
	var (
		out     seen
		mu      sync.Mutex
		took    []time.Duration
		running sync.WaitGroup
	)
	begin := time.Now()
	for time.Since(begin) < d {
		late := time.Since(begin) >= skip
		for range burst {
			if late {
				out.offered++
			}
			if !l.Enter() {
				if late {
					out.refused++
				}
				continue
			}
			takes := s.next()
			running.Go(func() {
				entered := time.Now()
				answered := s.call(takes)
				l.Leave(entered)
				mu.Lock()
				defer mu.Unlock()
				if late && answered {
					took = append(took, time.Since(entered))
				} else if late {
					out.failed++
				}
			})
		}
		time.Sleep(time.Duration(s.random.ExpFloat64() * float64(burst) / perSecond * float64(time.Second)))
	}
	running.Wait()
	out.served = float64(len(took))
	for _, n := range []*float64{&out.offered, &out.served, &out.refused, &out.failed} {
		*n /= (d - skip).Seconds()
	}
	if slices.Sort(took); len(took) > 0 {
		out.p99 = took[len(took)*99/100]
	}
	return out
}

// play runs f in a bubble, where time passes only while everybody waits.
func play(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, f)
}
