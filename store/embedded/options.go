package embedded

import (
	"log/slog"
	"path/filepath"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// Options say where and how a Store is kept.
type Options struct {
	// Dir is the data directory. It is made if missing, readable by its owner
	// only. One process can have it open at a time.
	Dir string
	// Retention is how long an expired row stays stored, and readable as
	// expired, before the sweep removes it; 0 means until the next sweep.
	Retention time.Duration
	// Now is the clock of the sweep; nil means time.Now.
	Now func() time.Time
	// Logger takes what the engine has to say; nil discards it. No session id
	// and no key of a row is ever logged.
	Logger *slog.Logger

	// The rest is for this package's tests; zero values are what is served with.

	// fs holds the files; nil means the operating system's.
	fs vfs.FS
	// sweepEvery is the time between two sweeps; negative means never.
	sweepEvery time.Duration
	// retryEvery is how often an operation that lacks space is tried again, and
	// the shortest time between two looks at the free space.
	retryEvery time.Duration
	// stallAfter is how long a commit may take before writes are refused.
	stallAfter time.Duration
	// closeWithin bounds Close on a disk that does not answer.
	closeWithin time.Duration
}

// What Options mean where they say nothing.
const (
	defaultSweepEvery = time.Minute
	defaultRetryEvery = time.Second
	// defaultStallAfter is longer than a healthy disk ever takes for a sync and
	// not longer than a caller is ready to wait.
	defaultStallAfter = 5 * time.Second
	// defaultCloseWithin leaves a slow disk time for the last flush and stays
	// below what process managers commonly wait before they kill (30 s).
	defaultCloseWithin = 15 * time.Second
)

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.fs == nil {
		o.fs = vfs.Default
		// Pebble knows its own locks by the text of their path. If the working
		// directory is gone, Open fails at its first step anyway.
		if abs, err := filepath.Abs(o.Dir); err == nil && o.Dir != "" {
			o.Dir = abs
		}
	}
	orDefault(&o.sweepEvery, defaultSweepEvery)
	orDefault(&o.retryEvery, defaultRetryEvery)
	orDefault(&o.stallAfter, defaultStallAfter)
	orDefault(&o.closeWithin, defaultCloseWithin)
	return o
}

func orDefault(d *time.Duration, v time.Duration) {
	if *d == 0 {
		*d = v
	}
}
