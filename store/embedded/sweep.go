package embedded

import (
	"context"
	"log/slog"
	"math"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// sweepStep is how many rows the sweep removes in one batch.
	sweepStep = 256
	// sweepRest is how many times as long as a step took the sweep rests after
	// it: it takes at most a fifth of what the disk can do.
	sweepRest = 4
	// maxSweepRest bounds that on a disk that is slow for another reason.
	maxSweepRest = time.Second
)

// sweeper removes the rows whose retention is over.
type sweeper struct {
	store *Store
	// low is the first second, in Unix time, at which a row may expire that is
	// still stored. The sweep starts there and so never walks over what it has
	// removed, whose tombstones stay in the files for a while.
	low    atomic.Int64
	cancel context.CancelFunc
	done   sync.WaitGroup
}

func newSweeper(s *Store) *sweeper {
	ctx, cancel := context.WithCancel(context.Background())
	sw := &sweeper{store: s, cancel: cancel}
	sw.low.Store(math.MinInt64)
	if s.options.sweepEvery > 0 {
		sw.done.Go(func() { sw.run(ctx) })
	}
	return sw
}

// stop ends the sweep after the step that runs.
func (sw *sweeper) stop() {
	sw.cancel()
	sw.done.Wait()
}

// expect says that a row is stored that expires at second.
func (sw *sweeper) expect(second int64) {
	for {
		low := sw.low.Load()
		if second >= low || sw.low.CompareAndSwap(low, second) {
			return
		}
	}
}

func (sw *sweeper) run(ctx context.Context) {
	for {
		sw.sweep(ctx)
		if !rest(ctx, sw.store.options.sweepEvery) {
			return
		}
	}
}

// rest waits; false if ctx ends first.
func rest(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// sweep removes what is due, says so in one line, and returns how many rows that
// was. What it has to leave, it finds again the next time.
func (sw *sweeper) sweep(ctx context.Context) int {
	o := sw.store.options
	due := o.Now().Add(-o.Retention).Unix()
	// Raised first: whatever is created from here on lowers it again if need be.
	from := sw.low.Swap(due + 1)
	began := time.Now()
	next, removed, skipped := expiryBound(from), 0, 0
	for next != nil {
		step, err := sw.step(ctx, next, due)
		removed += step.removed
		skipped += step.skipped
		if step.left != nil {
			sw.expect(*step.left)
		}
		if err != nil {
			sw.expect(secondOf(next))
			break
		}
		next = step.next
		if next != nil && !rest(ctx, min(sweepRest*step.took, maxSweepRest)) {
			sw.expect(secondOf(next))
			break
		}
	}
	if removed > 0 {
		o.Logger.LogAttrs(ctx, slog.LevelInfo, "Removed expired sessions.",
			slog.Int("removed", removed), slog.Int("busy", skipped), slog.Duration("took", time.Since(began)))
	}
	return removed
}
