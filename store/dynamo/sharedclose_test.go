package dynamo

import (
	"context"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"session-api"
	"session-api/store/dynamo/faultproxy"
)

func TestCloseLetsSharedReadsFinish(t *testing.T) {
	t.Parallel()
	c := newCrowd(t, Options{})
	ids := c.createAll(t, 3)
	all := c.getAll(t, t.Context(), ids...)
	closed := make(chan struct{})
	go func() { _ = c.Close(); close(closed) }()
	until(t, func() bool {
		c.gate.mu.Lock()
		defer c.gate.mu.Unlock()
		return c.gate.shut
	})
	select {
	case <-closed:
		t.Error("Close returned while reads waited")
	default:
	}
	c.release()
	<-closed
	c.got.Wait()
	wantOwn(t, ids, all)
	_, err := c.Get(t.Context(), ids[0])
	wantError(t, "a read after Close", err, session.ErrUnavailable)
}

func TestCloseWaitsForCallsThatNobodyWaitsFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newReads(&Store{})
		open, closed := make(chan struct{}), false
		r.running.Go(func() { <-open })
		go func() { r.close(); closed = true }()
		if synctest.Wait(); closed {
			t.Error("Close returned while a shared call was under way")
		}
		close(open)
		if synctest.Wait(); !closed {
			t.Error("Close has not returned when the call was over")
		}
	})
}

// TestNothingOfSharedReadsRunsAfterClose is not parallel: it looks at all
// goroutines, and those of other tests must not be among them.
func TestNothingOfSharedReadsRunsAfterClose(t *testing.T) {
	c := newCrowd(t, Options{})
	c.lanes(func(l *lane) { l.took, l.left = time.Hour, time.Now() })
	ids := c.createAll(t, 20)
	ctx, cancel := context.WithCancel(t.Context())
	c.fail("BatchGetItem", 1, faultproxy.Stall())
	for range 5 {
		for _, id := range ids {
			c.got.Go(func() { _, _ = c.Get(ctx, id) })
		}
	}
	until(t, func() bool { return c.proxy.Calls("BatchGetItem") > 0 })
	cancel()
	c.got.Wait()
	c.release()
	if err := <-c.held; err != nil {
		t.Errorf("the read before them returned %v", err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	l := &c.reads.consistent
	l.mu.Lock()
	if l.underWay != 0 || l.next != nil || l.timer.Stop() {
		t.Errorf("after Close %d calls are under way, %v waits, or a timer runs", l.underWay, l.next)
	}
	l.mu.Unlock()
	until(t, func() bool { return !strings.Contains(stacks(), "dynamo.(*lane)") })
}

// stacks returns the stacks of all goroutines.
func stacks() string {
	text := make([]byte, 1<<20)
	for {
		if n := runtime.Stack(text, true); n < len(text) {
			return string(text[:n])
		}
		text = make([]byte, 2*len(text))
	}
}
