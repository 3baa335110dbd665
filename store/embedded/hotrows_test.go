package embedded

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	session "session-api"
)

// countingLocks are locks over one stored row, and how often it was loaded.
func countingLocks(row *session.Session) (*rowLocks[session.Session], *int) {
	loads := 0
	return newTestLocks(func(string) (*session.Session, error) { loads++; return row.Clone(), nil }), &loads
}

func mustRead(t *testing.T, l *rowLocks[session.Session], id string) *session.Session {
	t.Helper()
	s, err := l.read(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestARowReadTwiceIsLoadedOnce(t *testing.T) {
	t.Parallel()
	l, loads := countingLocks(newSession("row"))
	first := mustRead(t, l, "row")
	first.Data[0] = 'X' // a caller may change what it was handed
	if second := mustRead(t, l, "row"); *loads != 1 || string(second.Data) != `{"n":1}` {
		t.Errorf("%d loads; the data is %s", *loads, second.Data)
	}
}

func TestALockedRowIsNotKept(t *testing.T) {
	t.Parallel()
	for name, lock := range map[string]func(*rowLocks[session.Session]) *rowLock[session.Session]{
		"taken": func(l *rowLocks[session.Session]) *rowLock[session.Session] { return l.tryAcquire("row") },
		"waited for": func(l *rowLocks[session.Session]) *rowLock[session.Session] {
			r, _ := l.acquire(t.Context(), "row")
			return r
		},
	} {
		row := newSession("row")
		l, loads := countingLocks(row)
		mustRead(t, l, "row")
		held := lock(l)
		row.Version = 2
		held.release()
		if got := mustRead(t, l, "row"); got.Version != 2 || *loads != 2 {
			t.Errorf("%s: after a write the version is %d, after %d loads", name, got.Version, *loads)
		}
	}
}

// TestAReadThatAWriteOvertookKeepsNothing begins and ends a write while the read
// loads: what it found is from before.
func TestAReadThatAWriteOvertookKeepsNothing(t *testing.T) {
	t.Parallel()
	var l *rowLocks[session.Session]
	loads := 0
	l = newTestLocks(func(id string) (*session.Session, error) {
		row := newSession(id)
		if loads++; loads == 1 {
			mustAcquire(t, l, id).release()
		} else {
			row.Version = 2
		}
		return row, nil
	})
	mustRead(t, l, "row")
	if got := mustRead(t, l, "row"); got.Version != 2 {
		t.Errorf("a row from before the write was kept: version %d", got.Version)
	}
}

func TestKeptRowsStayWithinTheirBound(t *testing.T) {
	t.Parallel()
	s := open(t, Options{fs: vfs.NewMem()})
	row := newSession("row")
	row.Data = []byte(`"` + strings.Repeat("x", 3000) + `"`)
	sh := &s.locks.shards[0]
	for i := range 100 {
		row.ID = fmt.Sprint("row-", i)
		s.locks.keep(sh, row.ID, row, sh.word.Load())
		bytes := 0
		for _, kept := range sh.kept.rows {
			bytes += hotSize(kept.row)
		}
		if bytes != sh.kept.bytes || bytes > hotBytes/lockShards {
			t.Fatalf("after %d rows %d bytes are kept, counted as %d", i+1, bytes, sh.kept.bytes)
		}
		if sh.hot(row.ID) == nil {
			t.Fatal("the row that was read last is not kept")
		}
	}
	row.ID, row.Data = "large", make([]byte, maxHotRow)
	s.locks.keep(sh, row.ID, row, sh.word.Load())
	if sh.hot("large") != nil {
		t.Error("a large row was kept")
	}
}

// TestARowIsNotKeptOnceAWriteHasBegun is the moment after the last look of a read
// at the lock and before it keeps what it found.
func TestARowIsNotKeptOnceAWriteHasBegun(t *testing.T) {
	t.Parallel()
	l, _ := countingLocks(newSession("row"))
	sh := l.shard("row")
	word := sh.word.Load()
	mustAcquire(t, l, "row").release()
	l.keep(sh, "row", newSession("row"), word)
	if sh.hot("row") != nil {
		t.Error("a row from before a write was kept")
	}
}

// TestEveryWriteDropsItsRow reads the row so that it is kept, writes, and reads.
func TestEveryWriteDropsItsRow(t *testing.T) {
	t.Parallel()
	later := ends.Add(time.Hour)
	for name, test := range map[string]struct {
		write func(s *Store) error
		want  func(got *session.Session, err error) bool
	}{
		"Retime": {
			func(s *Store) error { return retime(t.Context(), s, "row", later) },
			func(got *session.Session, err error) bool { return err == nil && got.ExpiresAt.Equal(later) },
		},
		"an ending": {
			func(s *Store) error {
				return s.Apply(t.Context(), session.Transaction{End: []session.Ending{ending("row", "")}})
			},
			func(_ *session.Session, err error) bool { return errors.Is(err, session.ErrNotFound) },
		},
		"an alias": {
			func(s *Store) error {
				return s.Apply(t.Context(), session.Transaction{End: []session.Ending{ending("row", "to")}})
			},
			func(got *session.Session, err error) bool { return err == nil && got.RotatedTo == "to" },
		},
	} {
		s := open(t, Options{fs: vfs.NewMem()})
		create(t, s, newSession("row"))
		wantData(t, s, "row", `{"n":1}`)
		if s.locks.shard("row").hot("row") == nil {
			t.Fatal("a row that was read is not kept")
		}
		if err := test.write(s); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Get(t.Context(), "row"); !test.want(got, err) {
			t.Errorf("Get after %s = %+v, %v", name, got, err)
		}
	}
}

// TestAKeptRowIsCountedWhole compares what is counted with what the structs have.
func TestAKeptRowIsCountedWhole(t *testing.T) {
	t.Parallel()
	if size := int(reflect.TypeFor[session.Session]().Size()); hotOverhead < size+100 {
		t.Errorf("the struct of a session has %d bytes; %d are counted for it and its place", size, hotOverhead)
	}
	small, large := newSession("row"), fullSession("row")
	texts := 0
	for _, text := range append(large.Auth.AMR, large.Client.IP, large.Client.UserAgent, large.Client.DeviceName, large.Client.Label, large.Auth.ACR) {
		texts += len(text)
	}
	if got, want := hotSize(large)-hotSize(small), texts+2*textOverhead; got != want {
		t.Errorf("%d bytes are counted for what a session says of its origin; want %d", got, want)
	}
}

func TestRecordsAreNotKept(t *testing.T) {
	t.Parallel()
	s := open(t, Options{fs: vfs.NewMem()})
	apply(t, s, session.Transaction{Records: []session.RecordWrite{record("key", 1, 0)}})
	wantVersion(t, s, "key", 1)
	if s.records.shard("key").hot("key") != nil {
		t.Error("a record that was read is kept")
	}
}
