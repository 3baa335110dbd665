package dynamo

import (
	"sync"
	"sync/atomic"
	"time"
)

const (
	// refusalLasts is how long no shared call is tried after one that DynamoDB
	// refused to take.
	refusalLasts = time.Minute
	// failureLasts is the same after mostFailures that were not answered. Who is slow
	// or broken among those that were asked for is not known, so that nobody is to
	// wait for him again soon.
	failureLasts = time.Second
	mostFailures = 3
	// makesUp is how many answered calls make up for one that was not. DynamoDB fails
	// now and then without any row being slow, and a service that has to read each
	// session by itself for that may have too much to do.
	makesUp = 64
)

// trust knows whether shared calls are worth trying.
type trust struct {
	options Options
	// lost mirrors whether anything is wrong, for those who only pass by.
	lost  atomic.Bool
	mu    sync.Mutex
	until time.Time // when they are tried again; zero if nothing is wrong
	// failures are those that were not answered and nothing made up for.
	failures float64
	// refused says that they were refused and none was taken since.
	refused bool
}

// holds reports whether a shared call is to be tried.
func (t *trust) holds() bool {
	if !t.lost.Load() {
		return true
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return !t.options.now().Before(t.until)
}

// failed takes down what became of a shared call. That they are refused is logged
// once.
func (t *trust) failed(f *fault) {
	refused := f.class == denied || f.class == unknown
	t.mu.Lock()
	first := refused && !t.refused
	if t.failures++; refused {
		t.refused = true
		t.distrust(refusalLasts)
	} else if t.failures > mostFailures-1 {
		t.distrust(failureLasts)
	}
	t.lost.Store(true)
	t.mu.Unlock()
	if first {
		t.options.Logger.Warn("DynamoDB refuses BatchGetItem, so every session is read with a call of its own, which costs more CPU time. "+
			"Allow the role of this service dynamodb:BatchGetItem on the table, or set DYNAMODB_COALESCE_READS=false.",
			"error", f, "table", t.options.Table, "region", t.options.Region)
	}
}

// distrust has no shared call tried for so long. The first that fails after that is
// enough.
func (t *trust) distrust(lasts time.Duration) {
	if until := t.options.now().Add(lasts); until.After(t.until) {
		t.until = until
	}
	t.failures = mostFailures - 1
}

// kept takes down that a call which left at that time was answered. One that was
// under way when sharing ended says nothing.
func (t *trust) kept(left time.Time) {
	if !t.lost.Load() {
		return
	}
	t.mu.Lock()
	mended := !left.Before(t.until)
	again := mended && t.refused
	if mended {
		t.until, t.refused = time.Time{}, false
		t.failures = max(0, t.failures-1.0/makesUp)
		t.lost.Store(t.failures > 0)
	}
	t.mu.Unlock()
	if again {
		t.options.Logger.Info("DynamoDB takes BatchGetItem now, so reads share calls again.", "table", t.options.Table)
	}
}
