package tally_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"session-api/internal/tally"
)

func TestTheFirstIsToldAtOnceAndTheOthersTogether(t *testing.T) {
	t.Parallel()
	var c tally.Tally
	now := time.Unix(1_700_000_000, 0)
	if n := c.Add(now); n != 1 {
		t.Errorf("the first is told as %d", n)
	}
	for range 5 {
		if n := c.Add(now.Add(tally.Pause - 1)); n != 0 {
			t.Errorf("within the pause %d are told", n)
		}
	}
	if n := c.Add(now.Add(tally.Pause)); n != 6 {
		t.Errorf("after the pause %d are told, not 6", n)
	}
}

func TestNoneIsLostOrToldTwice(t *testing.T) {
	t.Parallel()
	var c tally.Tally
	var told, at atomic.Int64
	var adding sync.WaitGroup
	for range 8 {
		adding.Go(func() {
			for range 1000 {
				told.Add(c.Add(time.Unix(at.Add(1), 0)))
			}
		})
	}
	adding.Wait()
	told.Add(c.Add(time.Unix(1<<32, 0)))
	if told.Load() != 8001 {
		t.Errorf("%d are told, not 8001", told.Load())
	}
}
