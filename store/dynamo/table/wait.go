package table

import (
	"context"
	"time"
)

const (
	// pollEvery is the time between two looks. DescribeTable is free, and its
	// rate is limited for each account (AWS: "Quotas in Amazon DynamoDB").
	pollEvery = 2 * time.Second
	// tellEvery is how often a wait says that it still waits.
	tellEvery = 30 * time.Second
	// patience is how long a wait goes on while nothing is known to move.
	patience = 10 * time.Minute
)

// sight is what one look at DynamoDB saw.
type sight struct {
	state string
	// done ends the wait.
	done bool
	// stalled says that nothing is known to go on by itself, so that the wait
	// must not last for ever.
	stalled bool
}

// await looks until a look says that it is done, and tells whatever changes. An
// outage in between, which a wait of hours may well meet, does not end it.
// There is no limit to a wait that sees something move: filling an index takes
// as long as the table is large. ctx ends it.
func (a *Admin) await(ctx context.Context, what string, look func(context.Context) (sight, error)) error {
	start := a.Now()
	moved, told, last := start, start, ""
	for {
		s, err := look(ctx)
		now := a.Now()
		switch {
		case err != nil && ctx.Err() != nil:
			return a.interrupted(ctx, what)
		case err != nil && !transient(err):
			return err
		case err != nil:
			s = sight{state: "no answer: " + err.Error(), stalled: true}
		}
		if !s.stalled {
			moved = now
		}
		if s.state != last || now.Sub(told) >= tellEvery {
			a.tell("  %6s  %s", now.Sub(start).Round(time.Second), s.state)
			told, last = now, s.state
		}
		if s.done {
			return nil
		}
		if now.Sub(moved) > patience {
			return failf(err, "gave up waiting for %s after %s in which nothing changed (%s)", what, patience, s.state)
		}
		if a.Sleep(ctx, pollEvery) != nil {
			return a.interrupted(ctx, what)
		}
	}
}

func (a *Admin) interrupted(ctx context.Context, what string) error {
	return failf(ctx.Err(), "interrupted while waiting for %s; DynamoDB goes on by itself, and %s waits for it again",
		what, a.place().program("upgrade"))
}
