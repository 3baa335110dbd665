package session

import (
	"context"
	"slices"
)

// Match is what a caller knows of the session that it changes: it must be at one
// of these versions. nil is no condition; an empty Match is one that no session
// meets.
type Match []int64

// noVersion is a version that no row has.
const noVersion = -1

// allows returns ErrConflict unless m allows a session at version.
func (m Match) allows(version int64) error {
	if m != nil && !slices.Contains(m, version) {
		return Conflict(version)
	}
	return nil
}

// pin returns the version that a write of id must name for m, nil for none. Only
// with several versions to choose from does that cost a store call.
func (s *Service) pin(ctx context.Context, id string, m Match) (*int64, error) {
	if !storableID(id) {
		return nil, ErrNotFound
	}
	switch {
	case m == nil:
		return nil, nil
	case len(m) == 0:
		return new(int64(noVersion)), nil
	case len(m) == 1:
		return &m[0], nil
	}
	found, err := s.present(ctx, id)
	if err != nil {
		return nil, err
	}
	return &found.Version, m.allows(found.Version)
}
