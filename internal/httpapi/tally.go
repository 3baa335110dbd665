package httpapi

import (
	"sync/atomic"
	"time"
)

// tallyPause is the least time between two lines of a tally.
const tallyPause = 10 * time.Second

// tally counts what may come in floods. The zero value is ready.
type tally struct {
	count atomic.Int64
	next  atomic.Int64 // when the next line is due, in nanoseconds since 1970
}

// add counts one more. It returns how many there were since the last line if one is
// due, else 0.
func (t *tally) add(now time.Time) int64 {
	t.count.Add(1)
	next, at := t.next.Load(), now.UnixNano()
	if at < next || !t.next.CompareAndSwap(next, at+int64(tallyPause)) {
		return 0
	}
	return t.count.Swap(0)
}
