package main

import (
	"context"
	"sync"
	"time"
)

// load is the workers at work, beside a prober of /ready and /health.
type load struct {
	workers []*worker
	prober  *prober
	pace    time.Duration

	cancel  context.CancelFunc
	running sync.WaitGroup
}

// start sets all to work until stop.
func (l *load) start() {
	ctx, cancel := context.WithCancel(context.Background())
	l.cancel = cancel
	for _, w := range l.workers {
		l.running.Go(func() { w.work(ctx, l.pace) })
	}
	l.running.Go(func() { l.prober.work(ctx) })
}

// stop returns when the last answer is there.
func (l *load) stop() {
	l.cancel()
	l.running.Wait()
}

// work makes requests, no two of them nearer to each other than pace.
func (w *worker) work(ctx context.Context, pace time.Duration) {
	each(ctx, pace, func() {
		w.step()
		w.seen.Add(1)
		if last := w.samples[len(w.samples)-1]; !last.normal() {
			w.abnormal.Store(last.ended().UnixNano())
		}
	})
}

// each calls do at most once in pace, until ctx ends.
func each(ctx context.Context, pace time.Duration, do func()) {
	tick := time.NewTicker(pace)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			do()
		}
	}
}

// lastAbnormal returns when the last answer came that was not normal; the zero
// time if none was.
func (l *load) lastAbnormal() time.Time {
	latest := l.prober.abnormal.Load()
	for _, w := range l.workers {
		latest = max(latest, w.abnormal.Load())
	}
	return time.Unix(0, latest)
}

// seen returns how many answers the workers have had.
func (l *load) seen() (n int64) {
	for _, w := range l.workers {
		n += w.seen.Load()
	}
	return n
}

// samples returns all requests; call it when the load has stopped.
func (l *load) samples() []sample {
	all := l.prober.samples
	for _, w := range l.workers {
		all = append(all, w.samples...)
	}
	return all
}
