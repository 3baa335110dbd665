package storetest

import (
	"sync"
	"time"
)

// writers is how many goroutines race in each check: enough that an engine's
// group commit holds several of them.
const writers = 64

// hangAfter is when a call counts as hung. Nothing here takes a tenth of it even
// over a network; it is there so that a deadlock names the claim it breaks.
const hangAfter = 30 * time.Second

// inParallel runs do(0) to do(n-1) at once, none before all are ready, and
// returns when all have. do reports with Errorf only: it is not on the test's
// own goroutine.
func inParallel(t reporter, n int, do func(i int)) {
	t.Helper()
	start := make(chan struct{})
	var running sync.WaitGroup
	for i := range n {
		running.Go(func() {
			<-start
			do(i)
		})
	}
	close(start)
	within(t, "A call among others at the same time", running.Wait)
}

// within fails if do does not return in time.
func within(t reporter, what string, do func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		do()
	}()
	late := time.NewTimer(hangAfter)
	defer late.Stop()
	select {
	case <-done:
	case <-late.C:
		t.Fatalf("%s did not return within %v", what, hangAfter)
	}
}
