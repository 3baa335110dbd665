package dynamo

import (
	"context"
	"errors"
	"time"
)

// caller makes the attempts of calls.
type caller struct {
	attempts int
	budget   *budget
	jitter   func(longest time.Duration) time.Duration
	trouble  *trouble
}

// call is one call of the API, of one or more attempts.
type call struct {
	op string
	// ids are the sessions that it names, none where it reads many.
	ids []string
	// attempt bounds each attempt, all bounds them together.
	attempt, all time.Duration
	// once says that the call must not be sent again once it may have had its
	// effect, because a second one would show.
	once bool
	// quiet says that the caller itself decides what of a failure is logged.
	quiet bool
}

// Pauses before further attempts: full jitter below a bound that doubles, which
// spreads callers that failed together best.
const (
	firstPause   = 25 * time.Millisecond
	longestPause = 200 * time.Millisecond
)

// errUnended says that the attempt's own time was over first.
var errUnended = errors.New("no answer in time")

// maxClashes bounds the attempts of a call that meet a transaction of others on
// the same item. They count by themselves and cost no budget, because they are no
// sign that DynamoDB has too much to do: a transaction is soon over, and random
// pauses bring those that meet into an order in which each either goes through or
// is told what came before.
const maxClashes = 20

// do sends the call until it is answered for good. The error is a *fault, or
// ctx's. maybe reports that an attempt, of those that failed, may have had its
// effect all the same.
func (c *caller) do(ctx context.Context, k call, send func(context.Context) error) (maybe bool, err error) {
	end := time.Now().Add(k.all)
	for sent, clashes := 0, 0; ; {
		f := c.once(ctx, k, end, send)
		if f == nil || f.class.answered() {
			c.budget.earn()
		}
		if f == nil {
			return maybe, nil
		}
		maybe = maybe || f.class == lost
		if ctx.Err() != nil {
			return maybe, ctx.Err()
		}
		if f.company && time.Now().Before(end) {
			continue // without the others, as the first time
		}
		pause := c.pause
		if f.class == contended {
			clashes++
			pause = c.waitTurn
		} else {
			sent++
		}
		again := f.class.retryable() && sent < c.attempts && clashes < maxClashes && !(k.once && maybe)
		if !again || !pause(ctx, sent+clashes, end) {
			if !k.quiet {
				c.trouble.note(f)
			}
			return maybe, f
		}
	}
}

// once makes one attempt, which ends by end at the latest.
func (c *caller) once(ctx context.Context, k call, end time.Time, send func(context.Context) error) *fault {
	if own := time.Now().Add(k.attempt); own.Before(end) {
		end = own
	}
	attempt, cancel := context.WithDeadline(ctx, end)
	defer cancel()
	err := send(attempt)
	if err == nil {
		return nil
	}
	f := newFault(k.op, k.ids, err)
	if f.class == lost && attempt.Err() != nil {
		return &fault{op: f.op, class: lost, text: errUnended.Error(), cause: f.cause, company: f.company}
	}
	return f
}

// pause waits before the next attempt; false if there is to be none.
func (c *caller) pause(ctx context.Context, sent int, end time.Time) bool {
	d := c.nextPause(sent)
	return time.Until(end) > d && c.budget.spend() && wait(ctx, d)
}

// waitTurn is pause at no cost.
func (c *caller) waitTurn(ctx context.Context, sent int, end time.Time) bool {
	d := c.nextPause(sent)
	return time.Until(end) > d && wait(ctx, d)
}

func (c *caller) nextPause(sent int) time.Duration {
	return c.jitter(min(firstPause<<(sent-1), longestPause))
}

// wait reports whether ctx lasted as long.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
