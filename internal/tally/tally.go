// Package tally counts what may come in floods, such as refusals, and says when the log
// is due a line: one for each would be one more thing to do for who has too much to do.
package tally

import (
	"sync/atomic"
	"time"
)

// Pause is the least time between two lines.
const Pause = 10 * time.Second

// Tally is a count. The zero value is ready, and safe for concurrent use.
type Tally struct {
	count atomic.Int64
	next  atomic.Int64 // when the next line is due, in nanoseconds since 1970
}

// Add counts one more. It returns how many there were since the last line if one is
// due, else 0.
func (t *Tally) Add(now time.Time) int64 {
	t.count.Add(1)
	next, at := t.next.Load(), now.UnixNano()
	if at < next || !t.next.CompareAndSwap(next, at+int64(Pause)) {
		return 0
	}
	return t.count.Swap(0)
}
