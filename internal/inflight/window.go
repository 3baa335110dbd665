package inflight

import (
	"slices"
	"time"
)

// window is the requests of a short time.
type window struct {
	began time.Time
	took  [128]time.Duration // of the last ones
	n     int
	most  int64 // that ran at once
}

// A window is whole after so many requests and so long a time, which is shorter where
// some are refused.
const (
	windowSize = 30
	windowTime = 250 * time.Millisecond
	hurryTime  = 80 * time.Millisecond
)

func (w *window) reset(now time.Time) { w.began, w.n, w.most = now, 0, 0 }

func (w *window) add(took time.Duration, ran int64) {
	w.took[w.n%len(w.took)] = took
	w.n++
	w.most = max(w.most, ran)
}

func (w *window) whole(now time.Time, hurry bool) bool {
	takes := windowTime
	if hurry {
		takes = hurryTime
	}
	return w.n >= windowSize && now.Sub(w.began) >= takes
}

func (w *window) median() time.Duration {
	took := w.took[:min(w.n, len(w.took))]
	slices.Sort(took)
	return took[len(took)/2]
}
