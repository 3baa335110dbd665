package reload

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// Interval is how often files are looked at. It is far below the minute or so in
// which a change of a Secret reaches a pod (Kubernetes: "Mounted Secrets are updated
// automatically"), and reading a few small files costs nothing.
const Interval = 2 * time.Second

// maxBytes bounds a file: one may be named by mistake, and of any size.
const maxBytes = 16 << 20

// File is what one or several files say together, as of the last time when all of
// it could be used. It is safe for concurrent use.
type File[T any] struct {
	name  string
	paths []string
	parse func(texts [][]byte) (T, error)
	log   *slog.Logger

	value atomic.Pointer[T]

	mu   sync.Mutex // one look at a time
	seen [sha256.Size]byte
}

// Open reads the files at paths; parse says what their texts mean, in the same
// order. Its errors tell what is wrong and show none of the text, which may be a
// secret. name is how errors and log lines call the files: the option that names
// them.
func Open[T any](name string, log *slog.Logger, parse func(texts [][]byte) (T, error), paths ...string) (*File[T], error) {
	f := &File[T]{name: name, paths: paths, parse: parse, log: log}
	value, seen, err := f.read()
	if err != nil {
		return nil, err
	}
	f.seen = seen
	f.value.Store(&value)
	return f, nil
}

// Value returns what the files say.
func (f *File[T]) Value() T { return *f.value.Load() }

// Look reads the files, and takes over what they say if it is new. What cannot be
// used changes nothing and is logged, once for each such content.
func (f *File[T]) Look() {
	f.mu.Lock()
	defer f.mu.Unlock()
	value, seen, err := f.read()
	if seen == f.seen {
		return
	}
	f.seen = seen
	if err != nil {
		f.log.Error("a changed file cannot be used; what it said before stays in force", "option", f.name, "cause", err.Error())
		return
	}
	f.value.Store(&value)
	f.log.Info("a file was read anew", "option", f.name)
}

// read returns what the files say, and a digest of their texts or of why they
// cannot be read.
func (f *File[T]) read() (value T, seen [sha256.Size]byte, err error) {
	var texts [][]byte
	all := sha256.New()
	for _, path := range f.paths {
		text, err := readFile(path)
		if err != nil {
			err = fmt.Errorf("%s: %q cannot be read: %w", f.name, path, err)
			return value, sha256.Sum256([]byte(err.Error())), err
		}
		texts = append(texts, text)
		one := sha256.Sum256(text)
		all.Write(one[:])
	}
	all.Sum(seen[:0])
	if value, err = f.parse(texts); err != nil {
		err = fmt.Errorf("%s: %w", f.name, err)
	}
	return value, seen, err
}

func readFile(path string) ([]byte, error) {
	file, err := os.Open(path) // #nosec G304 -- the operator names the file, no caller does
	if pathError := (*os.PathError)(nil); errors.As(err, &pathError) {
		err = pathError.Err // the rest of its text is the path once more
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	text, err := io.ReadAll(io.LimitReader(file, maxBytes+1))
	if err == nil && len(text) > maxBytes {
		err = fmt.Errorf("it holds more than %d MiB", maxBytes>>20)
	}
	return text, err
}

// Looker is a File of any kind.
type Looker interface{ Look() }

// Watch looks at files once in an Interval, until ctx ends.
func Watch(ctx context.Context, files ...Looker) {
	tick := time.NewTicker(Interval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			for _, f := range files {
				f.Look()
			}
		}
	}
}
