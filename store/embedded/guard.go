package embedded

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// guardFS stands between Pebble and the files. Once armed, no operation that
// changes a file returns an error to Pebble, which would answer some by ending
// the process and others by unlocking what it does not hold: an operation that
// lacks room waits for it, one that fails otherwise never returns. The places
// where Pebble calls it hold no lock that a read needs.
type guardFS struct {
	vfs.FS
	health     *health
	retryEvery time.Duration
	// armed is set once the database is open. Until then the caller of Open is
	// the one to tell.
	armed atomic.Bool
	// unlock gives the lock up, also while a database that was abandoned counts
	// as its user.
	unlock func() error
}

// lacksRoom reports whether an operation that gave err may succeed later: no
// space, over the quota, no file handles, no memory.
func lacksRoom(err error) bool {
	for _, e := range []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// forever stops a goroutine that must neither go on nor unwind.
func forever() { select {} }

// change runs an operation that may be tried again after it lacked room.
func (g *guardFS) change(what string, op func() error) error {
	err := g.once(what, op, lacksRoom)
	if err == nil || !g.armed.Load() {
		return err
	}
	g.health.lack(fmt.Errorf("%s: %w", what, err))
	for err != nil {
		select {
		case <-time.After(g.retryEvery):
		case <-g.health.brokenCh:
			forever()
		}
		err = g.once(what, op, lacksRoom)
	}
	g.health.met()
	return nil
}

// final runs an operation that must not be tried again. A sync is one: after it
// failed, the kernel may have dropped the data that it was for, and the next
// sync may succeed without them.
func (g *guardFS) final(what string, op func() error) error {
	return g.once(what, op, func(error) bool { return false })
}

// once runs op. An error that tolerated does not name breaks the store.
func (g *guardFS) once(what string, op func() error, tolerated func(error) bool) error {
	select {
	case <-g.health.brokenCh:
		forever()
	default:
	}
	err := op()
	if err != nil && g.armed.Load() && !tolerated(err) {
		g.health.fail(fmt.Errorf("%s: %w", what, err))
		forever()
	}
	return err
}

func (g *guardFS) file(what string, open func() (vfs.File, error)) (f vfs.File, err error) {
	err = g.change(what, func() (err error) { f, err = open(); return err })
	if err != nil {
		return nil, err
	}
	return &guardFile{File: f, guard: g}, nil
}

// Create makes a file; see vfs.FS.
func (g *guardFS) Create(name string, category vfs.DiskWriteCategory) (vfs.File, error) {
	return g.file("create a file", func() (vfs.File, error) { return g.FS.Create(name, category) })
}

// OpenReadWrite opens a file; see vfs.FS.
func (g *guardFS) OpenReadWrite(name string, category vfs.DiskWriteCategory, opts ...vfs.OpenOption) (vfs.File, error) {
	return g.file("open a file", func() (vfs.File, error) { return g.FS.OpenReadWrite(name, category, opts...) })
}

// OpenDir opens a directory to sync it; see vfs.FS.
func (g *guardFS) OpenDir(name string) (vfs.File, error) {
	return g.file("open a directory", func() (vfs.File, error) { return g.FS.OpenDir(name) })
}

// ReuseForWrite renames a file and opens it; see vfs.FS. The two steps are taken
// one by one so that the second can be tried again alone.
func (g *guardFS) ReuseForWrite(oldname, newname string, category vfs.DiskWriteCategory) (vfs.File, error) {
	if err := g.Rename(oldname, newname); err != nil {
		return nil, err
	}
	return g.OpenReadWrite(newname, category)
}

// Link makes a hard link; see vfs.FS.
func (g *guardFS) Link(oldname, newname string) error {
	return g.change("link a file", func() error { return g.FS.Link(oldname, newname) })
}

// Rename renames a file; see vfs.FS.
func (g *guardFS) Rename(oldname, newname string) error {
	return g.change("rename a file", func() error { return g.FS.Rename(oldname, newname) })
}

// MkdirAll makes directories; see vfs.FS.
func (g *guardFS) MkdirAll(dir string, perm os.FileMode) error {
	return g.change("make a directory", func() error { return g.FS.MkdirAll(dir, perm) })
}

// Remove removes a file; see vfs.FS. Pebble copes with its errors: what is left
// is removed at the next open.
func (g *guardFS) Remove(name string) error {
	return g.once("remove a file", func() error { return g.FS.Remove(name) }, func(error) bool { return true })
}

// RemoveAll removes a tree; see vfs.FS.
func (g *guardFS) RemoveAll(name string) error {
	return g.once("remove a directory", func() error { return g.FS.RemoveAll(name) }, func(error) bool { return true })
}

// Lock takes the lock of the database, the only one there is; see vfs.FS.
func (g *guardFS) Lock(name string) (io.Closer, error) {
	lock, err := g.FS.Lock(name)
	if err != nil {
		return nil, err
	}
	g.unlock = sync.OnceValue(lock.Close)
	return closer(g.unlock), nil
}

// closer is an io.Closer that calls a function.
type closer func() error

// Close calls the function.
func (c closer) Close() error { return c() }

// Unwrap returns the guarded file system; see vfs.FS.
func (g *guardFS) Unwrap() vfs.FS { return g.FS }
