package dynamo

import (
	"context"
	"testing"
	"time"

	"session-api"
	"session-api/store/dynamo/faultproxy"
)

// retimes are the ways to retime newSession("a") that tell more than its id.
func retimes() map[string]struct {
	raise bool
	cond  session.Condition
} {
	both := atTimes(newSession("a"))
	both.Version = new(int64(1))
	return map[string]struct {
		raise bool
		cond  session.Condition
	}{
		"activity at its times":             {false, atTimes(newSession("a"))},
		"activity at its version and times": {false, both},
		"an extension at its version":       {true, atVersion(1)},
		"an extension at both":              {true, both},
	}
}

func TestARetimeWhoseAnswerIsLostIsDoneOnce(t *testing.T) {
	t.Parallel()
	for name, c := range retimes() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachLoss(t, func(t *testing.T, b *bench, loss faultproxy.Fault, _ bool) {
				b.create(t, newSession("a"))
				b.fail("UpdateItem", 1, loss)
				got, err := b.Retime(t.Context(), "a", moved(), c.raise, c.cond)
				if err != nil || got.Times() != moved() || got.Version != versionAfter(c.raise) || got.UserID != "alice" {
					t.Errorf("Retime returned %+v, %v", got, err)
				}
				b.wantCalls(t, "UpdateItem", 2)
				b.wantStored(t, "a", `{"theme":"dark"}`, versionAfter(c.raise))
			})
		})
	}
}

func versionAfter(raise bool) int64 {
	if raise {
		return 2
	}
	return 1
}

// TestARetimeThatNamesNothingIsNeverSentTwiceOnceItMayBeDone: it would undo what
// another wrote in between, or raise the version once more.
func TestARetimeThatNamesNothingIsNeverSentTwiceOnceItMayBeDone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		raise bool
		cond  session.Condition
	}{
		"activity":                  {false, meanwhile()},
		"activity at a version":     {false, atVersion(1)},
		"an extension":              {true, meanwhile()},
		"an extension at its times": {true, atTimes(newSession("a"))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for done, loss := range map[bool]faultproxy.Fault{true: faultproxy.LoseReply(), false: faultproxy.LoseRequest()} {
				b := newBench(t, Options{})
				b.create(t, newSession("a"))
				b.fail("UpdateItem", 1, loss)
				got, err := b.Retime(t.Context(), "a", moved(), c.raise, c.cond)
				if !done {
					wantError(t, "Retime that was not done", err, session.ErrUnavailable)
				} else if err != nil || got.Times() != moved() || got.Version != versionAfter(c.raise) {
					t.Errorf("Retime that was done returned %+v, %v", got, err)
				}
				b.wantCalls(t, "UpdateItem", 1)
				b.wantCalls(t, "GetItem", 1)
			}
		})
	}
}

// TestWhatALostRetimeFinds has another write come between the attempt whose answer
// is lost and the next one.
func TestWhatALostRetimeFinds(t *testing.T) {
	t.Parallel()
	others := map[string]func(context.Context, *bench) error{
		"updated": func(ctx context.Context, b *bench) error {
			_, err := b.Update(ctx, "a", changed(`"other"`), meanwhile())
			return err
		},
		"moved": func(ctx context.Context, b *bench) error {
			_, err := b.Retime(ctx, "a", session.Times{ExpiresAt: later.Add(time.Minute)}, false, meanwhile())
			return err
		},
		"deleted": func(ctx context.Context, b *bench) error {
			_, err := b.Delete(ctx, "a", meanwhile())
			return err
		},
		"rotated": func(ctx context.Context, b *bench) error { return b.Apply(ctx, rotation("a", "next", meanwhile())) },
	}
	for _, c := range []struct {
		done  bool
		other string
		how   string
		want  error
	}{
		{true, "updated", "activity at its times", nil},
		{true, "updated", "activity at its version and times", nil},
		{true, "updated", "an extension at its version", session.ErrUnavailable},
		{true, "updated", "an extension at both", session.ErrUnavailable},
		{true, "moved", "activity at its times", session.ErrUnavailable},
		{true, "moved", "an extension at its version", nil},
		{true, "deleted", "activity at its times", session.ErrUnavailable},
		{true, "rotated", "an extension at its version", session.ErrUnavailable},
		{false, "updated", "activity at its times", nil},
		{false, "updated", "activity at its version and times", session.ErrConflict},
		{false, "updated", "an extension at its version", session.ErrConflict},
		{false, "moved", "activity at its times", session.ErrUnavailable},
		{false, "moved", "an extension at its version", nil},
		{false, "moved", "an extension at both", session.ErrConflict},
		{false, "rotated", "activity at its times", session.ErrUnavailable},
	} {
		name := map[bool]string{true: "done, ", false: "not done, "}[c.done] + "then " + c.other + ", " + c.how
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, Options{})
			b.create(t, newSession("a"))
			b.fail("UpdateItem", 1, func(x *faultproxy.Exchange) {
				if c.done {
					_, _ = x.Forward()
				}
				if err := others[c.other](context.WithoutCancel(t.Context()), b); err != nil {
					t.Errorf("the other write: %v", err)
				}
				x.HangUp()
			})
			how := retimes()[c.how]
			_, err := b.Retime(t.Context(), "a", moved(), how.raise, how.cond)
			if c.want == nil && err != nil || c.want != nil {
				wantError(t, "Retime", err, c.want)
			}
			if got, err := b.Get(t.Context(), "a"); err == nil && c.other == "updated" && string(got.Data) != `"other"` {
				t.Errorf("the other write was undone: stored is %s", got.Data)
			}
		})
	}
}

// TestActivityHidesNoUpdate: an update whose answer was lost finds itself done
// although activity was recorded since.
func TestActivityHidesNoUpdate(t *testing.T) {
	t.Parallel()
	for name, cond := range map[string]session.Condition{"without a version": meanwhile(), "at a version": atVersion(1)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, Options{})
			b.create(t, newSession("a"))
			b.fail("UpdateItem", 1, func(x *faultproxy.Exchange) {
				_, _ = x.Forward()
				_, err := b.Retime(context.WithoutCancel(t.Context()), "a", moved(), false, atTimes(newSession("a")))
				if err != nil {
					t.Errorf("the activity: %v", err)
				}
				x.HangUp()
			})
			got, err := b.Update(t.Context(), "a", changed(`"new"`), cond)
			if err != nil || string(got.Data) != `"new"` || got.Version != 2 || got.Times() != moved() {
				t.Errorf("Update returned %+v, %v", got, err)
			}
		})
	}
}

func TestALostDeleteOfARotatedIDDoesNotSayThatTheSessionEnded(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	b.create(t, newSession("a"))
	b.fail("DeleteItem", 1, func(x *faultproxy.Exchange) {
		if err := b.Apply(context.WithoutCancel(t.Context()), rotation("a", "next", meanwhile())); err != nil {
			t.Errorf("the rotation: %v", err)
		}
		x.HangUp()
	})
	_, err := b.Delete(t.Context(), "a", meanwhile())
	wantError(t, "Delete", err, session.ErrNotFound)
	b.wantStored(t, "next", `{"theme":"dark"}`, 2)
}
