package embedded

import (
	"context"

	session "session-api"
)

// Retime gives a row other times; see session.Store.
func (s *Store) Retime(ctx context.Context, id string, to session.Times, raise bool, cond session.Condition) (*session.Session, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.gate.leave()
	lock, before, err := s.beginOn(ctx, id, cond, reserveBytes)
	if err != nil {
		return nil, err
	}
	// It shares the data with before, which reads let go of with the lock.
	after := *before
	after.ExpiresAt, after.AbsoluteExpiresAt, after.LastActiveAt = to.ExpiresAt, to.AbsoluteExpiresAt, to.LastActiveAt
	if raise {
		after.Version++
	}
	batch := s.db.NewBatch()
	setRow(batch, &after)
	moveEnd(batch, before, &after)
	if err := s.commit(ctx, lock, before, batch, s.ends(after.ExpiresAt)); err != nil {
		return nil, err
	}
	return &after, nil
}
