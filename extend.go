package session

import (
	"context"
	"fmt"
	"time"
)

// Extend gives the session a new lifetime: its absolute end is ttl from now, later
// or earlier than it was, and at most Options.MaxTTL after its creation. The idle
// end stays, for this is no activity of its user. It costs a read and a write.
// With match, the session must be at a version of it. Errors: CodeInvalidValue,
// CodeNotFound, CodeExpired, CodeConflict, CodeContention, CodeUnavailable.
func (s *Service) Extend(ctx context.Context, id string, ttl time.Duration, match Match) (*Session, error) {
	if ttl == 0 {
		return nil, s.InvalidSeconds("ttlSeconds")
	}
	if err := s.validateSeconds("ttlSeconds", ttl); err != nil {
		return nil, err
	}
	return s.inTurn(ctx, id, func() (*Session, error) { return s.extendOnce(ctx, id, ttl, match) })
}

func (s *Service) extendOnce(ctx context.Context, id string, ttl time.Duration, match Match) (*Session, error) {
	found, err := s.matching(ctx, id, match)
	if err != nil {
		return nil, err
	}
	now := s.clock()
	end := now.Add(ttl).Truncate(time.Second)
	if last := found.CreatedAt.Add(s.options.MaxTTL); end.After(last) {
		return nil, invalid("ttlSeconds", fmt.Sprintf(
			"at most %d now: a session ends at most %d seconds after it was created",
			max(last.Sub(now), 0)/time.Second, s.options.MaxTTL/time.Second))
	}
	was := found.Times()
	to := was
	to.ExpiresAt = end
	if idle, has := found.IdleEnd(); has {
		to.AbsoluteExpiresAt, to.ExpiresAt = end, earlier(end, idle)
	}
	if s.options.MaxPerUser > 0 {
		// First, so that no roster ever takes an active session for one that is over.
		if err := s.prolong(ctx, found, end); err != nil {
			return nil, err
		}
	}
	return s.store.Retime(ctx, id, to, true, Condition{Now: now, Version: &found.Version, Times: &was})
}
