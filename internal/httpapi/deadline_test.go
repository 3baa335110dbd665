package httpapi

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestADeadlineEndsLikeOneOfPackageContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := withDeadline(t.Context(), time.Now().Add(time.Second))
		defer d.stop()
		if d.Err() != nil {
			t.Fatal("it is over before its time")
		}
		child, cancel := context.WithTimeout(d, time.Hour)
		defer cancel()
		begin := time.Now()
		<-child.Done()
		<-d.Done()
		if took := time.Since(begin); took != time.Second {
			t.Errorf("it took %v", took)
		}
		if !errors.Is(d.Err(), context.DeadlineExceeded) || !errors.Is(child.Err(), context.DeadlineExceeded) {
			t.Errorf("it ended with %v, its child with %v", d.Err(), child.Err())
		}
	})
}

func TestADeadlineNobodyWaitsForIsSeenToBeOver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := withDeadline(t.Context(), time.Now().Add(time.Second))
		time.Sleep(time.Second) // the bubble's clock, not the machine's
		if !errors.Is(d.Err(), context.DeadlineExceeded) {
			t.Errorf("after its time Err is %v", d.Err())
		}
	})
}

func TestADeadlineFollowsTheCallersLeaving(t *testing.T) {
	t.Parallel()
	parent, leave := context.WithCancel(context.WithValue(t.Context(), key{}, "v"))
	waited, unwaited := withDeadline(parent, time.Now().Add(time.Hour)), withDeadline(parent, time.Now().Add(time.Hour))
	done := waited.Done()
	leave()
	<-done
	for _, d := range []*deadline{waited, unwaited} {
		if !errors.Is(d.Err(), context.Canceled) || d.Value(key{}) != "v" {
			t.Errorf("Err is %v, the value %v", d.Err(), d.Value(key{}))
		}
		d.stop()
	}
	early := time.Now().Add(time.Minute)
	parent, cancel := context.WithDeadline(t.Context(), early)
	defer cancel()
	if at, ok := withDeadline(parent, early.Add(time.Hour)).Deadline(); !ok || !at.Equal(early) {
		t.Errorf("the deadline is %v, its parent's %v", at, early)
	}
}

type key struct{}

func withDeadline(parent context.Context, at time.Time) *deadline {
	d := &deadline{}
	d.begin(parent, at)
	return d
}
