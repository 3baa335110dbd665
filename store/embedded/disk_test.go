package embedded

import (
	"context"
	"errors"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	session "session-api"
)

const quick = time.Millisecond

// TestFailingLogRefusesWritesAndLosesNothing breaks the log in each way that it
// can break and looks at the store before and after the restart.
func TestFailingLogRefusesWritesAndLosesNothing(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]func(errorfs.Op) error{
		"write": failing(syscall.EIO, errorfs.OpFileWrite),
		"sync":  failing(syscall.EIO, errorfs.OpFileSync, errorfs.OpFileSyncData),
		// After a failed sync the data may be gone: no second try.
		"sync without space": failing(syscall.ENOSPC, errorfs.OpFileSync, errorfs.OpFileSyncData),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, log := newDisk(), newJournal()
			s := open(t, Options{fs: d, Logger: log.logger(), retryEvery: quick})
			create(t, s, newSession("row-1"), newSession("row-2"))
			d.fail(onLog(fault))

			wantError(t, "Create on a failing disk", s.Create(t.Context(), newSession("row-3")), session.ErrUnavailable)
			d.fail(nil)
			wantError(t, "Update after the failure", update(t.Context(), s, "row-1", `2`), session.ErrUnavailable)
			wantError(t, "Delete after the failure", end(t.Context(), s, "row-2"), session.ErrUnavailable)
			wantError(t, "Retime after the failure", retime(t.Context(), s, "row-1", ends), session.ErrUnavailable)
			tx := session.Transaction{End: []session.Ending{ending("row-1", "row-2"), ending("row-2", "")}}
			wantError(t, "Apply after the failure", s.Apply(t.Context(), tx), session.ErrUnavailable)
			_, err := s.Status(t.Context())
			wantError(t, "Status after the failure", err, session.ErrUnavailable)

			wantData(t, s, "row-1", `{"n":1}`)
			wantData(t, s, "row-2", `{"n":1}`)
			wantData(t, s, "row-3", "")
			listed(t, s, 10)
			log.await("restart")
			if n := strings.Count(log.String(), "level=ERROR"); n != 1 {
				t.Errorf("the log should say once what to do:\n%s", log)
			}
			wantError(t, "Close after the failure", s.Close(), session.ErrUnavailable)

			again := open(t, Options{fs: d.afterCrash()})
			wantData(t, again, "row-1", `{"n":1}`)
			wantData(t, again, "row-2", `{"n":1}`)
			// The same process may open the directory again as well.
			wantData(t, open(t, Options{fs: d}), "row-1", `{"n":1}`)
		})
	}
}

func TestFailingDiskAnswersAllWaitingWriters(t *testing.T) {
	t.Parallel()
	d := newDisk()
	s := open(t, Options{fs: d})
	create(t, s, newSession("row"))
	d.fail(onLog(failing(syscall.EIO, errorfs.OpFileSync, errorfs.OpFileSyncData)))
	together(t, 64, func(i int) error {
		err := update(context.Background(), s, "row", `"new"`)
		if !errors.Is(err, session.ErrUnavailable) {
			return err
		}
		return nil
	})
	wantData(t, s, "row", `{"n":1}`)
}

// TestFailureInTheBackgroundStopsWritesOnly breaks every file but the log while
// a memtable is flushed: Pebble would end the process over the manifest.
func TestFailureInTheBackgroundStopsWritesOnly(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]func(errorfs.Op) error{
		"table":    failing(syscall.EIO, errorfs.OpCreate),
		"manifest": onManifest(failing(syscall.EIO, errorfs.OpFileSync, errorfs.OpFileSyncData)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDisk()
			s := open(t, Options{fs: d})
			create(t, s, newSession("row"))
			d.fail(fault)
			go func() { _, _ = s.db.AsyncFlush() }()
			<-s.health.halted()
			wantError(t, "Create after the failure", s.Create(t.Context(), newSession("row-2")), session.ErrUnavailable)
			wantData(t, s, "row", `{"n":1}`)
			wantError(t, "Close after the failure", s.Close(), session.ErrUnavailable)
			wantData(t, open(t, Options{fs: d.afterCrash()}), "row", `{"n":1}`)
		})
	}
}

func onManifest(fault func(errorfs.Op) error) func(errorfs.Op) error {
	return func(op errorfs.Op) error {
		if strings.Contains(op.Path, "MANIFEST") {
			return fault(op)
		}
		return nil
	}
}

func TestFullDiskRefusesWritesUntilThereIsSpace(t *testing.T) {
	t.Parallel()
	d, log := newDisk(), newJournal()
	s := open(t, Options{fs: d, Logger: log.logger(), retryEvery: quick})
	create(t, s, newSession("row-1"))
	d.fail(onLog(failing(syscall.ENOSPC, errorfs.OpFileWrite)))

	wantError(t, "Create on a full disk", s.Create(t.Context(), newSession("row-2")), session.ErrUnavailable)
	wantError(t, "the next Create", s.Create(t.Context(), newSession("row-3")), session.ErrUnavailable)
	_, err := s.Status(t.Context())
	wantError(t, "Status on a full disk", err, session.ErrUnavailable)
	wantData(t, s, "row-1", `{"n":1}`)
	wantData(t, s, "row-2", "")

	d.fail(nil)
	log.await("There is room again")
	if _, err := s.Status(t.Context()); err != nil {
		t.Errorf("Status with room again: %v", err)
	}
	create(t, s, newSession("row-3"))
	// It was on its way when the disk filled up, so it may be stored, and is.
	wantData(t, s, "row-2", `{"n":1}`)
	wantData(t, open(t, Options{fs: d.afterCrash()}), "row-3", `{"n":1}`)
}

func TestCloseDoesNotWaitForSpace(t *testing.T) {
	t.Parallel()
	d := newDisk()
	s := open(t, Options{fs: d, retryEvery: quick})
	create(t, s, newSession("row-1"))
	d.fail(failing(syscall.ENOSPC, errorfs.OpFileWrite, errorfs.OpCreate))
	wantError(t, "Create on a full disk", s.Create(t.Context(), newSession("row-2")), session.ErrUnavailable)
	wantError(t, "Close on a full disk", s.Close(), session.ErrUnavailable)
	select {
	case <-s.health.brokenCh:
	default:
		t.Error("what waits for space would still write after Close")
	}
	wantData(t, open(t, Options{fs: d.afterCrash()}), "row-1", `{"n":1}`)
}

func TestReserveRefusesWritesBeforeTheDiskIsFull(t *testing.T) {
	t.Parallel()
	d, log := newDisk(), newJournal()
	s := open(t, Options{fs: d, Logger: log.logger(), retryEvery: time.Nanosecond})
	free := func(n uint64) { d.mem.TestingSetDiskUsage(vfs.DiskUsage{AvailBytes: n, TotalBytes: 1 << 40}) }
	free(reserveBytes)
	create(t, s, newSession("row-1"), newSession("row-2"))

	free(reserveBytes - 1)
	wantError(t, "Create below the reserve", s.Create(t.Context(), newSession("row-4")), session.ErrUnavailable)
	wantError(t, "Update below the reserve", update(t.Context(), s, "row-1", `2`), session.ErrUnavailable)
	wantError(t, "Retime below the reserve", retime(t.Context(), s, "row-1", ends), session.ErrUnavailable)
	tx := session.Transaction{End: []session.Ending{ending("row-1", "")}}
	wantError(t, "Apply below the reserve", s.Apply(t.Context(), tx), session.ErrUnavailable)
	_, err := s.Status(t.Context())
	wantError(t, "Status below the reserve", err, session.ErrUnavailable)
	if err := end(t.Context(), s, "row-1"); err != nil {
		t.Errorf("Delete below the reserve, which makes room: %v", err)
	}

	free(deleteReserveBytes - 1)
	wantError(t, "Delete on a disk that is all but full", end(t.Context(), s, "row-2"), session.ErrUnavailable)

	free(reserveBytes)
	if _, err := s.Status(t.Context()); err != nil {
		t.Errorf("Status with space again: %v", err)
	}
	create(t, s, newSession("row-4"))
	if got := log.String(); !strings.Contains(got, "almost full") || !strings.Contains(got, "has space again") {
		t.Errorf("the log does not tell:\n%s", got)
	}
}

func TestHangingDiskHoldsNobodyBeyondTheContext(t *testing.T) {
	t.Parallel()
	d := newDisk()
	s := open(t, Options{fs: d, stallAfter: time.Nanosecond})
	create(t, s, newSession("row-1"))
	waiting, goOn := d.hang()
	t.Cleanup(goOn)

	ctx, cancel := context.WithCancel(t.Context())
	outcome := make(chan error, 1)
	go func() { outcome <- s.Create(ctx, newSession("row-2")) }()
	<-waiting
	wantData(t, s, "row-1", `{"n":1}`)
	cancel()
	wantError(t, "Create on a hanging disk", <-outcome, session.ErrUnavailable)

	_, err := s.Status(t.Context())
	wantError(t, "Status on a disk that hangs", err, session.ErrUnavailable)
	wantError(t, "Create on a disk known to hang", s.Create(t.Context(), newSession("row-3")), session.ErrUnavailable)

	// The read waits for what became of the write that was given up.
	got := make(chan error, 1)
	go func() { _, err := s.Get(context.Background(), "row-2"); got <- err }()
	goOn()
	if err := <-got; err != nil {
		t.Errorf("Get of a row whose write was given up and succeeded: %v", err)
	}
	create(t, s, newSession("row-3"))
}

func TestCloseGivesUpOnAHangingDisk(t *testing.T) {
	t.Parallel()
	d := newDisk()
	s := open(t, Options{fs: d, closeWithin: quick})
	create(t, s, newSession("row-1"))
	waiting, goOn := d.hang()
	t.Cleanup(goOn)
	outcome := make(chan error, 1)
	go func() { outcome <- s.Create(context.Background(), newSession("row-2")) }()
	<-waiting
	wantError(t, "Close on a hanging disk", s.Close(), session.ErrUnavailable)
	wantError(t, "the write that hung", <-outcome, session.ErrUnavailable)
	wantError(t, "Update after Close", update(t.Context(), s, "row-1", `2`), session.ErrUnavailable)
}
