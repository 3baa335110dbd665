package atrest

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"session-api"
)

// sealer is what seals records: they may hold ids, and digests of data.
type sealer interface {
	Seal(text, place []byte) ([]byte, error)
	Open(sealed, place []byte) ([]byte, error)
}

func aliasPlace(key string) string  { return "alias:" + key }
func recordPlace(key string) []byte { return []byte("record:" + key) }

// Apply does all that t says or nothing; see session.Store.
func (s *Store) Apply(ctx context.Context, t session.Transaction) error {
	if t.Create != nil {
		row, err := s.stored(t.Create)
		if err != nil {
			return err
		}
		t.Create = row
	}
	t.End, t.Records = slices.Clone(t.End), slices.Clone(t.Records)
	for i := range t.End {
		if err := s.keepEnding(&t.End[i]); err != nil {
			return err
		}
	}
	for i := range t.Records {
		if err := s.keepRecord(&t.Records[i].Record); err != nil {
			return err
		}
	}
	return s.engine.Apply(ctx, t)
}

// keepEnding makes of an ending what the engine does.
func (s *Store) keepEnding(e *session.Ending) error {
	if s.ids == nil {
		return nil
	}
	handle := s.isHandle(e.ID)
	e.ID = s.ids.Handle(e.ID)
	if e.Alias == nil {
		return nil
	}
	if handle {
		return session.ErrNotFound
	}
	to, err := s.ids.sealID(e.Alias.To, aliasPlace(e.ID))
	e.Alias = &session.Alias{To: to, Until: e.Alias.Until}
	return err
}

// goesOn returns the id that the alias at key keeps as stored.
func (s *Store) goesOn(key, stored string) (string, error) {
	if s.ids == nil {
		return stored, nil
	}
	id, err := s.ids.openID(stored, aliasPlace(key))
	if err != nil {
		return "", session.Unreadable(fmt.Errorf("the id that a session has now %w", err))
	}
	return id, nil
}

// recordSealer returns what opens records, nil if nothing does.
func (s *Store) recordSealer() sealer {
	switch {
	case s.ids != nil:
		return s.ids
	case s.data != nil:
		return s.data
	}
	return nil
}

// keepRecord seals the record's value, unless neither ids nor data are kept secret.
func (s *Store) keepRecord(r *session.Record) error {
	if s.ids == nil && s.rule == Clear {
		return nil
	}
	sealed, err := s.recordSealer().Seal(r.Value, recordPlace(r.Key))
	r.Value = append([]byte(mark), sealed...)
	return err
}

// Record returns the record with this key; see session.Store. A value that cannot be
// opened, or should have been sealed, is given as none: whoever reads it has to take
// it for damaged all the same, and needs the version to put another in its place.
func (s *Store) Record(ctx context.Context, key string) (*session.Record, error) {
	r, err := s.engine.Record(ctx, key)
	if err != nil {
		return nil, err
	}
	r.Value = s.openRecord(key, r.Value)
	return r, nil
}

func (s *Store) openRecord(key string, stored []byte) []byte {
	with := s.recordSealer()
	if with == nil {
		return stored
	}
	sealed, ok := bytes.CutPrefix(stored, []byte(mark))
	switch {
	case ok:
		value, err := with.Open(sealed, recordPlace(key))
		if err != nil {
			return nil
		}
		return value
	case s.ids != nil || s.rule == Require:
		return nil
	}
	return stored
}
