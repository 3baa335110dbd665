package dynamo

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"session-api"
	"session-api/store/dynamo/faultproxy"
)

// crowd is a bench with one read under way, whose call is held, so that others
// collect behind it.
type crowd struct {
	*bench
	release func()
	held    chan error // what the held read returned
	got     sync.WaitGroup
	ended   atomic.Int64 // reads of getAll
}

// newCrowd returns one whose reads share calls from the second on. They wait for
// the held call, or for a hundred, and for no clock.
func newCrowd(t testing.TB, o Options) *crowd {
	t.Helper()
	o.CoalesceFrom = 1
	c := &crowd{bench: newBench(t, o), held: make(chan error, 1)}
	c.create(t, newSession("first"))
	c.hold(t)
	return c
}

// hold has a read of "first" wait in its call until release. Those who come then do
// not leave by the clock.
func (c *crowd) hold(t testing.TB) {
	t.Helper()
	defer c.lanes(func(l *lane) { l.left = time.Now().Add(time.Hour) })
	arrived, open := make(chan struct{}), make(chan struct{})
	c.release = sync.OnceFunc(func() { close(open) })
	t.Cleanup(c.release)
	remove := c.proxy.Add(faultproxy.Rule{Op: "GetItem", Times: 1, Fault: func(x *faultproxy.Exchange) {
		close(arrived)
		<-open
		passOn(x)
	}})
	go func() { _, err := c.Get(context.WithoutCancel(t.Context()), "first"); c.held <- err }()
	<-arrived
	remove()
	c.proxy.ResetCalls()
}

// lanes does something with both lanes.
func (c *crowd) lanes(do func(*lane)) {
	for _, l := range []*lane{&c.reads.eventual, &c.reads.consistent} {
		l.mu.Lock()
		do(l)
		l.mu.Unlock()
	}
}

// createAll makes n sessions and returns their ids.
func (c *crowd) createAll(t testing.TB, n int) (ids []string) {
	t.Helper()
	var writers sync.WaitGroup
	for i := range n {
		s := newSession(fmt.Sprintf("row-%03d", i))
		s.Data = fmt.Appendf(nil, `{"n":%d}`, i)
		ids = append(ids, s.ID)
		writers.Go(func() { c.create(t, s) })
	}
	writers.Wait()
	return ids
}

// answer is what a read returned.
type answer struct {
	*session.Session
	err error
}

// getAll has ids read at once, and returns when all of them wait for a shared call
// that has not left. The answers are there after got.Wait.
func (c *crowd) getAll(t testing.TB, ctx context.Context, ids ...string) []answer {
	t.Helper()
	before := c.waiting()
	all := make([]answer, len(ids))
	for i, id := range ids {
		c.got.Go(func() {
			all[i].Session, all[i].err = c.Get(ctx, id)
			c.ended.Add(1)
		})
	}
	until(t, func() bool { return c.waiting() == before+len(ids) })
	return all
}

// waiting returns how many readers wait for what has not left.
func (c *crowd) waiting() (n int) {
	c.lanes(func(l *lane) {
		if l.next != nil {
			n += l.next.readers
		}
	})
	return n
}

// until returns when done does, which goes without saying or else hangs.
func until(t testing.TB, done func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !done(); runtime.Gosched() {
		if time.Now().After(end) {
			t.Fatal("what must happen has not happened within a minute")
		}
	}
}

// wantOwn fails unless every read found its own session.
func wantOwn(t testing.TB, ids []string, all []answer) {
	t.Helper()
	for i, a := range all {
		if want := fmt.Sprintf(`{"n":%s}`, trimZeros(ids[i])); a.err != nil || a.ID != ids[i] || string(a.Data) != want {
			t.Errorf("the read of %s returned %+v, %v", ids[i], a.Session, a.err)
		}
	}
}

func trimZeros(id string) string {
	var n int
	_, _ = fmt.Sscanf(id, "row-%d", &n)
	return fmt.Sprint(n)
}

// batchRequest is a BatchGetItem as it arrives.
type batchRequest struct {
	RequestItems map[string]struct {
		Keys           []map[string]struct{ S string }
		ConsistentRead bool
	}
}

// batches has the BatchGetItems that arrive kept, before what else happens to them.
func (c *crowd) batches(t testing.TB, then faultproxy.Fault) *seen {
	s := &seen{}
	c.proxy.Add(faultproxy.Rule{Op: "BatchGetItem", Fault: func(x *faultproxy.Exchange) {
		var r batchRequest
		if err := json.Unmarshal(x.Body, &r); err != nil {
			t.Error(err)
		}
		s.add(r)
		then(x)
	}})
	return s
}

type seen struct {
	mu  sync.Mutex
	all []batchRequest
}

func (s *seen) add(r batchRequest) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, r)
}

// keys returns the ids of each batch, sorted.
func (s *seen) keys() (all [][]string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.all {
		var ids []string
		for _, table := range r.RequestItems {
			for _, key := range table.Keys {
				ids = append(ids, key["id"].S)
			}
		}
		slices.Sort(ids)
		all = append(all, ids)
	}
	return all
}
