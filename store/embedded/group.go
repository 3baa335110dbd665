package embedded

import (
	"runtime"
	"slices"
	"time"

	"github.com/cockroachdb/pebble/v2"

	session "session-api"
)

func (c *committer) run() {
	defer close(c.ended)
	for {
		c.gather()
		g, closed := c.next()
		switch {
		case g != nil:
			c.write(g)
		case closed:
			return
		default:
			<-c.wake
		}
	}
}

// gather lets writers that the last group woke bring their next commit along:
// else the first of them would take a sync for itself.
func (c *committer) gather() {
	for last := -1; ; {
		c.mu.Lock()
		n := len(c.queue)
		c.mu.Unlock()
		if n == last {
			return
		}
		last = n
		runtime.Gosched()
	}
}

// next takes as many commits off the queue as fit in a group.
func (c *committer) next() (g *group, closed bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n, size := 0, 0
	for n < len(c.queue) && size < maxGroupBytes {
		size += c.queue[n].batch.Len()
		n++
	}
	if n == 0 {
		return nil, c.closed
	}
	g = &group{began: time.Now(), done: make(chan struct{})}
	g.commits = append(g.commits, c.queue[:n]...)
	c.queue = slices.Delete(c.queue, 0, n)
	return g, false
}

// write makes a group durable and tells its callers.
func (c *committer) write(g *group) {
	c.current.Store(g)
	size, err := c.apply(g)
	for _, w := range g.commits {
		w.release()
		if err == nil && w.stored != nil {
			w.stored()
		}
	}
	c.current.Store(nil)
	close(g.done)
	for _, w := range g.commits {
		w.done <- err
		<-c.slots
	}
	c.space.used(size)
	c.cache.fit(c.db)
}

// apply writes the group as one batch.
func (c *committer) apply(g *group) (size int, err error) {
	all, lazy := g.commits[0].batch, g.commits[0].lazy
	for _, w := range g.commits[1:] {
		if err := all.Apply(w.batch, nil); err != nil {
			return 0, c.refuse(err)
		}
		lazy = lazy && w.lazy
	}
	size = all.Len()
	how := pebble.Sync
	if lazy {
		how = pebble.NoSync
	}
	if err := c.db.Apply(all, how); err != nil {
		return 0, c.refuse(err)
	}
	c.commits.Add(uint64(len(g.commits)))
	if !lazy {
		c.syncs.Add(1)
	}
	for _, w := range g.commits {
		// A batch that is not closed is merely not used again.
		_ = w.batch.Close()
	}
	return size, nil
}

// refuse is for errors that Pebble gives before it writes anything, which only a
// fault in this package could cause.
func (c *committer) refuse(err error) error {
	err = redacted(err)
	c.health.fail(err)
	return session.Unavailable(err)
}
