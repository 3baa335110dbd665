//go:build !race

// With the race detector, pools drop what they are given.

package session_test

import (
	"testing"
	"time"

	"session-api"
	"session-api/store/memory"
)

// TestTheServiceAllocatesNoMoreThanItDid holds what the rules cost, on an engine that
// costs next to nothing. Who lowers a figure lowers its bound here.
func TestTheServiceAllocatesNoMoreThanItDid(t *testing.T) { // not parallel: it counts what the process allocates
	store := memory.New()
	t.Cleanup(func() { _ = store.Close() })
	s, err := session.NewService(store, session.Options{TTL: time.Hour, CursorKey: make([]byte, session.CursorKeyBytes)})
	if err != nil {
		t.Fatal(err)
	}
	n := session.New{UserID: "ann", Data: []byte(`{"cart":[1,2,3]}`)}
	made, err := s.Create(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		most float64
		call func() error
	}{
		{"Get", 2, func() error { _, err := s.Get(t.Context(), made.ID); return err }},
		{"Create", 8, func() error { _, err := s.Create(t.Context(), n); return err }},
	} {
		took := testing.AllocsPerRun(500, func() {
			if err := c.call(); err != nil {
				t.Error(err)
			}
		})
		if took > c.most {
			t.Errorf("%s took %v allocations; want at most %v", c.name, took, c.most)
		}
	}
}
