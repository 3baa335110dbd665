package embedded

import (
	"bytes"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"
	"github.com/cockroachdb/redact"

	session "session-api"
)

// narrowFile takes at most three bytes at a time and then lacks space.
type narrowFile struct {
	vfs.File
	got bytes.Buffer
}

func (f *narrowFile) Write(p []byte) (int, error) {
	if len(p) <= 3 {
		return f.got.Write(p)
	}
	n, _ := f.got.Write(p[:3])
	return n, syscall.ENOSPC
}

func guarded(fs vfs.FS, log *slog.Logger) *guardFS {
	g := &guardFS{FS: fs, health: newHealth(log), retryEvery: quick}
	g.armed.Store(true)
	return g
}

func TestWriteGoesOnWhereSpaceRanOut(t *testing.T) {
	t.Parallel()
	narrow := &narrowFile{}
	log := newJournal()
	f := &guardFile{File: narrow, guard: guarded(nil, log.logger())}
	if n, err := f.Write([]byte("0123456789")); n != 10 || err != nil || narrow.got.String() != "0123456789" {
		t.Errorf("Write = %d, %v and wrote %q", n, err, narrow.got.String())
	}
	if err := f.guard.health.err(); err != nil {
		t.Errorf("the store is still halted: %v", err)
	}
}

func TestOperationsWaitForWhatRunsOut(t *testing.T) {
	t.Parallel()
	for _, lack := range []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM} {
		t.Run(lack.Error(), func(t *testing.T) {
			t.Parallel()
			d := newDisk()
			g := guarded(d, slog.New(slog.DiscardHandler))
			if _, err := g.Create("old", vfs.WriteCategoryUnspecified); err != nil {
				t.Fatal(err)
			}
			// Each operation lacks something the first time. The second step of a
			// reuse must not repeat the first.
			var tried [errorfs.OpFileFlush + 1]atomic.Bool
			d.fail(func(op errorfs.Op) error {
				if op.Kind.ReadOrWrite() == errorfs.OpIsWrite && !tried[op.Kind].Swap(true) {
					return fmt.Errorf("injected: %w", lack)
				}
				return nil
			})
			f, err := g.ReuseForWrite("old", "new", vfs.WriteCategoryUnspecified)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.Write([]byte("x")); err != nil {
				t.Errorf("Write: %v", err)
			}
			if err := g.Rename("new", "newer"); err != nil {
				t.Errorf("Rename: %v", err)
			}
			if err := g.Link("newer", "link"); err != nil {
				t.Errorf("Link: %v", err)
			}
			if !tried[errorfs.OpRename].Load() || !tried[errorfs.OpFileWrite].Load() || !tried[errorfs.OpLink].Load() {
				t.Error("the faults were not met")
			}
		})
	}
}

// TestNothingIsWrittenAfterTheStoreWasAbandoned matters to the next owner of the
// directory.
func TestNothingIsWrittenAfterTheStoreWasAbandoned(t *testing.T) {
	t.Parallel()
	d, log := newDisk(), newJournal()
	g := guarded(d, log.logger())
	d.fail(failing(syscall.ENOSPC, errorfs.OpCreate))
	returned := make(chan error, 2)
	create := func(name string) { _, err := g.Create(name, vfs.WriteCategoryUnspecified); returned <- err }
	go create("waiting")
	log.await("until there is room")
	g.health.abandon(errClosed)
	d.fail(nil)
	go create("late")
	// The waiting operation is tried again each millisecond; a healthy guard
	// would have made both files long before these are made.
	for i := range 200 {
		if _, err := guarded(d, log.logger()).Create(fmt.Sprint(i), vfs.WriteCategoryUnspecified); err != nil {
			t.Fatal(err)
		}
		runtime.Gosched()
	}
	for _, name := range []string{"waiting", "late"} {
		if _, err := d.Stat(name); err == nil {
			t.Errorf("the file %q was made", name)
		}
	}
	if len(returned) > 0 {
		t.Errorf("Pebble was told: %v", <-returned)
	}
}

func TestPebbleLogsNoKeyAndNotAllDay(t *testing.T) {
	t.Parallel()
	log := newJournal()
	l := &pebbleLog{log: log.logger(), health: newHealth(log.logger())}
	for range 5 {
		l.Infof("flushed %s", "row-secret")
		l.Errorf("cannot read %s in %s", "row-secret", redact.Safe("file 7"))
	}
	if got := log.String(); strings.Contains(got, "row-secret") || !strings.Contains(got, "file 7") || strings.Count(got, "\n") != 1 {
		t.Errorf("the log should have one line with no key:\n%s", got)
	}
}

func TestFatalFaultOfPebbleStopsWritesNotTheProcess(t *testing.T) {
	t.Parallel()
	log := newJournal()
	h := newHealth(log.logger())
	go (&pebbleLog{log: log.logger(), health: h}).Fatalf("cannot go on at %s", "row-secret")
	<-h.halted()
	if err := h.err(); err == nil || strings.Contains(err.Error(), "row-secret") {
		t.Errorf("the cause is %v; want one that names no key", err)
	}
	log.await("restart")
}

func TestCorruptTableFailsTheReadNotTheProcess(t *testing.T) {
	t.Parallel()
	mem, log := vfs.NewMem(), newJournal()
	s := open(t, Options{fs: mem})
	const rows = 200
	for n := range rows {
		row := newSession(fmt.Sprintf("row-%03d", n))
		row.Data = benchData(n)
		create(t, s, row)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	// The last keys in the file are by-user keys, before them come the rows.
	corrupt(t, mem, 0.5)
	s = open(t, Options{fs: mem, Logger: log.logger()})
	failed := 0
	for n := range rows {
		if _, err := s.Get(t.Context(), fmt.Sprintf("row-%03d", n)); err != nil {
			wantError(t, "Get from the corrupt block", err, session.ErrUnavailable)
			failed++
		}
	}
	if failed == 0 || failed == rows {
		t.Errorf("%d of %d rows cannot be read; want those of one block", failed, rows)
	}
	if got := log.String(); strings.Contains(got, "row-") || !strings.Contains(got, "corrupt") {
		t.Errorf("the log should tell, and show no id:\n%s", got)
	}
}

// corrupt changes a byte of each table, at a fraction of its length.
func corrupt(t *testing.T, mem *vfs.MemFS, at float64) {
	t.Helper()
	dir := "data/" + databaseName
	names, err := mem.List(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if !strings.HasSuffix(name, ".sst") {
			continue
		}
		f, err := mem.OpenReadWrite(dir+"/"+name, vfs.WriteCategoryUnspecified)
		if err != nil {
			t.Fatal(err)
		}
		info, err := f.Stat()
		if err != nil {
			t.Fatal(err)
		}
		b := make([]byte, 1)
		offset := int64(at * float64(info.Size()))
		if _, err := f.ReadAt(b, offset); err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteAt([]byte{^b[0]}, offset); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestWritersThatArriveTogetherShareASync lets 64 writers queue up behind a sync.
func TestWritersThatArriveTogetherShareASync(t *testing.T) {
	t.Parallel()
	d := newDisk()
	s := open(t, Options{fs: d})
	waiting, goOn := d.hang()
	t.Cleanup(goOn)
	outcomes := make(chan error, 65)
	write := func(id string) { outcomes <- s.Create(t.Context(), newSession(id)) }
	go write("row-first")
	<-waiting
	for i := range 64 {
		go write(fmt.Sprintf("row-%d", i))
	}
	for len(s.committer.slots) < 65 || queued(s) < 64 {
		// All that is left to happen is that the writers run.
		runtime.Gosched()
	}
	goOn()
	for range 65 {
		if err := <-outcomes; err != nil {
			t.Error(err)
		}
	}
	if n := s.committer.syncs.Load(); n != 2 {
		t.Errorf("65 commits took %d syncs; want 2", n)
	}
}

func queued(s *Store) int {
	s.committer.mu.Lock()
	defer s.committer.mu.Unlock()
	return len(s.committer.queue)
}
