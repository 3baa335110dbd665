package embedded

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	session "session-api"
)

// countingLocks are locks over one stored row, and how often it was loaded.
func countingLocks(row *session.Session) (*rowLocks, *int) {
	loads := 0
	return newTestLocks(func(string) (*session.Session, error) { loads++; return row.Clone(), nil }), &loads
}

func mustRead(t *testing.T, l *rowLocks, id string) *session.Session {
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
	for name, lock := range map[string]func(*rowLocks) *rowLock{
		"taken":      func(l *rowLocks) *rowLock { return l.tryAcquire("row") },
		"waited for": func(l *rowLocks) *rowLock { r, _ := l.acquire(t.Context(), "row"); return r },
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
	var l *rowLocks
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
		sh.keep(row, sh.word.Load())
		bytes := 0
		for _, kept := range sh.kept.rows {
			bytes += hotSize(kept)
		}
		if bytes != sh.kept.bytes || bytes > hotBytes/lockShards {
			t.Fatalf("after %d rows %d bytes are kept, counted as %d", i+1, bytes, sh.kept.bytes)
		}
		if sh.hot(row.ID) == nil {
			t.Fatal("the row that was read last is not kept")
		}
	}
	row.ID, row.Data = "large", make([]byte, maxHotRow)
	sh.keep(row, sh.word.Load())
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
	sh.keep(newSession("row"), word)
	if sh.hot("row") != nil {
		t.Error("a row from before a write was kept")
	}
}
