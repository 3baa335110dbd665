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
	// endAgain is the pause before what failed in the background is tried again.
	endAgain = time.Second
	// maxPasses bounds how often a list is gone through again because sessions on it
	// went away by themselves.
	maxPasses = 5
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

// EndUser ends all sessions that a user has at the call, but for the one that
// except names, if that is not "": an active session of the user, by its handle or
// by a former id too while there is grace. It returns when they have ended, or shortly before ctx
// does, and then goes on by itself. In both cases it looks again a little later for
// sessions that the store's list showed late. After an error it can be called
// again: what has ended stays so. Rows that cannot be understood, which no call can
// use, are left and logged. Errors: CodeInvalidUserID, CodeUserNotAllowed,
// CodeInvalidValue for except, CodeUnavailable.
func (s *Service) EndUser(ctx context.Context, userID, except string) (Ended, error) {
	if err := s.validateUser(userID); err != nil {
		return Ended{}, err
	}
	// CreatedAt is compared with it, and a session of this very instant is meant.
	e := &endUserJob{s: s, userID: userID, before: s.clock().Add(TimePrecision)}
	if err := e.spare(ctx, except); err != nil {
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
		return e.ended(), err
	case <-soon:
		if e.told.Swap(true) { // it is done after all
			return e.ended(), <-done
		}
		ended := e.ended()
		ended.Continues = true
		return ended, nil
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

// endUserJob is one EndUser.
type endUserJob struct {
	s      *Service
	userID string
	before time.Time
	spared *Session // as it was at the call; nil for none
	// told says that the caller has its answer: from then on nobody repeats the
	// call if it fails, and the user may have come back.
	told  atomic.Bool
	count atomic.Int64
	// missed counts the sessions of a pass that were gone when their turn came.
	missed atomic.Int64
	// unreadable counts the rows that could not be understood.
	unreadable atomic.Int64
}

func (e *endUserJob) ended() Ended { return Ended{Count: int(e.count.Load())} }

// spare finds the session that except names. One that is none of the user's is
// refused: who mistypes it means to keep a session and would lose it.
func (e *endUserJob) spare(ctx context.Context, except string) error {
	if except == "" {
		return nil
	}
	found, err := e.s.resolve(ctx, except)
	switch {
	case errors.Is(err, ErrNotFound), errors.Is(err, ErrExpired), err == nil && found.UserID != e.userID:
		return invalid("except", "the id of an active session of this user; nothing was ended")
	case err != nil:
		return err
	}
	e.spared = found
	return nil
}

// run ends the sessions, tells done, and looks again.
func (e *endUserJob) run(ctx context.Context, done chan<- error) {
	ctx, cancel := context.WithTimeout(ctx, endFor)
	defer cancel()
	err := e.passes(ctx)
	for err != nil && e.told.Load() && !e.s.jobs.stopping() && ctx.Err() == nil {
		e.s.jobs.wait(endAgain)
		err = e.passes(ctx)
	}
	e.told.Store(true)
	done <- err
	log := e.log()
	if err != nil {
		log.LogAttrs(ctx, slog.LevelWarn, "Not all sessions of a user were ended; the call has to be made again.",
			slog.Int64("ended", e.count.Load()), slog.String("cause", err.Error()))
		return
	}
	e.lookAgain(ctx)
	if n := e.unreadable.Load(); n > 0 {
		e.log().LogAttrs(ctx, slog.LevelWarn, "Rows of a user could not be understood and were left where they are.", slog.Int64("looks", n))
	}
}

// log names the user only where sessions of one were found: else the text may be
// anything that a caller put in its place, a session id too.
func (e *endUserJob) log() *slog.Logger {
	if e.count.Load()+e.unreadable.Load() == 0 {
		return e.s.options.Logger
	}
	return e.s.options.Logger.With(slog.String("user", e.userID))
}

func (e *endUserJob) lookAgain(ctx context.Context) {
	for _, later := range lookAgain {
		if e.s.jobs.stopping() {
			return
		}
		e.s.jobs.wait(later)
		first := e.count.Load()
		err := e.passes(ctx)
		late := e.count.Load() - first
		if late > 0 || err != nil {
			e.log().LogAttrs(ctx, slog.LevelInfo, "Looked again for sessions of a user that were to be ended.",
				slog.Int64("ended", late), slog.Any("cause", err))
		}
	}
}

// passes goes through the list until no session on it went away by itself: such a
// one may live on under another id.
func (e *endUserJob) passes(ctx context.Context) error {
	for range maxPasses {
		e.missed.Store(0)
		if err := e.pass(ctx); err != nil || e.missed.Load() == 0 {
			return err
		}
	}
	return nil
}

// pass ends all sessions that the user's list has.
func (e *endUserJob) pass(ctx context.Context) error {
	q := PageQuery{Now: e.s.clock(), Limit: MaxPageLimit, IDsOnly: true}
	for {
		page, err := e.s.store.ListByUser(ctx, e.userID, q)
		if err != nil {
			return err
		}
		err = inParallel(enders, len(page.Sessions), func(i int) error { return e.end(ctx, page.Sessions[i]) })
		if err != nil || page.Next == "" {
			return err
		}
		q.After = page.Next
	}
}

// end ends a session of the list.
func (e *endUserJob) end(ctx context.Context, listed *Session) error {
	if e.told.Load() && !listed.CreatedAt.Before(e.before) {
		return nil
	}
	if spared, err := e.isSpared(ctx, listed); err != nil || spared {
		return err
	}
	_, err := e.s.store.Delete(ctx, listed.ID, Condition{Now: e.s.clock()})
	switch {
	case err == nil:
		e.count.Add(1)
	case errors.Is(err, ErrNotFound):
		e.missed.Add(1)
	case errors.Is(err, ErrUnreadable):
		e.unreadable.Add(1)
	case !errors.Is(err, ErrExpired):
		return err
	}
	return nil
}

// isSpared reports whether listed is the session to spare. That may have another id
// by now: a rotation keeps CreatedAt, so a session that shares it is the one, unless
// the spared one still has its own id.
func (e *endUserJob) isSpared(ctx context.Context, listed *Session) (bool, error) {
	switch {
	case e.spared == nil:
		return false, nil
	case e.spared.Listed() == listed.ID:
		return true, nil
	case !e.spared.CreatedAt.Equal(listed.CreatedAt):
		return false, nil
	}
	found, err := e.s.store.Get(ctx, e.spared.ID)
	if errors.Is(err, ErrNotFound) {
		return true, nil
	}
	return err == nil && found.RotatedTo != "", err
}
