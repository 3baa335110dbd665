package embedded

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2"

	session "session-api"
)

const (
	// maxQueued bounds the commits under way, and with them what a disk that
	// does not answer keeps in memory: at most 256 rows of 400 KB, and the records
	// that are written with them.
	maxQueued = 256
	// maxGroupBytes ends a group, so that it stays far below the size at which
	// Pebble treats a batch in another, slower way (half a memtable).
	maxGroupBytes = 4 << 20
)

// commit is one caller's changes on their way to the disk.
type commit struct {
	batch *pebble.Batch
	// locks are released once the changes are durable.
	locks []held
	// settled is closed before they are: reads of the rows that were published
	// with it then see the changes. It is nil if none were.
	settled chan struct{}
	// lazy is set if nobody needs the changes to be durable yet.
	lazy bool
	// stored, if set, is called when the changes are visible and durable.
	stored func()
	// done gets the outcome.
	done chan error
}

// group is what one sync makes durable.
type group struct {
	commits []*commit
	began   time.Time
	done    chan struct{} // closed when it is durable and its locks are released
}

// committer writes commits in groups: one goroutine, so that a disk that does
// not answer holds up a single goroutine and no caller, and so that whatever
// comes in during a sync shares the next.
type committer struct {
	db         *pebble.DB
	cache      *blockCache
	health     *health
	space      *space
	stallAfter time.Duration

	slots chan struct{} // one token for each commit under way
	wake  chan struct{}
	ended chan struct{} // closed when the goroutine has ended

	mu     sync.Mutex
	queue  []*commit
	closed bool

	current atomic.Pointer[group]
	// commits and syncs count what was committed, for tests and benchmarks.
	commits, syncs atomic.Uint64
}

func newCommitter(db *pebble.DB, cache *blockCache, h *health, sp *space, stallAfter time.Duration) *committer {
	c := &committer{
		db: db, cache: cache, health: h, space: sp, stallAfter: stallAfter,
		slots: make(chan struct{}, maxQueued),
		wake:  make(chan struct{}, 1),
		ended: make(chan struct{}),
	}
	go c.run()
	return c
}

// submit commits w. It owns w.locks from then on, whatever it returns: nil once
// w is durable; ErrUnavailable if w may or may not become so.
func (c *committer) submit(ctx context.Context, w *commit) error {
	halted := c.health.halted()
	select {
	case c.slots <- struct{}{}:
	case <-ctx.Done():
		w.release()
		return session.Unavailable(ctx.Err())
	case <-halted:
		w.release()
		return session.Unavailable(c.health.cause())
	}
	w.done = make(chan error, 1)
	c.enqueue(w)
	select {
	case err := <-w.done:
		return err
	case <-ctx.Done():
		w.forsake()
		return session.Unavailable(ctx.Err())
	case <-halted:
		w.forsake()
		return session.Unavailable(c.health.cause())
	}
}

func (c *committer) enqueue(w *commit) {
	c.mu.Lock()
	c.queue = append(c.queue, w)
	c.mu.Unlock()
	c.rouse()
}

func (c *committer) rouse() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// release ends the commit: for all its rows at once, then lock by lock.
func (w *commit) release() {
	if w.settled != nil {
		close(w.settled)
	}
	for _, l := range w.locks {
		l.release()
	}
}

func (w *commit) forsake() {
	for _, l := range w.locks {
		l.forsake(w.settled)
	}
}

// err says why writes cannot be served now, or nil.
func (c *committer) err() error {
	if err := c.health.err(); err != nil {
		return err
	}
	if g := c.current.Load(); g != nil {
		if took := time.Since(g.began); took > c.stallAfter {
			return fmt.Errorf("the disk has not finished a write for %v", took.Round(time.Second))
		}
	}
	return nil
}

// settle waits until everything that an iterator made before the call can see is
// durable. While writes are halted it does not wait: reads go on.
func (c *committer) settle(ctx context.Context) error {
	g := c.current.Load()
	if g == nil {
		return nil
	}
	select {
	case <-g.done:
	case <-c.health.halted():
	case <-ctx.Done():
		return session.Unavailable(ctx.Err())
	}
	return nil
}

// close ends the goroutine after everything that was submitted. It does not wait.
func (c *committer) close() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.rouse()
}

var errClosed = errors.New("the session store is closed")
