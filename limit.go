package session

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// place stores a new session under the rules that need a transaction: the limit
// for each user, and the key that makes the create happen once. If the key has
// made a session before, it returns that one.
func (s *Service) place(ctx context.Context, created *Session, key *onceKey) (replayed *Session, err error) {
	if s.options.MaxPerUser > 0 {
		end, err := s.turns.take(ctx, userTurn(created.UserID))
		if err != nil {
			return nil, err
		}
		defer end()
	}
	err = s.retry(ctx, func() error {
		err := s.placeOnce(ctx, created, key)
		if key == nil || err == nil || errors.Is(err, ErrUnavailable) {
			return err
		}
		// Whatever refused the create, if the key made it before, that counts.
		found, keyErr := s.replay(ctx, key)
		if keyErr != nil || found != nil {
			replayed = found
			return keyErr
		}
		return err
	})
	return replayed, err
}

func (s *Service) placeOnce(ctx context.Context, created *Session, key *onceKey) error {
	tx := Transaction{Create: created}
	if key != nil {
		write, err := key.write(created.ID, s.clock())
		if err != nil {
			return err
		}
		tx.Records = append(tx.Records, write)
	}
	if s.options.MaxPerUser > 0 {
		if err := s.seat(ctx, &tx); err != nil {
			return err
		}
	}
	err := s.store.Apply(ctx, tx)
	if errors.Is(err, ErrNotFound) || errors.Is(err, ErrExpired) {
		// The session that was to make room has ended by itself.
		return ErrStale
	}
	return err
}

// seat adds to tx what puts its new session on the user's roster, and ends the
// oldest ones where that is the policy.
func (s *Service) seat(ctx context.Context, tx *Transaction) error {
	now := s.clock()
	r, err := s.roster(ctx, tx.Create.UserID, now)
	if err != nil {
		return err
	}
	if len(r.members) >= s.options.MaxPerUser {
		if err := s.strike(ctx, r, now); err != nil {
			return err
		}
	}
	if surplus := len(r.members) - s.options.MaxPerUser + 1; surplus > 0 {
		if err := s.makeRoom(ctx, tx, r, surplus, now); err != nil {
			return err
		}
	}
	r.members = append(r.members, memberOf(tx.Create))
	return r.addTo(tx)
}

func (r *roster) addTo(tx *Transaction) error {
	write, err := r.write()
	tx.Records = append(tx.Records, write)
	return err
}

// makeRoom ends the n oldest members, or refuses to. The last one ends with the
// create in one step, so that nobody loses a session for a create that fails.
// There are more only where the limit was lowered: those are too many whatever
// becomes of the create.
func (s *Service) makeRoom(ctx context.Context, tx *Transaction, r *roster, n int, now time.Time) error {
	if s.options.LimitPolicy == RejectNew {
		return &Error{
			Code:    CodeTooManySessions,
			Message: fmt.Sprintf("A user can have %d sessions at a time; end one first", s.options.MaxPerUser),
			Field:   "userId",
		}
	}
	slices.SortStableFunc(r.members, func(a, b member) int { return cmp.Compare(a.At, b.At) })
	err := inParallel(enders, n-1, func(i int) error {
		_, err := s.store.Delete(ctx, r.members[i].ID, Condition{Now: now})
		if errors.Is(err, ErrNotFound) || errors.Is(err, ErrExpired) || errors.Is(err, ErrUnreadable) {
			return nil
		}
		return err
	})
	if err != nil {
		return err
	}
	tx.End = append(tx.End, Ending{ID: r.members[n-1].ID, Cond: Condition{Now: now}})
	r.members = r.members[n:]
	return nil
}

// reseat adds to the transaction of a rotation what puts the new session in the
// place of the one that lists showed as former on the user's roster.
func (s *Service) reseat(ctx context.Context, tx *Transaction, former string) error {
	r, err := s.roster(ctx, tx.Create.UserID, s.clock())
	if err != nil {
		return err
	}
	r.members = slices.DeleteFunc(r.members, func(m member) bool { return m.ID == former })
	r.members = append(r.members, memberOf(tx.Create))
	return r.addTo(tx)
}

// prolong sees to it that the user's roster has found as a member until end.
func (s *Service) prolong(ctx context.Context, found *Session, end time.Time) error {
	over, err := s.turns.take(ctx, userTurn(found.UserID))
	if err != nil {
		return err
	}
	defer over()
	r, err := s.roster(ctx, found.UserID, s.clock())
	if err != nil {
		return err
	}
	at := slices.IndexFunc(r.members, func(m member) bool { return m.ID == found.Listed() })
	switch {
	case at < 0:
		r.members = append(r.members, memberOf(found))
		at = len(r.members) - 1
	case r.members[at].End >= end.Unix():
		return nil
	}
	r.members[at].End = end.Unix()
	write, err := r.write()
	if err != nil {
		return err
	}
	return s.store.Apply(ctx, Transaction{Records: []RecordWrite{write}})
}
