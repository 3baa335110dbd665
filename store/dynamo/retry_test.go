package dynamo

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"session-api"
	"session-api/store/dynamo/faultproxy"
)

// everyCall returns a call of each method that needs the backend.
func (b *bench) everyCall(ctx context.Context) map[string]func() error {
	return map[string]func() error{
		"Create":           func() error { return b.Create(ctx, newSession("new")) },
		"Get":              func() error { _, err := b.Get(ctx, "a"); return err },
		"Update":           func() error { _, err := b.Update(ctx, "a", changed(`1`), meanwhile()); return err },
		"Update a version": func() error { _, err := b.Update(ctx, "a", changed(`1`), atVersion(1)); return err },
		"Delete":           func() error { _, err := b.Delete(ctx, "a", meanwhile()); return err },
		"Retime": func() error {
			_, err := b.Retime(ctx, "a", moved(), false, atTimes(newSession("a")))
			return err
		},
		"Apply":      func() error { return b.Apply(ctx, session.Transaction{Create: newSession("new")}) },
		"Record":     func() error { _, err := b.Record(ctx, "key"); return err },
		"List":       func() error { _, err := b.List(ctx, page(10)); return err },
		"ListByUser": func() error { _, err := b.ListByUser(ctx, "alice", page(10)); return err },
	}
}

func TestWhatDynamoDBRefusesForNowIsUnavailable(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault faultproxy.Fault
		calls int // for each call of ours
	}{
		"throttled":           {faultproxy.Throttle(), 3},
		"too many requests":   {faultproxy.Error(400, "RequestLimitExceeded", "no"), 3},
		"a transaction":       {faultproxy.Error(400, "TransactionConflictException", "no"), maxClashes},
		"an impostor's 429":   {faultproxy.Error(429, "Whatever", "no"), 3},
		"a 503":               {faultproxy.Error(503, "ServiceUnavailable", "no"), 3},
		"a denied call":       {faultproxy.Denied(), 1},
		"a missing table":     {faultproxy.NoTable(), 1},
		"expired credentials": {faultproxy.Expired(), 1},
		"unknown credentials": {faultproxy.Error(400, "UnrecognizedClientException", "no"), 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, Options{})
			b.create(t, newSession("a"))
			b.fail("", 0, c.fault)
			for what, call := range b.everyCall(t.Context()) {
				b.caller.budget = newBudget()
				b.proxy.ResetCalls()
				wantError(t, what, call(), session.ErrUnavailable)
				if got := b.proxy.Calls(); got != c.calls && what != "Update" {
					t.Errorf("%s made %d backend calls; want %d", what, got, c.calls)
				}
			}
		})
	}
}

func TestWhatDynamoDBDoesNotUnderstandIsAFaultOfOurs(t *testing.T) {
	t.Parallel()
	const id = "session-alice-CANARYSECRET"
	b := newBench(t, Options{})
	b.fail("", 0, faultproxy.Error(400, "ValidationException", "The value "+id+" is not valid"))
	_, err := b.Get(t.Context(), id)
	if err == nil || errors.Is(err, session.ErrUnavailable) {
		t.Errorf("Get returned %v; want an error that is none of the domain's", err)
	}
	if strings.Contains(err.Error(), "CANARYSECRET") || !strings.Contains(err.Error(), session.Redact(id)) {
		t.Errorf("the error does not show the id in its redacted form: %v", err)
	}
	b.wantCalls(t, "GetItem", 1)
}

func TestAnItemThatIsTooLargeIsSaidToBe(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	large := []byte(`"` + strings.Repeat("x", session.MaxItemBytes) + `"`)
	s := newSession("large")
	s.Data = large
	wantError(t, "Create", b.Create(t.Context(), s), session.ErrTooLarge)
	b.create(t, newSession("a"))
	_, err := b.Update(t.Context(), "a", session.Change{Data: large, At: noon}, meanwhile())
	wantError(t, "Update", err, session.ErrTooLarge)
	b.wantStored(t, "a", `{"theme":"dark"}`, 1)
	b.fail("PutItem", 1, faultproxy.Error(413, "RequestEntityTooLarge", "no"))
	wantError(t, "Create through a proxy with a limit", b.Create(t.Context(), newSession("b")), session.ErrTooLarge)
}

// TestAStormIsNotMadeWorse counts over enough calls that what the budget holds at
// the start does not matter.
func TestAStormIsNotMadeWorse(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]faultproxy.Fault{
		"of throttling": faultproxy.Throttle(), "of 500s": faultproxy.ServerError(),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, Options{})
			b.create(t, newSession("a"))
			remove := b.proxy.Add(faultproxy.Rule{Fault: fault})
			b.proxy.ResetCalls()
			requests := 0
			for range 20 {
				for what, call := range b.everyCall(t.Context()) {
					requests++
					wantError(t, what, call(), session.ErrUnavailable)
				}
			}
			if got := b.proxy.Calls(); float64(got) > 1.2*float64(requests) {
				t.Errorf("%d backend calls for %d requests; want at most 1.2 times as many", got, requests)
			}
			remove()
			b.wantStored(t, "a", `{"theme":"dark"}`, 1)
		})
	}
}

func TestABlipIsRetriedAgainWhenAStormIsOver(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	b.create(t, newSession("a"))
	for b.caller.budget.spend() {
	}
	for range int(1/budgetFeed) + 1 {
		b.wantStored(t, "a", `{"theme":"dark"}`, 1)
	}
	b.fail("GetItem", 1, faultproxy.Throttle())
	b.wantStored(t, "a", `{"theme":"dark"}`, 1)
}

func TestTheBudgetNeverGrowsBeyondItsSize(t *testing.T) {
	t.Parallel()
	b := newBudget()
	for range 1000 {
		b.earn()
	}
	n := 0
	for b.spend() {
		n++
	}
	if n != budgetSize {
		t.Errorf("after a thousand calls %d retries are allowed; want %d", n, budgetSize)
	}
}

// scripted returns a caller and a call of 300 ms an attempt and 1 s in all.
func scripted() (*caller, call) {
	o := Options{}.withDefaults()
	c := &caller{attempts: o.Attempts, budget: newBudget(), jitter: func(longest time.Duration) time.Duration { return longest }}
	c.trouble = newTrouble(o)
	return c, call{op: "GetItem", attempt: o.AttemptTimeout, all: o.CallTimeout}
}

func TestAttemptsAreSpacedAndEndInTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, k := scripted()
		began := time.Now()
		var sent []time.Duration
		maybe, err := c.do(t.Context(), k, func(ctx context.Context) error {
			sent = append(sent, time.Since(began))
			<-ctx.Done()
			return ctx.Err()
		})
		wantError(t, "the call", failed(err), session.ErrUnavailable)
		if !strings.Contains(err.Error(), errUnended.Error()) {
			t.Errorf("the error does not say that there was no answer in time: %v", err)
		}
		if !maybe {
			t.Error("the attempts that were not answered are said to have had no effect")
		}
		want := []time.Duration{0, 325 * time.Millisecond, 675 * time.Millisecond}
		if len(sent) != 3 || sent[0] != want[0] || sent[1] != want[1] || sent[2] != want[2] {
			t.Errorf("attempts were made after %v; want %v", sent, want)
		}
		if took := time.Since(began); took > time.Second {
			t.Errorf("the call took %v", took)
		}
	})
}

func TestNoAttemptIsBegunThatCannotEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, k := scripted()
		k.all = 310 * time.Millisecond
		sent := 0
		_, _ = c.do(t.Context(), k, func(ctx context.Context) error {
			sent++
			<-ctx.Done()
			return ctx.Err()
		})
		if sent != 1 {
			t.Errorf("%d attempts were made in the time of one", sent)
		}
	})
}

func TestTheCallersEndEndsTheAttempts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, k := scripted()
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		began := time.Now()
		_, err := c.do(ctx, k, func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() })
		wantError(t, "the call", err, context.DeadlineExceeded)
		if took := time.Since(began); took != 100*time.Millisecond {
			t.Errorf("it ended after %v; want 100ms", took)
		}
		if c.budget.tokens != budgetSize {
			t.Errorf("a caller who left cost %v retries", budgetSize-c.budget.tokens)
		}
	})
}

func TestTheCallersEndEndsAPause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, k := scripted()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		sent := 0
		_, err := c.do(ctx, k, func(context.Context) error { sent++; return errNothingProcessed })
		if sent != 1 || err == nil {
			t.Errorf("%d attempts were made, and the error is %v", sent, err)
		}
	})
}

func TestAPauseIsRandomWithinABoundThatDoubles(t *testing.T) {
	t.Parallel()
	c, _ := scripted()
	var bounds []time.Duration
	c.jitter = func(longest time.Duration) time.Duration { bounds = append(bounds, longest); return 0 }
	for sent := 1; sent <= 5; sent++ {
		c.pause(t.Context(), sent, time.Now().Add(time.Hour))
	}
	for i, want := range []time.Duration{25, 50, 100, 200, 200} {
		if bounds[i] != want*time.Millisecond {
			t.Errorf("the bound of pause %d is %v; want %vms", i+1, bounds[i], int(want))
		}
	}
	jitter := Options{}.withDefaults().jitter
	for range 100 {
		if d := jitter(time.Millisecond); d < 0 || d > time.Millisecond {
			t.Errorf("a pause of at most 1ms lasts %v", d)
		}
	}
}

func TestABackendThatIsDownIsUnavailableAtOnce(t *testing.T) {
	t.Parallel()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	var l logs
	store, err := Open(t.Context(), patient(Options{
		Table: "sessions", Region: testRegion, endpoint: "http://" + closed.Addr().String(), Logger: l.logger(),
	}))
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() { _ = store.Close() })
	if !strings.Contains(l.String(), "cannot serve yet") {
		t.Errorf("the log does not say that the table cannot serve:\n%s", &l)
	}
	// Nothing was sent, so an update may be tried again.
	maybe, err := store.caller.do(t.Context(), store.rowCall("GetItem", "a"), func(ctx context.Context) error {
		_, err := store.api.GetItem(ctx, store.getInput("a", true))
		return err
	})
	wantError(t, "GetItem", failed(err), session.ErrUnavailable)
	if maybe {
		t.Error("a call that could not be sent is said to have had an effect, maybe")
	}
	_, err = store.Status(t.Context())
	wantError(t, "Status", err, session.ErrUnavailable)
}
