package dynamo

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"session-api"
)

// TestWhatEachCallCosts fails when a backend call is added to one of ours.
func TestWhatEachCallCosts(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	ctx := t.Context()
	over := session.Condition{Now: noon.Add(time.Hour)}
	retime := func(raise bool, cond session.Condition) error {
		_, err := b.Retime(ctx, "a", newSession("a").Times(), raise, cond)
		return err
	}
	x := session.Transaction{Records: []session.RecordWrite{{Record: newRecord("key", 1)}}}
	for _, c := range []struct {
		what string
		do   func() error
		op   string
		want error
	}{
		{"Create", func() error { return b.Create(ctx, newSession("a")) }, "PutItem", nil},
		{"Create of a taken id", func() error { return b.Create(ctx, newSession("a")) }, "PutItem", session.ErrExists},
		{"Get", func() error { _, err := b.Get(ctx, "a"); return err }, "GetItem", nil},
		{"Get of nothing", func() error { _, err := b.Get(ctx, "b"); return err }, "GetItem", session.ErrNotFound},
		{"Update", func() error { _, err := b.Update(ctx, "a", changed(`1`), meanwhile()); return err }, "UpdateItem", nil},
		{"Update at a version", func() error { _, err := b.Update(ctx, "a", changed(`1`), atVersion(2)); return err }, "UpdateItem", nil},
		{"stale Update", func() error { _, err := b.Update(ctx, "a", changed(`1`), atVersion(1)); return err }, "UpdateItem", session.ErrConflict},
		{"late Update", func() error { _, err := b.Update(ctx, "a", changed(`1`), over); return err }, "UpdateItem", session.ErrExpired},
		{"Update of nothing", func() error { _, err := b.Update(ctx, "b", changed(`1`), meanwhile()); return err }, "UpdateItem", session.ErrNotFound},
		{"Retime", func() error { return retime(false, meanwhile()) }, "UpdateItem", nil},
		{"Retime that raises", func() error { return retime(true, atVersion(3)) }, "UpdateItem", nil},
		{"stale Retime", func() error { return retime(false, atVersion(3)) }, "UpdateItem", session.ErrConflict},
		{"late Retime", func() error { return retime(true, over) }, "UpdateItem", session.ErrExpired},
		{"Record of nothing", func() error { _, err := b.Record(ctx, "key"); return err }, "GetItem", session.ErrNotFound},
		{"Apply", func() error { return b.Apply(ctx, x) }, "TransactWriteItems", nil},
		{"stale Apply", func() error { return b.Apply(ctx, x) }, "TransactWriteItems", session.ErrStale},
		{"Record", func() error { _, err := b.Record(ctx, "key"); return err }, "GetItem", nil},
		{"rotation", func() error { return b.Apply(ctx, rotation("a", "c", atVersion(4))) }, "TransactWriteItems", nil},
		{"Get of a former id", func() error { _, err := b.Get(ctx, "a"); return err }, "GetItem", nil},
		{"Update of a former id", func() error { _, err := b.Update(ctx, "a", changed(`1`), meanwhile()); return err }, "UpdateItem", session.ErrNotFound},
		{"Apply to a former id", func() error { return b.Apply(ctx, rotation("a", "d", meanwhile())) }, "TransactWriteItems", session.ErrNotFound},
		{"Apply that ends", func() error {
			return b.Apply(ctx, session.Transaction{End: []session.Ending{{ID: "c", Cond: meanwhile()}}})
		}, "TransactWriteItems", nil},
		{"Create", func() error { return b.Create(ctx, newSession("e")) }, "PutItem", nil},
		{"stale Delete", func() error { _, err := b.Delete(ctx, "e", atVersion(7)); return err }, "DeleteItem", session.ErrConflict},
		{"late Delete", func() error { _, err := b.Delete(ctx, "e", over); return err }, "DeleteItem", session.ErrExpired},
		{"Delete of nothing", func() error { _, err := b.Delete(ctx, "b", meanwhile()); return err }, "DeleteItem", session.ErrNotFound},
		{"List", func() error { _, err := b.List(ctx, page(1000)); return err }, "Scan", nil},
		{"ListByUser of nobody", func() error { _, err := b.ListByUser(ctx, "nobody", page(1000)); return err }, "Query", nil},
		{"Delete", func() error { _, err := b.Delete(ctx, "e", meanwhile()); return err }, "DeleteItem", nil},
	} {
		b.proxy.ResetCalls()
		wantError(t, c.what, c.do(), c.want)
		if all, of := b.proxy.Calls(), b.proxy.Calls(c.op); all != 1 || of != 1 {
			t.Errorf("%s made %d backend calls, %d of %s; want one", c.what, all, of, c.op)
		}
	}
}

func TestAUsersListCostsAQueryAndABatchForEachHundredRows(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	rows := 0
	for _, n := range []int{1, 20, 100, 101, 250} {
		var writers sync.WaitGroup
		for ; rows < n; rows++ {
			s := newSession(fmt.Sprintf("row-%03d", rows))
			s.CreatedAt = noon.Add(time.Duration(rows) * time.Microsecond)
			writers.Go(func() { b.create(t, s) })
		}
		writers.Wait()
		b.proxy.ResetCalls()
		p, err := b.ListByUser(t.Context(), "alice", page(1000))
		if err != nil || len(p.Sessions) != n || p.Next != "" {
			t.Fatalf("ListByUser of %d sessions returned %d, next %q, %v", n, len(p.Sessions), p.Next, err)
		}
		b.wantCalls(t, "Query", 1)
		b.wantCalls(t, "BatchGetItem", (n+99)/100)
		if got, want := b.proxy.Calls(), 1+(n+99)/100; got != want {
			t.Errorf("ListByUser of %d sessions made %d backend calls; want %d", n, got, want)
		}
	}
}

// TestRowsThatAreOverHideNoneThatAreNot: DynamoDB removes rows days after their
// end, and a user's oldest rows come first.
func TestRowsThatAreOverHideNoneThatAreNot(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	const limit = 10
	var writers sync.WaitGroup
	for i := range 3*limit + 5 {
		s := newSession(fmt.Sprintf("row-%03d", i))
		s.CreatedAt = noon.Add(time.Duration(i) * time.Microsecond)
		if i < 3*limit {
			s.ExpiresAt = noon.Truncate(time.Second)
		}
		writers.Go(func() { b.create(t, s) })
	}
	writers.Wait()
	b.proxy.ResetCalls()
	p, err := b.ListByUser(t.Context(), "alice", page(limit))
	if err != nil || len(p.Sessions) != 5 {
		t.Errorf("the first page shows %d sessions, %v; want the 5 that are active", len(p.Sessions), err)
	}
	b.wantCalls(t, "Query", maxRuns)
}

func TestTheStateOfATableIsAskedForOnceInAWhile(t *testing.T) {
	t.Parallel()
	now := noon
	b := newBench(t, Options{now: func() time.Time { return now }})
	for range 5 {
		if status, err := b.Status(t.Context()); err != nil || status.State != session.StateActive || status.Table != b.table {
			t.Fatalf("Status returned %+v, %v", status, err)
		}
	}
	b.wantCalls(t, "DescribeTable", 0) // Open has asked
	now = now.Add(lookFresh)
	for range 5 {
		if _, err := b.Status(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	b.wantCalls(t, "DescribeTable", 1)
	if got := b.proxy.Calls(); got != 1 {
		t.Errorf("Status made %d backend calls; want 1", got)
	}
}
