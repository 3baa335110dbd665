package storetest

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"session-api"
)

func TestAnExceptionThatNamesNoSubtestIsRefused(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "closing", "CloseWhileInUse", "closing/closeWhileInUse", "closing/CloseWhileInUse/"} {
		err := Options{Except: map[string]string{name: "a reason"}}.validate()
		if err == nil || !strings.Contains(err.Error(), "no subtest") {
			t.Errorf("the exception %q gives the error %v; want one that says it names no subtest", name, err)
		}
	}
}

func TestAnExceptionNeedsAReason(t *testing.T) {
	t.Parallel()
	err := Options{Except: map[string]string{"closing/CloseWhileInUse": ""}}.validate()
	if err == nil || !strings.Contains(err.Error(), "reason") {
		t.Errorf("an exception without a reason gives the error %v; want one that asks for it", err)
	}
}

// TestAnExceptionLeavesOutItsSubtest would fail in that subtest, were it run.
func TestAnExceptionLeavesOutItsSubtest(t *testing.T) {
	t.Parallel()
	nameless := fault{install: func(sound session.Store, d *double) {
		d.status = func(ctx context.Context) (session.Status, error) {
			status, err := sound.Status(ctx)
			status.Table = ""
			return status, err
		}
	}}
	const left = "crud/StatusIsActive"
	if len(failuresOf(t.Context(), checksByName()[left], breakMemory(nameless))) == 0 {
		t.Fatalf("%s passes a store that names no table, so leaving it out would show nothing", left)
	}
	RunWith(t, func(*testing.T) session.Store { return breakMemory(nameless) }, Options{
		Except: map[string]string{left: "this store has no table"},
	})
}

func TestSubtestsHaveNamesOfTheirOwn(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, concern := range suite {
		for _, c := range concern.checks {
			name := concern.name + "/" + c.name
			if seen[name] {
				t.Errorf("two subtests are called %q", name)
			}
			seen[name] = true
		}
	}
}

const (
	// networkCall is how long a call of an engine on a server takes here.
	networkCall = 2 * time.Millisecond
	// affordable is what the package promises for the suite at networkCall.
	affordable = 20 * time.Second
)

// TestTheSuiteIsAffordableOverANetwork measures in the time of a synctest
// bubble, which only the delays of the calls move on.
func TestTheSuiteIsAffordableOverANetwork(t *testing.T) {
	t.Parallel()
	var total time.Duration
	for name, c := range checksByName() {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			for _, failure := range failuresOf(t.Context(), c, breakMemory(slow)) {
				t.Errorf("%s fails on a slow store: %s", name, failure)
			}
			total += time.Since(start)
		})
	}
	if total > affordable {
		t.Errorf("the suite takes %v with calls of %v; want at most %v", total, networkCall, affordable)
	}
	t.Logf("the suite takes %v with calls of %v", total, networkCall)
}

// slow is no fault, but installs like one: every call takes networkCall.
var slow = fault{name: "answers over a network", install: func(sound session.Store, d *double) {
	d.create = func(ctx context.Context, s *session.Session) error {
		time.Sleep(networkCall)
		return sound.Create(ctx, s)
	}
	d.get = func(ctx context.Context, id string) (*session.Session, error) {
		time.Sleep(networkCall)
		return sound.Get(ctx, id)
	}
	d.update = func(ctx context.Context, id string, c session.Change, cond session.Condition) (*session.Session, error) {
		time.Sleep(networkCall)
		return sound.Update(ctx, id, c, cond)
	}
	d.retime = func(ctx context.Context, id string, to session.Times, raise bool, cond session.Condition) (*session.Session, error) {
		time.Sleep(networkCall)
		return sound.Retime(ctx, id, to, raise, cond)
	}
	d.delete = func(ctx context.Context, id string, cond session.Condition) (*session.Session, error) {
		time.Sleep(networkCall)
		return sound.Delete(ctx, id, cond)
	}
	d.apply = func(ctx context.Context, t session.Transaction) error {
		time.Sleep(networkCall)
		return sound.Apply(ctx, t)
	}
	d.record = func(ctx context.Context, key string) (*session.Record, error) {
		time.Sleep(networkCall)
		return sound.Record(ctx, key)
	}
	d.list = func(ctx context.Context, q session.PageQuery) (session.Page, error) {
		time.Sleep(networkCall)
		return sound.List(ctx, q)
	}
	d.listByUser = func(ctx context.Context, userID string, q session.PageQuery) (session.Page, error) {
		time.Sleep(networkCall)
		return sound.ListByUser(ctx, userID, q)
	}
	d.status = func(ctx context.Context) (session.Status, error) {
		time.Sleep(networkCall)
		return sound.Status(ctx)
	}
}}

// TestAHungCallIsReported has a store whose Close waits for ever, and the time
// of a bubble to find out in.
func TestAHungCallIsReported(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		hung := fault{install: func(_ session.Store, d *double) {
			d.close = func() error { <-release; return nil }
		}}
		got := failuresOf(t.Context(), checksByName()["closing/AClosedStoreServesNothing"], breakMemory(hung))
		if len(got) != 1 || !strings.Contains(got[0], "Close did not return") {
			t.Errorf("a Close that hangs is reported as %q; want one failure that names it", got)
		}
		close(release)
	})
}
