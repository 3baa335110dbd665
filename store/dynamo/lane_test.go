package dynamo

import (
	"bytes"
	"context"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"session-api"
	"session-api/store/dynamo/faultproxy"
)

func TestALoneReadIsACallOfItsOwn(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{CoalesceFrom: 1})
	b.create(t, newSession("a"))
	for range 3 {
		b.wantStored(t, "a", `{"theme":"dark"}`, 1)
	}
	b.wantCalls(t, "GetItem", 3)
	b.wantCalls(t, "BatchGetItem", 0)
}

func TestReadsThatComeWhileOthersAreUnderWayShareACall(t *testing.T) {
	t.Parallel()
	var l logs
	c := newCrowd(t, Options{Logger: slog.New(slog.NewTextHandler(&l, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	ids := c.createAll(t, 20)
	all := c.getAll(t, t.Context(), ids...)
	c.wantCalls(t, "BatchGetItem", 0)
	before := c.ReadCounts()
	c.release()
	c.got.Wait()
	wantOwn(t, ids, all)
	c.wantCalls(t, "BatchGetItem", 1)
	c.wantCalls(t, "GetItem", 0)
	if err := <-c.held; err != nil {
		t.Errorf("the read before them returned %v", err)
	}
	until(t, func() bool { return c.ReadCounts().Shared == before.Shared+1 })
	if got := c.ReadCounts(); got.Rows != 20 || got.Readers != 20 || got.Left != 0 || got.Failed != 0 {
		t.Errorf("counted was %+v", got)
	}
	until(t, func() bool { return strings.Contains(l.String(), `msg="read together" rows=20 readers=20`) })
}

func TestReadsLeaveAtOnceWhileFewAreUnderWay(t *testing.T) {
	t.Parallel()
	const few = 3
	c := newCrowd(t, Options{})
	c.options.CoalesceFrom = few
	c.create(t, newSession("a"))
	for range 2 {
		c.hold(t) // each of them arrives while those before it are held
	}
	c.getAll(t, t.Context(), "a")
	c.wantCalls(t, "GetItem", 0)
	c.release()
	c.got.Wait()
}

// TestOneReaderWhoWaitedGoesByHimself: what one waits for alone is no batch.
func TestOneReaderWhoWaitedGoesByHimself(t *testing.T) {
	t.Parallel()
	c := newCrowd(t, Options{})
	ids := c.createAll(t, 1)
	all := c.getAll(t, t.Context(), ids...)
	c.release()
	c.got.Wait()
	wantOwn(t, ids, all)
	c.wantCalls(t, "GetItem", 1)
	c.wantCalls(t, "BatchGetItem", 0)
}

// TestACallThatHangsHoldsNobodyUp: readers wait for the clock too.
func TestACallThatHangsHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	c := newCrowd(t, Options{})
	c.lanes(func(l *lane) { l.took, l.left = time.Hour, time.Now() })
	ids := c.createAll(t, 8)
	all := make([]answer, len(ids))
	for i, id := range ids {
		c.got.Go(func() { all[i].Session, all[i].err = c.Get(t.Context(), id) })
	}
	c.got.Wait()
	wantOwn(t, ids, all)
	select {
	case err := <-c.held:
		t.Errorf("the read that hangs returned %v", err)
	default:
	}
}

func TestASharedCallTakesAHundredKeys(t *testing.T) {
	t.Parallel()
	c := newCrowd(t, Options{longestWait: time.Hour})
	c.lanes(func(l *lane) { l.took = lanePart * time.Hour })
	ids := c.createAll(t, maxBatchKeys+30)
	seen := c.batches(t, passOn)
	all := make([]answer, len(ids))
	for i, id := range ids {
		c.got.Go(func() { all[i].Session, all[i].err = c.Get(t.Context(), id) })
	}
	until(t, func() bool { return len(seen.keys()) == 1 })
	until(t, func() bool { return c.waiting() == 30 || len(seen.keys()) > 1 })
	c.release()
	c.got.Wait()
	wantOwn(t, ids, all)
	if keys := seen.keys(); len(keys[0]) != maxBatchKeys {
		t.Errorf("the first call has %d keys; want %d", len(keys[0]), maxBatchKeys)
	}
}

// TestLargeRowsShareACallInSmallNumbers: its answer is taken apart by one core.
func TestLargeRowsShareACallInSmallNumbers(t *testing.T) {
	t.Parallel()
	for size, want := range map[int]int{0: maxBatchKeys, 300: maxBatchKeys, 10 << 10: 25, sharedBytes: 1, 400 << 10: 1} {
		l := &lane{size: size}
		if got := l.most(); got != want {
			t.Errorf("of rows of %d bytes, %d share a call; want %d", size, got, want)
		}
	}
}

func TestTheSizeOfRowsIsLearnt(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	large := newSession("large")
	large.Data = []byte(`"` + strings.Repeat("x", 100<<10) + `"`)
	b.create(t, large)
	for range 30 {
		if _, err := b.Get(t.Context(), "large"); err != nil {
			t.Fatal(err)
		}
	}
	if n := b.reads.consistent.most(); n != 2 {
		t.Errorf("of rows of 100 KiB, %d share a call; want 2", n)
	}
}

func TestTheWaitIsAPartOfWhatACallTakes(t *testing.T) {
	t.Parallel()
	now := time.Unix(1000, 0)
	for _, c := range []struct {
		from     int
		took     time.Duration
		underWay int
		gap      time.Duration
	}{
		{16, 4 * time.Millisecond, 16, 250 * time.Microsecond},
		{16, 4 * time.Millisecond, 64, time.Millisecond},
		{16, 40 * time.Millisecond, 16, 2500 * time.Microsecond},
		{16, time.Second, 16, longestWait},
		{16, 0, 500, 0},
		{1, 4 * time.Millisecond, 8, 500 * time.Microsecond}, // so that eight are under way
	} {
		o := Options{CoalesceFrom: c.from, longestWait: longestWait}
		l := &lane{reads: &reads{store: &Store{options: o}}, took: c.took, underWay: c.underWay, left: now}
		if got := l.gap(); got != c.gap {
			t.Errorf("with %d calls of %v under way, they leave every %v; want %v", c.underWay, c.took, got, c.gap)
		}
		if c.gap > 0 && l.mayLeave(now.Add(c.gap-1)) || !l.mayLeave(now.Add(c.gap)) {
			t.Errorf("with %d calls of %v under way, the next does not leave after %v", c.underWay, c.took, c.gap)
		}
		if l.underWay--; l.mayLeave(now) != (l.underWay < c.from) && c.gap > 0 {
			t.Errorf("with %d calls under way, whether one may leave is %v", l.underWay, l.mayLeave(now))
		}
	}
}

func TestARowThatManyWantIsReadOnceAndEachGetsHisOwn(t *testing.T) {
	t.Parallel()
	c := newCrowd(t, Options{})
	ids := c.createAll(t, 2)
	seen := c.batches(t, passOn)
	all := c.getAll(t, t.Context(), ids[0], ids[1], ids[0], ids[0])
	c.release()
	c.got.Wait()
	wantOwn(t, []string{ids[0], ids[1], ids[0], ids[0]}, all)
	if keys := seen.keys(); !reflect.DeepEqual(keys, [][]string{ids}) {
		t.Errorf("asked for were %v; want %v", keys, ids)
	}
	want := bytes.Clone(all[2].Data)
	all[0].Data[2], all[0].UserID = 'x', "mallory"
	if !bytes.Equal(all[2].Data, want) || all[2].UserID != "alice" {
		t.Error("two readers share what they were given")
	}
}

// TestWritesThatFindOutWhatBecameOfThemShareACallToo: many answers are lost at once.
func TestWritesThatFindOutWhatBecameOfThemShareACallToo(t *testing.T) {
	t.Parallel()
	c := newCrowd(t, Options{})
	ids := c.createAll(t, 2)
	c.fail("UpdateItem", 2, faultproxy.LoseReply())
	for _, id := range ids {
		c.got.Go(func() {
			if s, err := c.Update(t.Context(), id, changed(`"new"`), meanwhile()); err != nil || s.Version != 2 {
				t.Errorf("Update returned %+v, %v", s, err)
			}
		})
	}
	until(t, func() bool { return c.waiting() == 2 })
	c.release()
	c.got.Wait()
	c.wantCalls(t, "BatchGetItem", 1)
}

// TestAReadJoinsNothingThatHasLeft: it must see what was written before it began.
func TestAReadJoinsNothingThatHasLeft(t *testing.T) {
	t.Parallel()
	c := newCrowd(t, Options{longestWait: time.Hour})
	c.lanes(func(l *lane) { l.took = lanePart * time.Hour })
	ids := c.createAll(t, 2)
	arrived, open := make(chan struct{}), make(chan struct{})
	c.fail("BatchGetItem", 1, func(x *faultproxy.Exchange) {
		answer, err := x.Forward()
		close(arrived)
		<-open // with an answer that gets old
		if err == nil {
			x.Reply(answer)
		}
	})
	old := c.getAll(t, t.Context(), ids...)
	c.release()
	<-arrived
	if _, err := c.Update(t.Context(), ids[0], changed(`"new"`), meanwhile()); err != nil {
		t.Fatal(err)
	}
	fresh := c.getAll(t, t.Context(), ids[0])
	close(open)
	c.got.Wait()
	if fresh[0].err != nil || string(fresh[0].Data) != `"new"` {
		t.Errorf("a read after the write shows %s, %v", fresh[0].Data, fresh[0].err)
	}
	wantOwn(t, ids, old)
}

func TestConsistentAndEventualReadsShareNoCall(t *testing.T) {
	t.Parallel()
	c := newCrowd(t, Options{})
	c.putRecord(t, "one", 1)
	c.putRecord(t, "two", 1)
	ids := c.createAll(t, 2)
	c.options.ConsistentRead = false
	c.hold(t) // an eventual one too
	seen := c.batches(t, passOn)
	all := c.getAll(t, t.Context(), ids...)
	for _, key := range []string{"one", "two"} {
		c.got.Go(func() {
			if r, err := c.Record(t.Context(), key); err != nil || r.Key != key {
				t.Errorf("Record returned %+v, %v", r, err)
			}
		})
	}
	until(t, func() bool { return c.waiting() == 4 })
	c.lanes(func(l *lane) {
		l.left = time.Time{}
		l.send(time.Now())
	})
	c.got.Wait()
	wantOwn(t, ids, all)
	got := map[bool]int{}
	for _, r := range seen.all {
		got[r.RequestItems[c.table].ConsistentRead] += len(r.RequestItems[c.table].Keys)
	}
	if want := map[bool]int{true: 2, false: 2}; !reflect.DeepEqual(got, want) {
		t.Errorf("keys by consistency are %v; want %v", got, want)
	}
}

func TestReadsShareNothingWhereTheyAreNotTo(t *testing.T) {
	t.Parallel()
	c := newCrowd(t, Options{})
	c.options.CoalesceReads = false
	for _, id := range c.createAll(t, 5) {
		if _, err := c.Get(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	c.wantCalls(t, "GetItem", 5)
}

// TestIDsThatCannotBeSpoilNoSharedCall: DynamoDB refuses a call that has one of
// them, or two that are sent alike.
func TestIDsThatCannotBeSpoilNoSharedCall(t *testing.T) {
	t.Parallel()
	c := newCrowd(t, Options{})
	ids := c.createAll(t, 3)
	all := c.getAll(t, t.Context(), ids...)
	for _, id := range []string{"", strings.Repeat("x", maxKeyBytes+1), "\xff", "\xfe"} {
		if _, err := c.Get(t.Context(), id); err == nil {
			t.Errorf("a read of %q found something", id)
		}
	}
	c.wantCalls(t, "GetItem", 4)
	c.release()
	c.got.Wait()
	wantOwn(t, ids, all)
	c.wantCalls(t, "BatchGetItem", 1)
}

func TestAReaderWhoLeavesHarmsNobody(t *testing.T) {
	t.Parallel()
	c := newCrowd(t, Options{})
	ids := c.createAll(t, 4)
	seen := c.batches(t, passOn)
	all := c.getAll(t, t.Context(), ids[:3]...)
	ctx, cancel := context.WithCancel(t.Context())
	gone := c.getAll(t, ctx, ids[3], ids[0])
	cancel()
	until(t, func() bool { return c.waiting() == 3 })
	c.release()
	c.got.Wait()
	wantOwn(t, ids, all)
	for _, a := range gone {
		wantError(t, "a read whose caller has gone", a.err, session.ErrUnavailable)
	}
	if keys := seen.keys(); !slices.Equal(keys[0], ids[:3]) {
		t.Errorf("asked for were %v; want those that somebody waits for", keys)
	}
}

func TestWhatNobodyWaitsForIsNotAskedFor(t *testing.T) {
	t.Parallel()
	c := newCrowd(t, Options{})
	ids := c.createAll(t, 2)
	ctx, cancel := context.WithCancel(t.Context())
	c.getAll(t, ctx, ids...)
	cancel()
	c.got.Wait()
	c.release()
	if err := <-c.held; err != nil {
		t.Errorf("the read before them returned %v", err)
	}
	if n := c.proxy.Calls("BatchGetItem") + c.proxy.Calls("GetItem"); n != 0 || c.reads.consistent.underWay != 0 {
		t.Errorf("%d calls were made, %d are under way", n, c.reads.consistent.underWay)
	}
}

// TestAReaderWhoLeavesAsHeIsToGoIsNotUnderWay: nobody would count him out.
func TestAReaderWhoLeavesAsHeIsToGoIsNotUnderWay(t *testing.T) {
	t.Parallel()
	c := newCrowd(t, Options{})
	l := &c.reads.consistent
	s, seat := l.board("a", time.Now())
	c.lanes(func(l *lane) {
		l.left = time.Time{}
		l.send(time.Now())
	})
	if !s.dissolved || l.underWay != 2 {
		t.Fatalf("with one reader waiting %d calls are under way", l.underWay)
	}
	if l.leave(s, seat); l.underWay != 1 {
		t.Errorf("after he left %d calls are under way; want the one that is held", l.underWay)
	}
}

func TestACallThatAllReadersHaveLeftIsGivenUp(t *testing.T) {
	t.Parallel()
	c := newCrowd(t, Options{})
	ids := c.createAll(t, 2)
	arrived, left := make(chan struct{}), make(chan struct{})
	c.fail("BatchGetItem", 1, func(x *faultproxy.Exchange) {
		close(arrived)
		<-x.Left()
		close(left)
	})
	ctx, cancel := context.WithCancel(t.Context())
	c.getAll(t, ctx, ids...)
	c.release()
	<-arrived
	cancel()
	<-left
	c.got.Wait()
	if !c.reads.trust.holds() {
		t.Error("that its callers have gone is held against DynamoDB")
	}
}
