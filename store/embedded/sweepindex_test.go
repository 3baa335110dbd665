package embedded

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	session "session-api"
)

func TestSweepRemovesARecordWhenItsTimeIsOver(t *testing.T) {
	t.Parallel()
	c, log := newClock(ends.Add(-time.Nanosecond)), newJournal()
	s := open(t, Options{fs: vfs.NewMem(), Now: c.now, Retention: time.Hour, Logger: log.logger()})
	before := keys(t, s)
	create(t, s, newSession("row"))
	later := record("later", 1, 0)
	later.ExpiresAt = ends.Add(time.Second)
	apply(t, s, session.Transaction{Records: []session.RecordWrite{record("row-key", 1, 0), later}})
	wantSwept(t, s, 0)
	wantVersion(t, s, "row-key", 1)
	c.set(ends)
	wantSwept(t, s, 1)
	wantVersion(t, s, "row-key", 0)
	wantVersion(t, s, "later", 1)
	wantData(t, s, "row", `{"n":1}`)
	if got := log.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "removed=0 records=1 ") || strings.Contains(got, "row-") {
		t.Errorf("the log should have one line with the counts alone:\n%s", got)
	}
	c.set(ends.Add(time.Hour))
	wantSwept(t, s, 2)
	if got := keys(t, s); !slices.Equal(got, before) {
		t.Errorf("the sweep left keys: %q", got)
	}
	// The key is free again.
	apply(t, s, session.Transaction{Records: []session.RecordWrite{record("row-key", 2, 0)}})
}

// TestSweepGoesByTheLastEndOfARecord replaces records by ones that end later and
// earlier, and one that is past the mark of the sweep already.
func TestSweepGoesByTheLastEndOfARecord(t *testing.T) {
	t.Parallel()
	c := newClock(ends)
	s := open(t, Options{fs: vfs.NewMem(), Now: c.now})
	before := keys(t, s)
	later, earlier := record("later", 1, 0), record("earlier", 1, 0)
	earlier.ExpiresAt = ends.Add(2 * time.Hour)
	apply(t, s, session.Transaction{Records: []session.RecordWrite{later, earlier}})
	later, earlier = record("later", 2, 1), record("earlier", 2, 1)
	later.ExpiresAt = ends.Add(time.Hour)
	apply(t, s, session.Transaction{Records: []session.RecordWrite{later}})
	wantSwept(t, s, 0)
	apply(t, s, session.Transaction{Records: []session.RecordWrite{earlier}})
	wantSwept(t, s, 1)
	wantVersion(t, s, "earlier", 0)
	wantVersion(t, s, "later", 2)
	c.set(later.ExpiresAt)
	wantSwept(t, s, 1)
	if got := keys(t, s); !slices.Equal(got, before) {
		t.Errorf("the sweep left keys: %q", got)
	}
}

func TestSweepLeavesARecordInUseForTheNextSweep(t *testing.T) {
	t.Parallel()
	s := open(t, Options{fs: vfs.NewMem(), Now: newClock(ends).now})
	apply(t, s, session.Transaction{Records: []session.RecordWrite{record("a", 1, 0), record("b", 1, 0)}})
	lock := mustAcquire(t, s.records, "a")
	wantSwept(t, s, 1)
	wantVersion(t, s, "a", 1)
	lock.release()
	wantSwept(t, s, 1)
}

func TestSweepRemovesAnAliasWhenItsRetentionIsOver(t *testing.T) {
	t.Parallel()
	c := newClock(ends)
	s := open(t, Options{fs: vfs.NewMem(), Now: c.now, Retention: time.Minute})
	wantSwept(t, s, 0)
	before := keys(t, s)
	// One alias ends in the very second of its session, one before the mark of
	// the sweep.
	create(t, s, newSession("same"), newSession("early"))
	early := ending("early", "to")
	early.Alias.Until = now.Truncate(time.Second)
	apply(t, s, session.Transaction{End: []session.Ending{ending("same", "to"), early}})
	if got := keys(t, s); len(got) != len(before)+4 {
		t.Errorf("two aliases have the keys %q", got)
	}
	wantSwept(t, s, 1)
	wantData(t, s, "early", "")
	wantAlias(t, s, "same", "to")
	c.set(ends.Add(time.Minute))
	wantSwept(t, s, 1)
	if got := keys(t, s); !slices.Equal(got, before) {
		t.Errorf("the sweep left keys: %q", got)
	}
	// The id is free again.
	create(t, s, newSession("same"))
}

func TestSweepGoesByTheTimeThatARowWasGivenLast(t *testing.T) {
	t.Parallel()
	c := newClock(ends)
	s := open(t, Options{fs: vfs.NewMem(), Now: c.now})
	before := keys(t, s)
	create(t, s, newSession("later"), fullSession("earlier"), newSession("same"))
	for id, to := range map[string]time.Time{"later": ends.Add(time.Hour), "earlier": ends.Add(2 * time.Hour), "same": ends} {
		if err := retime(t.Context(), s, id, to); err != nil {
			t.Fatal(err)
		}
	}
	wantSwept(t, s, 1)
	wantData(t, s, "same", "")
	// Its new end is before the mark of the sweep.
	if err := retime(t.Context(), s, "earlier", now.Truncate(time.Second)); err != nil {
		t.Fatal(err)
	}
	wantSwept(t, s, 1)
	wantData(t, s, "earlier", "")
	wantData(t, s, "later", `{"n":1}`)
	c.set(ends.Add(time.Hour))
	wantSwept(t, s, 1)
	if got := keys(t, s); !slices.Equal(got, before) {
		t.Errorf("the sweep left keys: %q", got)
	}
}

// TestAListGoesByTheTimeThatARowWasGivenLast matters to the by-user index, which
// tells of the end so that a list need not read the row.
func TestAListGoesByTheTimeThatARowWasGivenLast(t *testing.T) {
	t.Parallel()
	s := open(t, Options{fs: vfs.NewMem()})
	create(t, s, newSession("row"))
	for _, to := range []time.Time{ends.Add(time.Hour), ends.Add(-time.Minute)} {
		if err := retime(t.Context(), s, "row", to); err != nil {
			t.Fatal(err)
		}
		for _, at := range []time.Time{to.Add(-time.Nanosecond), to} {
			p, err := s.ListByUser(t.Context(), "ann", session.PageQuery{Now: at, Limit: 1})
			if want := at.Before(to); err != nil || (len(p.Sessions) == 1) != want {
				t.Errorf("with an end at %v the list has %d sessions at %v, %v", to, len(p.Sessions), at, err)
			}
		}
	}
}

// TestSweepRemovesWhatIsThereNow makes a row anew, for another user and with the
// same end, after the sweep has read the index.
func TestSweepRemovesWhatIsThereNow(t *testing.T) {
	t.Parallel()
	s := open(t, Options{fs: vfs.NewMem()})
	before := keys(t, s)
	create(t, s, newSession("row"))
	entries, _, err := s.sweeper.due(s.sweeper.rows, endBound(expiryPrefix, 0), ends.Unix())
	if err != nil || len(entries) != 1 {
		t.Fatalf("due = %v, %v", entries, err)
	}
	if err := end(t.Context(), s, "row"); err != nil {
		t.Fatal(err)
	}
	fresh := newSession("row")
	fresh.UserID = "bob"
	create(t, s, fresh)
	work := &commit{batch: s.db.NewBatch()}
	if err := s.sweeper.take(s.sweeper.rows, entries[0], work, &sweptStep{}); err != nil || len(work.locks) != 1 {
		t.Fatalf("take has %d rows, %v; want 1", len(work.locks), err)
	}
	if err := s.committer.submit(t.Context(), work); err != nil {
		t.Fatal(err)
	}
	if got := keys(t, s); !slices.Equal(got, before) {
		t.Errorf("the sweep left keys: %q", got)
	}
}
