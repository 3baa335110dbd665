package dynamo

import (
	"context"

	"session-api"
)

// Update replaces the data of a row; see session.Store.
func (s *Store) Update(ctx context.Context, id string, c session.Change, cond session.Condition) (*session.Session, error) {
	if err := s.gate.enter(ctx); err != nil {
		return nil, err
	}
	defer s.gate.leave()
	e := &edit{
		store: s, id: id, cond: cond,
		set:    []string{"#data = :data", "updatedAt = :at"},
		names:  map[string]string{"#data": AttributeData},
		values: item{":data": text(string(c.Data)), ":at": timeText(c.At)},
	}
	e.raises()
	return e.run(ctx)
}
