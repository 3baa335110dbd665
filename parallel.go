package session

import (
	"sync"
	"sync/atomic"
)

// inParallel runs do(0) to do(n-1), at most width at a time, and returns the first
// error, after which it begins no more.
func inParallel(width, n int, do func(i int) error) error {
	var next atomic.Int64
	var running sync.WaitGroup
	var once sync.Once
	var first error
	for range min(width, n) {
		running.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				if err := do(i); err != nil {
					once.Do(func() { first = err })
					next.Store(int64(n))
				}
			}
		})
	}
	running.Wait()
	return first
}
