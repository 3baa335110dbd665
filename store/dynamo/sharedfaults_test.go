package dynamo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"session-api"
	"session-api/store/dynamo/faultproxy"
)

// longEnough is the time of an attempt that a test waits for in vain, and in which a
// slow machine answers others.
const longEnough = 4 * time.Second

// asked has the ids of all GetItems kept that arrive.
func (c *crowd) asked(then faultproxy.Fault) func() []string {
	var mu sync.Mutex
	var ids []string
	c.proxy.Add(faultproxy.Rule{Op: "GetItem", Fault: func(x *faultproxy.Exchange) {
		mu.Lock()
		ids = append(ids, keyIn(x))
		mu.Unlock()
		then(x)
	}})
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Sorted(slices.Values(ids))
	}
}

// keyIn returns the id that a GetItem asks for.
func keyIn(x *faultproxy.Exchange) string {
	_, rest, _ := bytes.Cut(x.Body, []byte(`"id":{"S":"`))
	id, _, _ := bytes.Cut(rest, []byte(`"`))
	return string(id)
}

// tokens sets what is left of the budget.
func (c *crowd) tokens(n float64) {
	c.caller.budget.mu.Lock()
	defer c.caller.budget.mu.Unlock()
	c.caller.budget.tokens = n
}

// TestWhatASharedCallLeavesOverIsAskedForAgain, and nothing else is: those who were
// answered wait for nobody.
func TestWhatASharedCallLeavesOverIsAskedForAgain(t *testing.T) {
	t.Parallel()
	c := newCrowd(t, Options{})
	ids := c.createAll(t, 8)
	open := make(chan struct{})
	later := func(x *faultproxy.Exchange) { <-open; passOn(x) }
	c.fail("BatchGetItem", 1, faultproxy.LeaveHalf())
	seen, alone := c.batches(t, later), c.asked(later)
	all := c.getAll(t, t.Context(), ids...)
	c.tokens(4)
	c.release()
	until(t, func() bool { return c.ended.Load() == 4 })
	close(open)
	c.got.Wait()
	wantOwn(t, ids, all)
	if again := slices.Concat(append(seen.keys(), alone())...); len(again) != 4 {
		t.Errorf("asked for again were %v; want the 4 that were left over", again)
	}
	if got := c.ReadCounts(); got.Left != 4 {
		t.Errorf("counted was %+v; want 4 that were left over", got)
	}
}

func TestLeftoversOfSharedCallsCostRetries(t *testing.T) {
	t.Parallel()
	c := newCrowd(t, Options{})
	ids := c.createAll(t, 8)
	c.fail("BatchGetItem", 1, faultproxy.LeaveHalf())
	all := c.getAll(t, t.Context(), ids...)
	c.tokens(0)
	c.release()
	c.got.Wait()
	failed := 0
	for i, a := range all {
		if a.err != nil {
			wantError(t, "the read of what was left over", a.err, session.ErrUnavailable)
			failed++
			continue
		}
		wantOwn(t, ids[i:i+1], all[i:i+1])
	}
	// Whoever is answered first earns nothing that one could be asked again for.
	if failed != 4 {
		t.Errorf("%d reads failed; want the 4 that were left over", failed)
	}
}

func TestSharedCallsThatAreThrottledFailAsOthersDo(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]faultproxy.Fault{
		"with an error": faultproxy.Throttle(), "with nothing processed": faultproxy.LeaveAll(),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCrowd(t, Options{})
			ids := c.createAll(t, 4)
			c.fail("BatchGetItem", 0, fault)
			all := c.getAll(t, t.Context(), ids...)
			c.fail("GetItem", 0, faultproxy.Throttle())
			c.release()
			c.got.Wait()
			for _, a := range all {
				wantError(t, "a read", a.err, session.ErrUnavailable)
			}
			if n := c.proxy.Calls("GetItem") + c.proxy.Calls("BatchGetItem"); n > 1+2*len(ids) {
				t.Errorf("%d calls for %d reads; want one for all, and 2 more for each at most", n, len(ids))
			}
		})
	}
}

// TestAFailedSharedCallFailsNobody: whose fault it was is not known, so each goes on
// alone, at no cost.
func TestAFailedSharedCallFailsNobody(t *testing.T) {
	t.Parallel()
	faults := losses(false)
	for name, fault := range losses(true) {
		faults[name+" after the effect"] = fault
	}
	faults["it is denied"] = faultproxy.Denied()
	faults["it is not understood"] = faultproxy.Error(400, "ValidationException", "no")
	faults["it is not known"] = faultproxy.Error(400, "UnknownOperationException", "")
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := Options{Attempts: 1, now: func() time.Time { return noon }}
			if strings.Contains(name, "never comes") || strings.Contains(name, "stalls") {
				o.AttemptTimeout, o.CallTimeout = longEnough, time.Minute
			}
			c := newCrowd(t, o)
			ids := c.createAll(t, 5)
			c.fail("BatchGetItem", 1, fault)
			alone := c.asked(passOn)
			all := c.getAll(t, t.Context(), ids...)
			c.tokens(0)
			c.release()
			c.got.Wait()
			wantOwn(t, ids, all)
			c.wantCalls(t, "BatchGetItem", 1)
			if got := alone(); !slices.Equal(got, ids) {
				t.Errorf("%v went alone; want each once", got)
			}
			if refused := strings.HasPrefix(name, "it is"); c.reads.trust.holds() == refused {
				t.Errorf("whether the next reads share calls is %v", refused)
			}
			if c.reads.trust.failures != 1 && c.reads.trust.failures != mostFailures-1 {
				t.Errorf("%v failures were taken down", c.reads.trust.failures)
			}
		})
	}
}

func TestASlowRowFailsItsOwnReaderOnly(t *testing.T) {
	t.Parallel()
	c := newCrowd(t, Options{AttemptTimeout: longEnough, CallTimeout: time.Minute, now: func() time.Time { return noon }})
	ids := c.createAll(t, 5)
	const slow = 2
	c.fail("BatchGetItem", 0, faultproxy.Stall())
	c.fail("GetItem", 0, func(x *faultproxy.Exchange) {
		if keyIn(x) == ids[slow] {
			<-x.Left()
			return
		}
		passOn(x)
	})
	all := c.getAll(t, t.Context(), ids...)
	c.tokens(0)
	c.release()
	c.got.Wait()
	wantError(t, "the read of the slow row", all[slow].err, session.ErrUnavailable)
	if n := c.reads.trust.failures; n != 1 {
		t.Errorf("%v failures were taken down, of one call", n)
	}
	wantOwn(t, slices.Delete(slices.Clone(ids), slow, slow+1), slices.Delete(all, slow, slow+1))
}

// TestALateReaderBlamesHisCallWhereOthersAreFast: a machine with too much to do has no
// use for more calls, and a caller in a hurry is late for no fault of the call's.
func TestALateReaderBlamesHisCallWhereOthersAreFast(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		took, waited time.Duration
		err          error
		blames       bool
	}{
		"others are fast":     {5 * time.Millisecond, 300 * time.Millisecond, context.DeadlineExceeded, true},
		"everything is slow":  {100 * time.Millisecond, 300 * time.Millisecond, context.DeadlineExceeded, false},
		"he was in a hurry":   {5 * time.Millisecond, 10 * time.Millisecond, context.DeadlineExceeded, false},
		"his caller has gone": {5 * time.Millisecond, 300 * time.Millisecond, context.Canceled, false},
	} {
		r := newReads(&Store{options: Options{}.withDefaults()})
		r.consistent.took = c.took
		s := newSharedRead()
		for range 2 {
			if f := r.consistent.late(s, c.waited, c.err); !f.company {
				t.Errorf("where %s, a late reader does not go on alone", name)
			}
		}
		if n := r.trust.failures; (n == 1) != c.blames || n > 1 {
			t.Errorf("where %s, %v failures were taken down for one call", name, n)
		}
	}
}

func TestAnUnreadableRowHurtsItsOwnReaderOnly(t *testing.T) {
	t.Parallel()
	c := newCrowd(t, Options{})
	ids := c.createAll(t, 3)
	row := newItem(newSession("broken"), "w")
	row[AttributeData] = text("{")
	c.put(t, c.table, row)
	all := c.getAll(t, t.Context(), append(ids, "broken", "absent")...)
	c.release()
	c.got.Wait()
	wantOwn(t, ids, all[:3])
	wantError(t, "a read of the broken row", all[3].err, session.ErrUnreadable)
	wantError(t, "a read of nothing", all[4].err, session.ErrNotFound)
	c.wantCalls(t, "BatchGetItem", 1)
	c.wantCalls(t, "GetItem", 0)
}

// TestWhatAFullSharedAnswerLeavesOverIsReadAlone, at once: that is no throttling.
func TestWhatAFullSharedAnswerLeavesOverIsReadAlone(t *testing.T) {
	t.Parallel()
	const rows, size = 28, 320 << 10 // half of them are more than what makes an answer full
	c := newCrowd(t, Options{})
	var ids []string
	var writers sync.WaitGroup
	for i := range rows {
		s := newSession(fmt.Sprintf("row-%03d", i))
		s.Data = []byte(`"` + strings.Repeat("x", size) + `"`)
		ids = append(ids, s.ID)
		writers.Go(func() { c.create(t, s) })
	}
	writers.Wait()
	c.fail("BatchGetItem", 1, faultproxy.LeaveHalf())
	alone := c.asked(passOn)
	all := c.getAll(t, t.Context(), ids...)
	c.tokens(0)
	c.release()
	c.got.Wait()
	for i, a := range all {
		if a.err != nil || len(a.Data) != size+2 {
			t.Errorf("the read of %s returned %v", ids[i], a.err)
		}
	}
	if n := len(alone()); n != rows/2 {
		t.Errorf("%d rows were read alone; want %d", n, rows/2)
	}
}

func TestARefusalOfSharedCallsIsSaidOnceAndTriedAgainLater(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	now := noon
	clock := func() time.Time { mu.Lock(); defer mu.Unlock(); return now }
	var l logs
	c := newCrowd(t, Options{Logger: l.logger(), now: clock})
	ids := c.createAll(t, 4)
	round := func(shared int) {
		t.Helper()
		all := c.getAll(t, t.Context(), ids...)
		c.proxy.ResetCalls()
		c.release()
		c.got.Wait()
		if err := <-c.held; err != nil {
			t.Errorf("the read before them returned %v", err)
		}
		wantOwn(t, ids, all)
		c.wantCalls(t, "BatchGetItem", shared)
	}
	allow := c.proxy.Add(faultproxy.Rule{Op: "BatchGetItem", Fault: faultproxy.Denied()})
	round(1)
	for _, id := range ids { // which nobody waits with now
		if _, err := c.Get(t.Context(), id); err != nil {
			t.Error(err)
		}
	}
	if c.reads.trust.holds() {
		t.Error("the next reads share a call as if nothing had been")
	}
	for i := range 2 {
		mu.Lock()
		now = now.Add(refusalLasts)
		mu.Unlock()
		if i == 1 {
			allow()
		}
		c.hold(t)
		round(1)
	}
	if !c.reads.trust.holds() {
		t.Error("reads share no calls although they may")
	}
	if n := strings.Count(l.String(), "refuses BatchGetItem"); n != 1 || !strings.Contains(l.String(), "AccessDenied") {
		t.Errorf("the refusal was logged %d times; want once\n%s", n, &l)
	}
	if n := strings.Count(l.String(), "takes BatchGetItem now"); n != 1 {
		t.Errorf("that it is over was logged %d times; want once\n%s", n, &l)
	}
}

// TestOneSharedCallThatFailsKeepsNobodyFromSharing: DynamoDB fails now and then.
func TestOneSharedCallThatFailsKeepsNobodyFromSharing(t *testing.T) {
	t.Parallel()
	tr := &trust{options: Options{}.withDefaults()}
	for range 100 {
		tr.failed(&fault{class: lost})
		for range makesUp {
			tr.kept(tr.options.now())
		}
		if !tr.holds() || tr.lost.Load() {
			t.Fatalf("%v failures were not made up for", tr.failures)
		}
	}
}

// TestSharedCallsThatFailKeepOthersFromSharing for a moment: a part of the table
// that does not answer would be in most calls, and fail in all of them.
func TestSharedCallsThatFailKeepOthersFromSharing(t *testing.T) {
	t.Parallel()
	now := noon
	tr := &trust{options: Options{now: func() time.Time { return now }}.withDefaults()}
	for i := range mostFailures {
		if !tr.holds() {
			t.Errorf("no calls are shared after %d have failed", i)
		}
		tr.kept(now)
		tr.failed(&fault{class: lost})
	}
	tr.kept(now) // it left before the last one failed
	if tr.holds() {
		t.Error("a call that was under way tells that all is well")
	}
	now = now.Add(failureLasts - 1)
	if tr.holds() {
		t.Error("calls are shared again too soon")
	}
	now = now.Add(1)
	if !tr.holds() {
		t.Error("calls are not shared again")
	}
	if tr.failed(&fault{class: lost}); tr.holds() {
		t.Error("the next that fails is not enough")
	}
	tr.failed(&fault{class: denied})
	tr.failed(&fault{class: lost})
	if now = now.Add(refusalLasts - 1); tr.holds() {
		t.Error("a refusal is forgotten for a failure")
	}
	now = now.Add(1)
	if tr.kept(now); !tr.holds() || tr.refused {
		t.Error("a call that was answered mends nothing")
	}
}

func TestNoFaultOfASharedCallShowsAnID(t *testing.T) {
	t.Parallel()
	var l logs
	c := newCrowd(t, Options{Logger: l.logger()})
	mine, others := "session-alice-CANARYSECRET", "session-bob-CANARYSECRET2"
	c.fail("BatchGetItem", 0, faultproxy.Error(400, "ValidationException", "The values "+mine+" and "+others+" are not valid"))
	c.getAll(t, t.Context(), mine, others)
	c.release()
	c.got.Wait()
	if text := l.String(); strings.Contains(text, "CANARY") || !strings.Contains(text, session.Redact(others)) {
		t.Errorf("the log shows ids, or not the redacted ones:\n%s", text)
	}
}

func TestAMissingTableFailsSharedCallsAtOnce(t *testing.T) {
	t.Parallel()
	c := newCrowd(t, Options{})
	ids := c.createAll(t, 3)
	c.fail("BatchGetItem", 0, faultproxy.NoTable())
	all := c.getAll(t, t.Context(), ids...)
	c.release()
	c.got.Wait()
	for _, a := range all {
		wantError(t, "a read", a.err, session.ErrUnavailable)
	}
	c.wantCalls(t, "GetItem", 0)
	c.wantCalls(t, "BatchGetItem", 1)
}

func TestSharedReadsEndWithTheirCallers(t *testing.T) {
	t.Parallel()
	c := newCrowd(t, Options{})
	ids := c.createAll(t, 2)
	c.fail("BatchGetItem", 1, faultproxy.Stall())
	ctx, cancel := context.WithCancelCause(t.Context())
	all := c.getAll(t, ctx, ids...)
	c.release()
	until(t, func() bool { return c.proxy.Calls("BatchGetItem") == 1 })
	cancel(errors.New("enough"))
	c.got.Wait()
	for _, a := range all {
		wantError(t, "a read whose caller has gone", a.err, session.ErrUnavailable)
	}
	c.wantCalls(t, "GetItem", 0)
}
