package embedded

import (
	"fmt"
	"strings"
	"sync"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"
)

// disk is a file system in memory whose faults a test chooses.
type disk struct {
	mem *vfs.MemFS
	vfs.FS

	mu    sync.Mutex
	fault func(errorfs.Op) error
}

func newDisk() *disk {
	d := &disk{mem: vfs.NewCrashableMem()}
	d.FS = errorfs.Wrap(d.mem, errorfs.InjectorFunc(func(op errorfs.Op) error {
		d.mu.Lock()
		fault := d.fault
		d.mu.Unlock()
		if fault == nil {
			return nil
		}
		return fault(op)
	}))
	return d
}

// fail makes every operation answer with what fault says; nil mends the disk.
func (d *disk) fail(fault func(errorfs.Op) error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fault = fault
}

// afterCrash returns what the disk holds after a crash at this moment: all that
// was synced and nothing else.
func (d *disk) afterCrash() *vfs.MemFS { return d.mem.CrashClone(vfs.CrashCloneCfg{}) }

// hang makes syncs of the log wait. It returns a channel that gets a token when
// one waits, and what lets them go on.
func (d *disk) hang() (waiting <-chan struct{}, goOn func()) {
	began := make(chan struct{}, 1000)
	release := make(chan struct{})
	d.fail(onLog(func(op errorfs.Op) error {
		if isSync(op) {
			began <- struct{}{}
			<-release
		}
		return nil
	}))
	return began, sync.OnceFunc(func() { d.fail(nil); close(release) })
}

func isSync(op errorfs.Op) bool {
	return op.Kind == errorfs.OpFileSync || op.Kind == errorfs.OpFileSyncData
}

// onLog limits a fault to the write-ahead log.
func onLog(fault func(errorfs.Op) error) func(errorfs.Op) error {
	return func(op errorfs.Op) error {
		if strings.HasSuffix(op.Path, ".log") {
			return fault(op)
		}
		return nil
	}
}

// failing returns a fault that gives err for the operations named.
func failing(err error, kinds ...errorfs.OpKind) func(errorfs.Op) error {
	return func(op errorfs.Op) error {
		for _, k := range kinds {
			if op.Kind == k {
				return fmt.Errorf("injected: %w", err)
			}
		}
		return nil
	}
}
