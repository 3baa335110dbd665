package dynamo

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"session-api"
	"session-api/store/dynamo/dynamotest"
	"session-api/store/dynamo/faultproxy"
)

// createNumbered stores n sessions of alice in the order of their ids, which it
// returns.
func (b *bench) createNumbered(t *testing.T, n int) (ids []string) {
	t.Helper()
	for i := range n {
		s := newSession(fmt.Sprintf("row-%03d", i))
		s.CreatedAt = noon.Add(time.Duration(i) * time.Microsecond)
		b.create(t, s)
		ids = append(ids, s.ID)
	}
	return ids
}

// wantUserList fails unless the first page of alice's sessions is these ids.
func (b *bench) wantUserList(t *testing.T, want []string) {
	t.Helper()
	p, err := b.ListByUser(t.Context(), "alice", page(100))
	var got []string
	for _, s := range p.Sessions {
		got = append(got, s.ID)
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("ListByUser shows %v, %v; want %v", got, err, want)
	}
}

func TestWhatABatchLeavesOverIsAskedForAgain(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	ids := b.createNumbered(t, 8)
	b.fail("BatchGetItem", 0, faultproxy.LeaveHalf())
	b.wantUserList(t, ids)
	b.wantCalls(t, "BatchGetItem", 4) // of 8, 4, 2 and 1 keys
}

func TestABatchThatIsLeftWholeIsThrottled(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	ids := b.createNumbered(t, 2)
	b.fail("BatchGetItem", 1, faultproxy.LeaveAll())
	b.wantUserList(t, ids)
	b.wantCalls(t, "BatchGetItem", 2)
	b.fail("BatchGetItem", 0, faultproxy.LeaveAll())
	b.proxy.ResetCalls()
	_, err := b.ListByUser(t.Context(), "alice", page(10))
	wantError(t, "ListByUser", err, session.ErrUnavailable)
	b.wantCalls(t, "BatchGetItem", 3)
}

func TestLeftoversCostRetries(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	b.createNumbered(t, 8)
	for b.caller.budget.spend() {
	}
	b.fail("BatchGetItem", 0, faultproxy.LeaveHalf())
	b.proxy.ResetCalls()
	_, err := b.ListByUser(t.Context(), "alice", page(10))
	wantError(t, "ListByUser", err, session.ErrUnavailable)
	b.wantCalls(t, "BatchGetItem", 1)
}

// TestWhatALargeAnswerLeavesOverIsAskedForAtOnce: DynamoDB leaves keys over also
// because an answer is full, and that is no throttling.
func TestWhatALargeAnswerLeavesOverIsAskedForAtOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	if b.Server == dynamotest.Moto {
		return // it ends a page of a KEYS_ONLY index by the size of the whole rows
	}
	const rows, size = 28, 320 << 10 // half of them are more than a page's data
	var writers sync.WaitGroup
	for i := range rows {
		s := newSession(fmt.Sprintf("row-%03d", i))
		s.Data = []byte(`"` + strings.Repeat("x", size) + `"`)
		writers.Go(func() { b.create(t, s) })
	}
	writers.Wait()
	for b.caller.budget.spend() {
	}
	b.fail("BatchGetItem", 1, faultproxy.LeaveHalf())
	p, err := b.ListByUser(t.Context(), "alice", page(100))
	if want := session.PageDataBytes/size + 1; err != nil || len(p.Sessions) != want || p.Next == "" {
		t.Errorf("ListByUser shows %d sessions, %v; want %d and more to come", len(p.Sessions), err, want)
	}
}

func TestALateIndexIsHarmless(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	ids := b.createNumbered(t, 4)
	stranger := newSession("stranger")
	stranger.UserID = "bob"
	b.create(t, stranger)
	entry := func(id string, at int) map[string]string {
		created := noon.Add(time.Duration(at) * time.Microsecond)
		return map[string]string{"id": id, "userId": "alice", "createdAt": created.Format(timeLayout)}
	}
	for name, c := range map[string]struct {
		fault faultproxy.Fault
		want  []string
	}{
		"rows it does not have yet":  {faultproxy.HideRows(ids[1], ids[3]), []string{ids[0], ids[2]}},
		"all rows hidden":            {faultproxy.HideRows(ids...), nil},
		"a row that is gone":         {faultproxy.ShowRows(entry("gone", 0)), ids},
		"a row of another user":      {faultproxy.ShowRows(entry("stranger", 0)), ids},
		"a row at its former place":  {faultproxy.ShowRows(entry(ids[2], -1)), ids},
		"a row twice":                {faultproxy.ShowRows(entry(ids[0], 0)), ids},
		"a row that never was there": {faultproxy.ShowRows(entry("never", -5), entry("nor this", -4)), ids},
	} {
		remove := b.proxy.Add(faultproxy.Rule{Op: "Query", Fault: c.fault})
		p, err := b.ListByUser(t.Context(), "alice", page(100))
		var got []string
		for _, s := range p.Sessions {
			got = append(got, s.ID)
		}
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: ListByUser shows %v, %v; want %v", name, got, err, c.want)
		}
		remove()
	}
}

// TestAPageGoesOnAfterWhatALateIndexHid: the position is the index's, not that of
// the last row that was shown.
func TestAPageGoesOnAfterWhatALateIndexHid(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	ids := b.createNumbered(t, 6)
	b.fail("Query", 0, faultproxy.HideRows(ids[1], ids[2]))
	seen := map[string]int{}
	q := page(3)
	for range 10 {
		p, err := b.ListByUser(t.Context(), "alice", q)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range p.Sessions {
			seen[s.ID]++
		}
		if q.After = p.Next; p.Next == "" {
			break
		}
	}
	if want := map[string]int{ids[0]: 1, ids[3]: 1, ids[4]: 1, ids[5]: 1}; !maps.Equal(seen, want) {
		t.Errorf("the walk shows %v; want %v", seen, want)
	}
}
