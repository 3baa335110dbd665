package dynamo

import (
	"context"
	"strings"
	"testing"
	"time"

	"session-api"
	"session-api/store/dynamo/faultproxy"
)

// losses are the ways to lose an answer, by whether the call had its effect.
func losses(done bool) map[string]faultproxy.Fault {
	if done {
		return map[string]faultproxy.Fault{
			"the connection ends":        faultproxy.LoseReply(),
			"the answer is cut":          faultproxy.Truncate(),
			"the answer is corrupt":      faultproxy.Corrupt(),
			"the answer never comes":     faultproxy.StallReply(),
			"the answer is a 500":        faultproxy.ServerErrorAfter(),
			"the answer is another page": htmlAfter,
		}
	}
	return map[string]faultproxy.Fault{
		"the connection ends":     faultproxy.LoseRequest(),
		"the connection is reset": faultproxy.Reset(),
		"the request stalls":      faultproxy.Stall(),
		"the answer is a 500":     faultproxy.ServerError(),
	}
}

// htmlAfter carries the call out and answers as a load balancer would.
func htmlAfter(x *faultproxy.Exchange) {
	_, _ = x.Forward()
	x.Reply(&faultproxy.Answer{Status: 502, Header: map[string][]string{"Content-Type": {"text/html"}}, Body: []byte("<html>")})
}

// eachLoss runs a subtest for each way to lose an answer to a call on one row.
func eachLoss(t *testing.T, run func(t *testing.T, b *bench, loss faultproxy.Fault, done bool)) {
	// Short for who waits for it, long for an attempt that is answered.
	eachLossWith(t, Options{AttemptTimeout: time.Second, CallTimeout: time.Minute}, run)
}

// eachLossWith is eachLoss with the times of a Store that waits for an answer.
func eachLossWith(t *testing.T, waiting Options, run func(t *testing.T, b *bench, loss faultproxy.Fault, done bool)) {
	for _, done := range []bool{true, false} {
		for name, loss := range losses(done) {
			if done {
				name += " after the effect"
			}
			var o Options
			if strings.Contains(name, "never comes") || strings.Contains(name, "stalls") {
				o = waiting
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				run(t, newBench(t, o), loss, done)
			})
		}
	}
}

func TestACreateWhoseAnswerIsLostSucceedsOnce(t *testing.T) {
	t.Parallel()
	eachLoss(t, func(t *testing.T, b *bench, loss faultproxy.Fault, _ bool) {
		b.fail("PutItem", 1, loss)
		b.create(t, newSession("a"))
		b.wantCalls(t, "PutItem", 2)
		b.wantStored(t, "a", `{"theme":"dark"}`, 1)
		wantError(t, "A second Create", b.Create(t.Context(), newSession("a")), session.ErrExists)
	})
}

func TestACreateThatAnotherWriteFollowedIsNotCalledATakenID(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	b.fail("PutItem", 1, func(x *faultproxy.Exchange) {
		_, _ = x.Forward()
		b.update(t, "a", `"other"`)
		x.HangUp()
	})
	err := b.Create(t.Context(), newSession("a"))
	wantError(t, "Create", err, session.ErrUnavailable)
	b.wantStored(t, "a", `"other"`, 2)
}

// update makes an update beside the one that is tested.
func (b *bench) update(t testing.TB, id, data string) {
	if _, err := b.Update(context.WithoutCancel(t.Context()), id, changed(data), meanwhile()); err != nil {
		t.Errorf("the other Update: %v", err)
	}
}

func TestAnUpdateAtAVersionWhoseAnswerIsLostIsDoneOnce(t *testing.T) {
	t.Parallel()
	eachLoss(t, func(t *testing.T, b *bench, loss faultproxy.Fault, _ bool) {
		b.create(t, newSession("a"))
		b.fail("UpdateItem", 1, loss)
		got, err := b.Update(t.Context(), "a", changed(`"new"`), atVersion(1))
		if err != nil || got.Version != 2 || string(got.Data) != `"new"` || got.UserID != "alice" {
			t.Errorf("Update returned %+v, %v", got, err)
		}
		b.wantCalls(t, "UpdateItem", 2)
		b.wantStored(t, "a", `"new"`, 2)
	})
}

func TestAnUpdateWithoutAVersionIsNeverSentTwiceOnceItMayBeDone(t *testing.T) {
	t.Parallel()
	eachLoss(t, func(t *testing.T, b *bench, loss faultproxy.Fault, done bool) {
		b.create(t, newSession("a"))
		b.proxy.ResetCalls()
		b.fail("UpdateItem", 1, loss)
		got, err := b.Update(t.Context(), "a", changed(`"new"`), meanwhile())
		if done {
			if err != nil || got.Version != 2 || string(got.Data) != `"new"` {
				t.Errorf("Update that was done returned %+v, %v", got, err)
			}
		} else {
			wantError(t, "Update that was not done", err, session.ErrUnavailable)
		}
		b.wantCalls(t, "UpdateItem", 1)
		b.wantCalls(t, "GetItem", 1)
	})
}

func TestAnUpdateIsSentAgainAfterARefusalForNow(t *testing.T) {
	t.Parallel()
	for name, cond := range map[string]session.Condition{"without a version": meanwhile(), "at a version": atVersion(1)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, Options{})
			b.create(t, newSession("a"))
			b.fail("UpdateItem", 2, faultproxy.Throttle())
			if _, err := b.Update(t.Context(), "a", changed(`"new"`), cond); err != nil {
				t.Errorf("Update: %v", err)
			}
			b.wantCalls(t, "UpdateItem", 3)
			b.wantStored(t, "a", `"new"`, 2)
		})
	}
}

// TestWhatALostUpdateFinds has another write come between the attempt whose
// answer is lost and the next one.
func TestWhatALostUpdateFinds(t *testing.T) {
	t.Parallel()
	otherUpdate := func(t *testing.T, b *bench) { b.update(t, "a", `"other"`) }
	otherDelete := func(t *testing.T, b *bench) {
		if _, err := b.Delete(context.WithoutCancel(t.Context()), "a", meanwhile()); err != nil {
			t.Errorf("the other Delete: %v", err)
		}
	}
	for name, c := range map[string]struct {
		done    bool
		between func(*testing.T, *bench)
		cond    session.Condition
		want    error
	}{
		"done, then updated":             {true, otherUpdate, meanwhile(), session.ErrUnavailable},
		"done, then deleted":             {true, otherDelete, meanwhile(), session.ErrUnavailable},
		"done at a version, updated":     {true, otherUpdate, atVersion(1), session.ErrUnavailable},
		"done at a version, deleted":     {true, otherDelete, atVersion(1), session.ErrUnavailable},
		"not done at a version, updated": {false, otherUpdate, atVersion(1), session.ErrConflict},
		"not done at a version, deleted": {false, otherDelete, atVersion(1), session.ErrUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, Options{})
			b.create(t, newSession("a"))
			b.fail("UpdateItem", 1, func(x *faultproxy.Exchange) {
				if c.done {
					_, _ = x.Forward()
				}
				c.between(t, b)
				x.HangUp()
			})
			_, err := b.Update(t.Context(), "a", changed(`"mine"`), c.cond)
			wantError(t, "Update", err, c.want)
			if got, err := b.Get(t.Context(), "a"); err == nil && string(got.Data) != `"other"` {
				t.Errorf("the other write was undone: stored is %s", got.Data)
			}
		})
	}
}

func TestALostUpdateOfARowThatIsOverIsExpired(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	b.create(t, newSession("a"))
	b.fail("UpdateItem", 1, faultproxy.LoseReply())
	cond := atVersion(1)
	cond.Now = noon.Add(time.Hour)
	_, err := b.Update(t.Context(), "a", changed(`1`), cond)
	wantError(t, "Update", err, session.ErrExpired)
}

func TestADeleteWhoseAnswerIsLostSucceeds(t *testing.T) {
	t.Parallel()
	for name, cond := range map[string]session.Condition{"without a version": meanwhile(), "at a version": atVersion(1)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachLoss(t, func(t *testing.T, b *bench, loss faultproxy.Fault, done bool) {
				b.create(t, newSession("a"))
				b.fail("DeleteItem", 1, loss)
				got, err := b.Delete(t.Context(), "a", cond)
				if err != nil || got.ID != "a" || !done && got.UserID != "alice" {
					t.Errorf("Delete returned %+v, %v", got, err)
				}
				b.wantCalls(t, "DeleteItem", 2)
				_, err = b.Get(t.Context(), "a")
				wantError(t, "Get", err, session.ErrNotFound)
			})
		})
	}
}

func TestALostDeleteThatWasNotDoneTellsTheConflict(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	b.create(t, newSession("a"))
	b.fail("DeleteItem", 1, func(x *faultproxy.Exchange) {
		b.update(t, "a", `"other"`)
		x.HangUp()
	})
	_, err := b.Delete(t.Context(), "a", atVersion(1))
	wantError(t, "Delete", err, session.ErrConflict)
	b.wantStored(t, "a", `"other"`, 2)
}

func TestReadsAreSentAgain(t *testing.T) {
	t.Parallel()
	eachLoss(t, func(t *testing.T, b *bench, loss faultproxy.Fault, _ bool) {
		b.create(t, newSession("a"))
		b.fail("", 1, loss)
		b.wantStored(t, "a", `{"theme":"dark"}`, 1)
		b.wantCalls(t, "GetItem", 2)
	})
}
