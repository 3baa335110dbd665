package main

import (
	"context"
	"math/rand/v2"
	"runtime"
	"time"

	"github.com/anishathalye/porcupine"
)

// client is one caller. It waits for each answer before its next call.
type client struct {
	number int
	rng    *rand.Rand
	// seen is the version that it was told last; absent says that it was told of no
	// session.
	seen   int64
	absent bool
	made   int64 // creates so far
	calls  []porcupine.Operation
}

// values is how many values a member of the data has. They are few, so that a
// wrong one often looks like a right one and only the order tells.
const values = 3

// choose returns the client's next call. newest is the version that anybody was
// told last, ending is how many calls in 100 are deletes, and again says that a
// session which has ended can be made anew.
func (c *client) choose(newest int64, ending int, again bool) input {
	in := input{kind: read, data: data{A: c.rng.IntN(values), B: c.rng.IntN(values)}, version: c.seen}
	if c.rng.IntN(2) == 0 {
		in.version = newest
	}
	switch n := c.rng.IntN(100); {
	case again && c.absent && n < 30:
		in.kind, in.version = create, c.firstVersion()
	case n < ending:
		in.kind = [...]kind{end, endAt}[c.rng.IntN(2)]
	case n < 25:
		in.kind = write
	case n < 50:
		in.kind = swap
	case n < 70:
		in.kind, in.member = patch, [...]string{"a", "b"}[c.rng.IntN(2)]
	}
	return in
}

// versionsApart is more than a session is changed in one history.
const versionsApart = 1_000_000

// endOf returns what is above all versions that a session has which has this one.
func endOf(version int64) int64 { return (version/versionsApart + 1) * versionsApart }

// firstVersion returns the version that the client's next session begins with. It
// is one that no other session of the history ever has: the Service never gives an
// id a second time, so no version that a caller knows can be that of another
// session.
func (c *client) firstVersion() int64 {
	c.made++
	return (int64(c.number)*1000 + c.made) * versionsApart
}

// hesitate lets others go first, now and then.
func (c *client) hesitate() {
	for range c.rng.IntN(4) {
		runtime.Gosched()
	}
}

const (
	// impatient is in how many writes there is one whose client may give up.
	impatient = 40
	// soon bounds how long it waits: about as long as an answer takes.
	soon = 5 * time.Millisecond
)

// hurried returns the context of a call. Some writes have little time, so that there
// are outcomes that nobody knows.
func (c *client) hurried(ctx context.Context, in input) (context.Context, context.CancelFunc) {
	if in.kind != read && c.rng.IntN(impatient) == 0 {
		return context.WithTimeout(ctx, time.Duration(c.rng.Int64N(int64(soon))))
	}
	return ctx, func() {}
}

// learn takes in what the answer to a call tells.
func (c *client) learn(in input, out output) {
	switch {
	case out.outcome == notFound || out.outcome == ended || out.outcome == done && in.deletes():
		c.absent = true
	case out.outcome == exists:
		c.absent = false
	case out.shown.version > 0:
		c.seen, c.absent = out.shown.version, false
	}
}
