package embedded

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	session "session-api"
)

// clock is a clock that tests set.
type clock struct{ at atomic.Pointer[time.Time] }

func newClock(at time.Time) *clock {
	c := &clock{}
	c.set(at)
	return c
}

func (c *clock) set(at time.Time) { c.at.Store(&at) }
func (c *clock) now() time.Time   { return *c.at.Load() }

// wantSwept runs a sweep and fails unless it removes n rows.
func wantSwept(t *testing.T, s *Store, n int) {
	t.Helper()
	if got := s.sweeper.sweep(t.Context()); got != n {
		t.Errorf("the sweep removed %d rows; want %d", got, n)
	}
}

func TestSweepRemovesARowWhenItsRetentionIsOver(t *testing.T) {
	t.Parallel()
	c := newClock(now)
	s := open(t, Options{fs: vfs.NewMem(), Now: c.now, Retention: time.Hour})
	create(t, s, newSession("row"))
	for _, at := range []time.Time{now, ends, ends.Add(time.Hour - time.Nanosecond)} {
		c.set(at)
		wantSwept(t, s, 0)
		wantData(t, s, "row", `{"n":1}`)
	}
	c.set(ends.Add(time.Hour))
	wantSwept(t, s, 1)
	wantData(t, s, "row", "")
	if left := keys(t, s); len(left) != 1 {
		t.Errorf("the sweep left keys: %q", left)
	}
	// The id is free again.
	create(t, s, newSession("row"))
}

// keys returns all keys in the database.
func keys(t *testing.T, s *Store) (all []string) {
	t.Helper()
	iter, err := s.db.NewIter(nil)
	if err != nil {
		t.Fatal(err)
	}
	for ok := iter.First(); ok; ok = iter.Next() {
		all = append(all, string(iter.Key()))
	}
	if err := iter.Close(); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestDeleteLeavesNoKeyBehind(t *testing.T) {
	t.Parallel()
	s := open(t, Options{fs: vfs.NewMem()})
	before := keys(t, s)
	create(t, s, newSession("row"))
	if err := update(t.Context(), s, "row", `2`); err != nil {
		t.Fatal(err)
	}
	if got := keys(t, s); len(got) != len(before)+3 {
		t.Errorf("a session has the keys %q", got)
	}
	if err := end(t.Context(), s, "row"); err != nil {
		t.Fatal(err)
	}
	if got := keys(t, s); !slices.Equal(got, before) {
		t.Errorf("the delete left keys: %q", got)
	}
}

func TestSweepTakesManyStepsAndSparesWhatIsActive(t *testing.T) {
	t.Parallel()
	log := newJournal()
	c := newClock(ends)
	s := open(t, Options{fs: vfs.NewMem(), Now: c.now, Logger: log.logger()})
	const rows = 2*sweepStep + 10
	together(t, 50, func(i int) error {
		for n := i; n < rows; n += 50 {
			row := newSession(fmt.Sprintf("row-%04d", n))
			row.ExpiresAt = ends.Add(-time.Duration(n) * time.Second)
			if err := s.Create(context.Background(), row); err != nil {
				return err
			}
		}
		return nil
	})
	active := newSession("active")
	active.ExpiresAt = ends.Add(time.Second)
	create(t, s, active)
	wantSwept(t, s, rows)
	wantData(t, s, "active", `{"n":1}`)
	if got := log.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, fmt.Sprint("removed=", rows)) || strings.Contains(got, "row-") {
		t.Errorf("the log should have one line with the count alone:\n%s", got)
	}
}

func TestSweepFindsRowsThatAreOlderThanItsMark(t *testing.T) {
	t.Parallel()
	c := newClock(ends)
	s := open(t, Options{fs: vfs.NewMem(), Now: c.now})
	create(t, s, newSession("row-1"))
	wantSwept(t, s, 1)
	if low := s.sweeper.rows.low.Load(); low != ends.Unix()+1 {
		t.Errorf("the mark is %d; want %d, so that nothing is walked twice", low, ends.Unix()+1)
	}
	late := newSession("row-2")
	late.ExpiresAt = ends.Add(-24 * time.Hour)
	create(t, s, late)
	wantSwept(t, s, 1)
}

func TestSweepLeavesARowInUseForTheNextSweep(t *testing.T) {
	t.Parallel()
	c := newClock(ends)
	s := open(t, Options{fs: vfs.NewMem(), Now: c.now})
	create(t, s, newSession("row-1"), newSession("row-2"))
	lock := s.locks.tryAcquire("row-1")
	wantSwept(t, s, 1)
	wantData(t, s, "row-1", `{"n":1}`)
	lock.release()
	wantSwept(t, s, 1)
}

func TestSweepGoesOnWhereItWasStopped(t *testing.T) {
	t.Parallel()
	c := newClock(ends)
	s := open(t, Options{fs: vfs.NewMem(), Now: c.now})
	create(t, s, newSession("row"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if n := s.sweeper.sweep(ctx); n != 0 {
		t.Errorf("a sweep that was stopped removed %d rows", n)
	}
	wantSwept(t, s, 1)
}

// TestSweepChecksARowUnderItsLock makes a row anew, with another expiry, after
// the sweep has read the index.
func TestSweepChecksARowUnderItsLock(t *testing.T) {
	t.Parallel()
	s := open(t, Options{fs: vfs.NewMem()})
	create(t, s, newSession("row"))
	rows, _, err := s.sweeper.due(s.sweeper.rows, endBound(expiryPrefix, 0), ends.Unix())
	if err != nil || len(rows) != 1 {
		t.Fatalf("due = %v, %v", rows, err)
	}
	if err := end(t.Context(), s, "row"); err != nil {
		t.Fatal(err)
	}
	fresh := newSession("row")
	fresh.ExpiresAt = ends.Add(time.Hour)
	create(t, s, fresh)
	work := &commit{batch: s.db.NewBatch()}
	if err := s.sweeper.take(s.sweeper.rows, rows[0], work, &sweptStep{}); err != nil || len(work.locks) != 0 {
		t.Errorf("take has %d rows, %v; want none", len(work.locks), err)
	}
	if err := end(t.Context(), s, "row"); err != nil {
		t.Errorf("the row is still locked: %v", err)
	}
}

func TestSweepRunsByItself(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, err := Open(Options{Dir: "data", fs: vfs.NewMem(), Retention: time.Hour, sweepEvery: time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		row := newSession("row")
		row.ExpiresAt = time.Now().Truncate(time.Second).Add(time.Minute)
		create(t, s, row)
		time.Sleep(time.Hour + 30*time.Second)
		wantData(t, s, "row", `{"n":1}`)
		time.Sleep(90 * time.Second)
		wantData(t, s, "row", "")
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
}

func TestSweepAfterOpenFindsWhatExpiredMeanwhile(t *testing.T) {
	t.Parallel()
	mem := vfs.NewMem()
	s := open(t, Options{fs: mem})
	create(t, s, newSession("row"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	log := newJournal()
	s = open(t, Options{fs: mem, Now: newClock(ends).now, Logger: log.logger(), sweepEvery: time.Hour})
	log.await("removed=1")
	wantData(t, s, "row", "")
}

func TestSweepMakesRoomOnADiskBelowTheReserve(t *testing.T) {
	t.Parallel()
	d := newDisk()
	s := open(t, Options{fs: d, Now: newClock(ends).now, retryEvery: time.Nanosecond})
	create(t, s, newSession("row-1"))
	d.mem.TestingSetDiskUsage(vfs.DiskUsage{AvailBytes: reserveBytes - 1, TotalBytes: 1 << 40})
	wantSwept(t, s, 1)
	wantError(t, "Create below the reserve", s.Create(t.Context(), newSession("row-2")), session.ErrUnavailable)
}
