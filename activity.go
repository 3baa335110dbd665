package session

import (
	"context"
	"errors"
	"time"
)

// plainTouchInterval is the least time between two records of activity of a
// session without an idle timeout, where they only tell a person when a device
// was used.
const plainTouchInterval = time.Minute

// Touch records activity, which moves the idle end, and returns the session.
// Recording is throttled: within Options.TouchInterval of the last record it
// costs a read and no write. It raises no version. Errors: CodeNotFound,
// CodeExpired, CodeContention, CodeUnavailable.
func (s *Service) Touch(ctx context.Context, id string) (touched *Session, err error) {
	err = s.retry(ctx, func() error {
		found, err := s.active(ctx, id)
		if err == nil {
			touched, err = s.record(ctx, found, s.clock())
		}
		return err
	})
	return touched, err
}

// seen records that a session was read. That somebody else changed its times just
// now is as good: that was an activity too, or another reason to have them as
// they were read. So is a store that cannot write now: what was read is true, if it
// did not end meanwhile.
func (s *Service) seen(ctx context.Context, found *Session) (*Session, error) {
	recorded, err := s.record(ctx, found, s.clock())
	switch {
	case errors.Is(err, ErrConflict), errors.Is(err, ErrUnavailable), ctx.Err() != nil:
		return s.inTime(found)
	case err != nil:
		return nil, err
	}
	return recorded, nil
}

// wrote records that a session's data was written, if it has an idle end to move,
// and takes the new times over into updated. The write is done whatever comes of
// this; and what others wrote since is theirs to tell.
func (s *Service) wrote(ctx context.Context, updated *Session) {
	if updated.IdleTimeout == 0 {
		return
	}
	// The time of the write: a session that was in time for it has not idled out.
	if recorded, err := s.record(ctx, updated, updated.UpdatedAt); err == nil {
		updated.setTimes(recorded.Times())
	}
}

// record writes an activity, unless the last record is too recent, and returns the
// session as it then is. It loses no write of others: the condition names the times
// that were read and nothing else, and nothing else is written.
func (s *Service) record(ctx context.Context, found *Session, at time.Time) (*Session, error) {
	if at.Sub(found.LastActive()) < s.touchInterval(found) {
		return found, nil
	}
	was := found.Times()
	return s.store.Retime(ctx, found.ID, found.activeAt(at), false, Condition{Now: at, Times: &was})
}

// touchInterval never lets a session end for want of a record: half of a short
// idle timeout goes before a longer interval.
func (s *Service) touchInterval(of *Session) time.Duration {
	switch interval := s.options.TouchInterval; {
	case of.IdleTimeout == 0:
		return orElse(interval, plainTouchInterval)
	case interval == 0:
		return of.IdleTimeout / 10
	default:
		return min(interval, of.IdleTimeout/2)
	}
}

// activeAt returns the times that s has after activity at now.
func (s *Session) activeAt(now time.Time) Times {
	to := s.Times()
	to.LastActiveAt = now
	if s.IdleTimeout > 0 {
		to.AbsoluteExpiresAt = s.AbsoluteEnd()
		to.ExpiresAt = earlier(to.AbsoluteExpiresAt, idleEnd(now, s.IdleTimeout))
	}
	return to
}

func (s *Session) setTimes(t Times) {
	s.ExpiresAt, s.AbsoluteExpiresAt, s.LastActiveAt = t.ExpiresAt, t.AbsoluteExpiresAt, t.LastActiveAt
}
