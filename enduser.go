package session

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"
)

const (
	// enders is how many sessions of a user are ended side by side.
	enders = 64
	// endFor bounds the work of one EndUser.
	endFor = 2 * time.Minute
	// endMargin is the part of a request's time that is left for its answer.
	endMargin = 500 * time.Millisecond
)

// lookAgain is when, after the end of an EndUser, the list is looked at again for
// sessions that it showed late: a DynamoDB index trails by a fraction of a second
// as a rule and by seconds under load (AWS: "Using Global Secondary Indexes in
// DynamoDB", data synchronization).
var lookAgain = []time.Duration{time.Second, 5 * time.Second}

// Ended is what became of an EndUser.
type Ended struct {
	// Count is how many active sessions it has ended so far.
	Count int
	// Continues says that there are more, which are being ended in the background.
	Continues bool
}

// EndUser ends all sessions of a user that were created before the call, but for
// the one with the id except, if that is not "". It returns when they have ended,
// or shortly before ctx does, and then goes on by itself. In both cases it looks
// again a little later for sessions that the store's list showed late. It can be
// called again after an error: what has ended stays so. Errors:
// CodeInvalidUserID, CodeUnavailable.
func (s *Service) EndUser(ctx context.Context, userID, except string) (Ended, error) {
	if err := ValidateUserID(userID); err != nil {
		return Ended{}, err
	}
	// CreatedBefore excludes its own instant, which is the call's here.
	before := s.clock().Add(TimePrecision)
	e := &ending{s: s, userID: userID, before: before, kept: map[string]bool{except: true}}
	if err := e.keep(ctx, except); err != nil {
		return Ended{}, err
	}
	done := make(chan error, 1)
	if !s.jobs.start(func(ctx context.Context) { e.run(ctx, done) }) {
		return Ended{}, Unavailable(errBusy)
	}
	soon, stop := beforeEnd(ctx)
	defer stop()
	select {
	case err := <-done:
		return Ended{Count: int(e.count.Load())}, err
	case <-soon:
		return Ended{Count: int(e.count.Load()), Continues: true}, nil
	}
}

// beforeEnd returns a channel that is readable endMargin before ctx ends, or half
// of what is left before if that is less.
func beforeEnd(ctx context.Context) (<-chan time.Time, func() bool) {
	end, has := ctx.Deadline()
	if !has {
		return nil, func() bool { return true }
	}
	left := time.Until(end)
	timer := time.NewTimer(max(left-endMargin, left/2))
	return timer.C, timer.Stop
}

// ending is one EndUser.
type ending struct {
	s      *Service
	userID string
	before time.Time
	kept   map[string]bool // ids that are left alone
	count  atomic.Int64
}

// keep keeps the session that except names now: it may be a former id.
func (e *ending) keep(ctx context.Context, except string) error {
	if except == "" {
		return nil
	}
	found, err := e.s.follow(ctx, except)
	switch {
	case err == nil:
		e.kept[found.ID] = true
	case errors.Is(err, ErrUnavailable):
		// Without knowing, the wrong session could end.
		return err
	}
	return nil
}

// run ends the sessions, tells done, and looks again.
func (e *ending) run(ctx context.Context, done chan<- error) {
	ctx, cancel := context.WithTimeout(ctx, endFor)
	defer cancel()
	log := e.s.options.Logger.With(slog.String("user", e.userID))
	err := e.all(ctx, time.Time{})
	done <- err
	if err != nil {
		log.LogAttrs(ctx, slog.LevelWarn, "Not all sessions of a user were ended; the call has to be made again.",
			slog.Int64("ended", e.count.Load()), slog.String("cause", err.Error()))
		return
	}
	for _, later := range lookAgain {
		if e.s.jobs.stopping() {
			return
		}
		e.s.jobs.wait(later)
		first := e.count.Load()
		err := e.all(ctx, e.before)
		late := e.count.Load() - first
		if late > 0 || err != nil {
			log.LogAttrs(ctx, slog.LevelInfo, "Looked again for sessions of a user that were to be ended.",
				slog.Int64("ended", late), slog.Any("cause", err))
		}
	}
}

// all ends all sessions that the user's list has; those created from before on are
// left alone where before is set: the user may have come back.
func (e *ending) all(ctx context.Context, before time.Time) error {
	q := PageQuery{Now: e.s.clock(), Limit: MaxPageLimit, IDsOnly: true, CreatedBefore: before}
	for {
		page, err := e.s.store.ListByUser(ctx, e.userID, q)
		if err != nil {
			return err
		}
		err = inParallel(enders, len(page.Sessions), func(i int) error { return e.one(ctx, page.Sessions[i].ID) })
		if err != nil || page.Next == "" {
			return err
		}
		q.After = page.Next
	}
}

func (e *ending) one(ctx context.Context, id string) error {
	if e.kept[id] {
		return nil
	}
	_, err := e.s.store.Delete(ctx, id, Condition{Now: e.s.clock()})
	switch {
	case err == nil:
		e.count.Add(1)
	case errors.Is(err, ErrNotFound), errors.Is(err, ErrExpired):
		return nil
	}
	return err
}
