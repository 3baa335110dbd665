package embedded

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"syscall"

	"github.com/cockroachdb/pebble/v2"
)

// dataDir is a data directory that this process has locked.
type dataDir struct {
	fs       *guardFS
	path     string
	database string
	lock     *pebble.Lock
}

// Names in a data directory.
const (
	databaseName = "db"
	lockName     = "LOCK" // Pebble's, in db/
)

// dirMode lets only the owner in: whoever reads the files has every session.
const dirMode = 0o700

// openDir locks the data directory at path, making it if there is none. A crash
// at any point of the making leaves what the next call takes for its own.
func openDir(files *guardFS, path string) (*dataDir, error) {
	d := &dataDir{fs: files, path: path, database: files.PathJoin(path, databaseName)}
	if path == "" {
		return nil, errors.New("the data directory has no name")
	}
	if err := d.prepare(); err != nil {
		return nil, err
	}
	lock, err := pebble.LockDirectory(d.database, files)
	if err != nil {
		return nil, d.lockError(err)
	}
	d.lock = lock
	if err := d.mark(); err != nil {
		return nil, errors.Join(err, d.close())
	}
	return d, nil
}

// prepare makes the directories, unless something else is in their place.
func (d *dataDir) prepare() error {
	info, err := d.fs.Stat(d.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = d.makeDirs(d.path)
	case err == nil && !info.IsDir():
		err = syscall.ENOTDIR
	case err == nil:
		err = d.recognise()
	}
	if err == nil {
		err = d.makeDirs(d.database)
	}
	if err == nil || errors.As(err, new(*sentence)) {
		return err
	}
	return d.cannot("be used", err)
}

// makeDirs makes a directory and its parents and makes their names durable:
// a file is only as durable as the names on the way to it.
func (d *dataDir) makeDirs(path string) error {
	var made []string
	for at := path; ; at = d.fs.PathDir(at) {
		if _, err := d.fs.Stat(at); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		made = append(made, at)
	}
	if err := d.fs.MkdirAll(path, dirMode); err != nil {
		return err
	}
	for _, at := range slices.Backward(made) {
		if err := d.syncDir(d.fs.PathDir(at)); err != nil {
			return err
		}
	}
	return nil
}

func (d *dataDir) syncDir(path string) error {
	f, err := d.fs.OpenDir(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// recognise returns an error if the directory holds what is not ours.
func (d *dataDir) recognise() error {
	names, err := d.fs.List(d.path)
	if err != nil {
		return err
	}
	if slices.Contains(names, markerName) {
		return nil
	}
	for _, name := range names {
		ours, err := d.unfinished(name)
		if err != nil {
			return err
		}
		if !ours {
			return says("%q is not a session-api data directory: it holds other files and no %s; choose an empty or a new directory",
				d.path, markerName)
		}
	}
	return nil
}

// unfinished reports whether a name in the directory is what a making that did
// not finish leaves: the marker under its temporary name, or a database with
// nothing in it but its lock.
func (d *dataDir) unfinished(name string) (bool, error) {
	if name != databaseName {
		return name == markerTempName, nil
	}
	info, err := d.fs.Stat(d.database)
	if err != nil || !info.IsDir() {
		return false, err
	}
	inside, err := d.fs.List(d.database)
	return !slices.ContainsFunc(inside, func(n string) bool { return n != lockName }), err
}

// close gives up the lock, even if a database that could not be closed has it.
func (d *dataDir) close() error { return d.fs.unlock() }

// cannot returns the sentence for a fault that only its cause explains.
func (d *dataDir) cannot(what string, cause error) error {
	if errors.Is(cause, fs.ErrPermission) {
		return says("the data directory %q cannot %s: this process (user id %d) has no permission to; give it the directory or choose another",
			d.path, what, os.Getuid())
	}
	if errors.Is(cause, syscall.ENOTDIR) {
		return says("the data directory %q cannot %s: it, or something on the way to it, is not a directory", d.path, what)
	}
	return says("the data directory %q cannot %s: %v", d.path, what, redacted(cause))
}

// lockError tells a lock that another holds from one that cannot be made. Pebble
// has no type for the first: across processes it is the errno that fcntl(2)
// documents, within one a bare text. What the file itself denies is a PathError.
func (d *dataDir) lockError(err error) error {
	var errno syscall.Errno
	held := !errors.As(err, &errno) || errno == syscall.EAGAIN || errno == syscall.EACCES
	if held && !errors.As(err, new(*fs.PathError)) {
		return says("the data directory %q is in use by another process; stop that one or choose another directory", d.path)
	}
	return d.cannot("be locked", err)
}
