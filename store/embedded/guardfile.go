package embedded

import (
	"github.com/cockroachdb/pebble/v2/vfs"
)

// guardFile is a file that Pebble changes.
type guardFile struct {
	vfs.File
	guard *guardFS
}

// Write writes all of p; a second try goes on where the first had to stop.
func (f *guardFile) Write(p []byte) (int, error) {
	written := 0
	err := f.guard.change("write a file", func() error {
		n, err := f.File.Write(p[written:])
		written += n
		return err
	})
	return written, err
}

// WriteAt writes all of p at an offset.
func (f *guardFile) WriteAt(p []byte, offset int64) (n int, err error) {
	err = f.guard.change("write a file", func() (err error) { n, err = f.File.WriteAt(p, offset); return err })
	return n, err
}

// Sync makes data and metadata durable.
func (f *guardFile) Sync() error { return f.guard.final("sync a file", f.File.Sync) }

// SyncData makes data durable.
func (f *guardFile) SyncData() error { return f.guard.final("sync a file", f.File.SyncData) }

// SyncTo starts to make the data before an offset durable.
func (f *guardFile) SyncTo(length int64) (full bool, err error) {
	err = f.guard.final("sync a file", func() (err error) { full, err = f.File.SyncTo(length); return err })
	return full, err
}

// Close closes the file.
func (f *guardFile) Close() error { return f.guard.final("close a file", f.File.Close) }
