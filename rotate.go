package session

import (
	"context"
	"fmt"
	"time"
)

// MaxGrace is the longest time that a former id can go on reading after a
// rotation: long enough for the requests that a browser had under way.
const MaxGrace = time.Minute

// Rotation is what a rotation changes beside the id.
type Rotation struct {
	// Grace is how long the former id still reads, in whole seconds up to
	// MaxGrace; 0 means not at all. As ends are whole seconds it can be up to a
	// second more.
	Grace time.Duration
	// Auth, if set, replaces what the session says of its authentication.
	Auth *Auth
}

// Rotate gives the session a new id, in one atomic step: the new id takes over
// everything, with the next version, and the former one is absent from then on,
// but for Get in the time of grace. It is an activity: see Touch. It costs a read
// and a transaction. With match, the session must be at a version of it. Errors:
// CodeInvalidValue, CodeNotFound, CodeExpired, CodeConflict, CodeContention,
// CodeUnavailable.
func (s *Service) Rotate(ctx context.Context, id string, r Rotation, match Match) (*Session, error) {
	if err := s.validateRotation(r); err != nil {
		return nil, err
	}
	return s.inTurn(ctx, id, func() (*Session, error) { return s.rotateOnce(ctx, id, r, match) })
}

func (s *Service) validateRotation(r Rotation) error {
	if r.Grace < 0 || r.Grace > MaxGrace || r.Grace%time.Second != 0 {
		return InvalidGrace()
	}
	if r.Auth != nil {
		return r.Auth.validate(s.clock())
	}
	return nil
}

// InvalidGrace returns the Error for a time of grace that cannot be.
func InvalidGrace() error {
	return invalid("graceSeconds", fmt.Sprintf("a whole number of seconds from 0 to %d", MaxGrace/time.Second))
}

func (s *Service) rotateOnce(ctx context.Context, id string, r Rotation, match Match) (*Session, error) {
	found, err := s.matching(ctx, id, match)
	if err != nil {
		return nil, err
	}
	now := s.clock()
	next := s.successor(found, r, now)
	was := found.Times()
	tx := Transaction{
		Create: next,
		End:    []Ending{{ID: id, Cond: Condition{Now: now, Version: &found.Version, Times: &was}}},
	}
	if r.Grace > 0 {
		// Up to the second, so that the former id reads for no less than was asked.
		until := now.Add(r.Grace + time.Second - 1).Truncate(time.Second)
		tx.End[0].Alias = &Alias{To: next.ID, Until: until}
	}
	if s.options.MaxPerUser == 0 {
		return next, s.store.Apply(ctx, tx)
	}
	// After the turn of the id, never before: so nobody waits for each other.
	end, err := s.turns.take(ctx, userTurn(found.UserID))
	if err != nil {
		return nil, err
	}
	defer end()
	if err := s.reseat(ctx, &tx, found.Listed()); err != nil {
		return nil, err
	}
	return next, s.store.Apply(ctx, tx)
}

// successor returns what found is under its next id.
func (s *Service) successor(found *Session, r Rotation, now time.Time) *Session {
	next := found.Clone()
	next.ID = s.options.NewID(found.UserID)
	next.Handle = s.options.Handle(next.ID)
	next.Version++
	if r.Auth != nil {
		next.Auth = *r.Auth
	}
	next.setTimes(found.activeAt(now))
	return next
}
