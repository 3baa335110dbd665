//go:build !race

// With the race detector, pools drop what they are given.

package embedded

import (
	"strconv"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	session "session-api"
)

// TestCallsAllocateNoMoreThanTheyDid holds what a request costs where a clock is too
// coarse. Who lowers a figure lowers its bound here.
func TestCallsAllocateNoMoreThanTheyDid(t *testing.T) { // not parallel: it counts what the process allocates
	s := open(t, Options{fs: vfs.NewMem()})
	hot := benchSession(0)
	create(t, s, hot)
	const runs = 500
	fresh := make([]*session.Session, runs+1) // one run warms
	for i := range fresh {
		fresh[i] = benchSession(1)
		fresh[i].ID += strconv.Itoa(i)
	}
	next := 0
	for _, c := range []struct {
		name string
		most float64
		call func() error
	}{
		{"Get of a row that is kept", 2, func() error { _, err := s.Get(t.Context(), hot.ID); return err }},
		{"Get of a row that Pebble must find", 6, func() error {
			s.locks.shard(hot.ID).drop(hot.ID)
			_, err := s.Get(t.Context(), hot.ID)
			return err
		}},
		{"Create", 16, func() error { next++; return s.Create(t.Context(), fresh[next-1]) }},
	} {
		took := testing.AllocsPerRun(runs, func() {
			if err := c.call(); err != nil {
				t.Error(err)
			}
		})
		if took > c.most {
			t.Errorf("%s took %v allocations; want at most %v", c.name, took, c.most)
		}
	}
}
