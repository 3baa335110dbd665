package embedded

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

const (
	// sweepStep is how many rows or records the sweep removes in one batch.
	sweepStep = 256
	// sweepRest is how many times as long as a step took the sweep rests after
	// it: it takes at most a fifth of what the disk can do.
	sweepRest = 4
	// maxSweepRest bounds that on a disk that is slow for another reason.
	maxSweepRest = time.Second
)

// sweeper removes the rows whose retention is over, aliases among them, and the
// records whose time is over.
type sweeper struct {
	store         *Store
	rows, records *dueIndex
	cancel        context.CancelFunc
	done          sync.WaitGroup
}

func newSweeper(s *Store) *sweeper {
	ctx, cancel := context.WithCancel(context.Background())
	sw := &sweeper{store: s, rows: s.dueRows(), records: s.dueRecords(), cancel: cancel}
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

// sweep removes what is due, says so in one line, and returns how many rows and
// records that was.
func (sw *sweeper) sweep(ctx context.Context) int {
	o := sw.store.options
	began := time.Now()
	rows := sw.clear(ctx, sw.rows, o.Now())
	records := sw.clear(ctx, sw.records, o.Now())
	removed := rows.removed + records.removed
	if removed > 0 {
		o.Logger.LogAttrs(ctx, slog.LevelInfo, "Removed expired sessions.",
			slog.Int("removed", rows.removed), slog.Int("records", records.removed),
			slog.Int("busy", rows.skipped+records.skipped), slog.Duration("took", time.Since(began)))
	}
	return removed
}

// clear removes what is due by an index. What it has to leave, it finds again the
// next time.
func (sw *sweeper) clear(ctx context.Context, ix *dueIndex, now time.Time) (all sweptStep) {
	due := now.Add(-ix.retention).Unix()
	// Raised first: whatever is stored from here on lowers it again if need be.
	from := ix.low.Swap(due + 1)
	next := endBound(ix.prefix, from)
	for next != nil {
		step, err := sw.step(ctx, ix, next, due)
		all.removed += step.removed
		all.skipped += step.skipped
		if step.left != nil {
			ix.expect(*step.left)
		}
		if err != nil {
			ix.expect(secondOf(next))
			break
		}
		next = step.next
		if next != nil && !rest(ctx, min(sweepRest*step.took, maxSweepRest)) {
			ix.expect(secondOf(next))
			break
		}
	}
	return all
}
