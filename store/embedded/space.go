package embedded

import (
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// How much of the disk stays free, in bytes.
const (
	// reserveBytes is the free space below which creates and updates are
	// refused: 64 MiB, and what the memtables that are full already need to
	// become files.
	reserveBytes = 64<<20 + memTables*memTableBytes
	// deleteReserveBytes is the same for deletes and the sweep. They write
	// little and make room, and a user must be able to end a session on a disk
	// that is all but full.
	deleteReserveBytes = 32 << 20
	// sampleBytes is how much may be committed between two looks at the disk.
	sampleBytes = 8 << 20
)

// space watches the free space of the disk. It looks when a write begins and when
// the status is asked for, so that it costs nothing while idle.
type space struct {
	fs    vfs.FS
	dir   string
	every time.Duration
	log   *slog.Logger

	free    atomic.Int64 // bytes; negative while unknown
	written atomic.Int64 // bytes committed since the last look

	mu     sync.Mutex
	looked time.Time
	low    bool
}

func newSpace(fs vfs.FS, o Options) *space {
	sp := &space{fs: fs, dir: o.Dir, every: o.retryEvery, log: o.Logger}
	sp.look()
	return sp
}

// allow returns an error while less than reserve is free.
func (sp *space) allow(reserve int64) error {
	sp.look()
	if sp.enough(reserve) {
		return nil
	}
	return fmt.Errorf("the disk has %d MiB of free space; writes need %d MiB", sp.free.Load()>>20, reserve>>20)
}

func (sp *space) enough(reserve int64) bool {
	free := sp.free.Load()
	return free < 0 || free >= reserve
}

// used says that n bytes were committed.
func (sp *space) used(n int) { sp.written.Add(int64(n)) }

// look asks the disk, if it is time to. If another call is at it already, this
// one does not wait: should the disk not answer, one call hangs and not all.
func (sp *space) look() {
	if !sp.mu.TryLock() {
		return
	}
	defer sp.mu.Unlock()
	// The clock of this machine, not that of the sweep: how fast a disk fills has
	// nothing to do with what time sessions live in.
	if sp.written.Load() < sampleBytes && time.Since(sp.looked) < sp.every {
		return
	}
	sp.looked = time.Now()
	sp.written.Store(0)
	usage, err := sp.fs.GetDiskUsage(sp.dir)
	if err != nil {
		sp.free.Store(-1)
		return
	}
	sp.free.Store(int64(min(usage.AvailBytes, 1<<62)))
	sp.tell()
}

func (sp *space) tell() {
	low := !sp.enough(reserveBytes)
	if low == sp.low {
		return
	}
	sp.low = low
	if low {
		sp.log.Error("The disk is almost full; sessions are neither created nor changed until space is freed.",
			"freeBytes", sp.free.Load(), "neededBytes", int64(reserveBytes))
		return
	}
	sp.log.Info("The disk has space again.", "freeBytes", sp.free.Load())
}
