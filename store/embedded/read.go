package embedded

import (
	"context"
	"errors"

	"github.com/cockroachdb/pebble/v2"

	session "session-api"
)

// keyBuffer holds the row key of every id that the service makes without an
// allocation.
type keyBuffer [128]byte

// Get returns the row with this id; see session.Store.
func (s *Store) Get(ctx context.Context, id string) (*session.Session, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.gate.leave()
	return s.locks.read(ctx, id)
}

// load reads a row from the database, durable or not.
func (s *Store) load(id string) (*session.Session, error) {
	var buf keyBuffer
	row, closer, err := s.db.Get(appendRowKey(buf[:0], id))
	if err != nil {
		return nil, readError(err)
	}
	found, err := decodeRow(id, row)
	if err == nil && found.Data != nil { // an alias has none
		found.Data = append(make([]byte, 0, len(found.Data)), found.Data...)
	}
	if closeErr := closer.Close(); closeErr != nil && err == nil {
		err = readError(closeErr)
	}
	if err != nil {
		return nil, err
	}
	return found, nil
}

// taken reports whether a row with the id of a new one is stored, readable or not.
func (s *Store) taken(id string) (bool, error) {
	if s.issued.take(id) {
		return false, nil
	}
	var buf keyBuffer
	_, closer, err := s.db.Get(appendRowKey(buf[:0], id))
	switch {
	case errors.Is(err, pebble.ErrNotFound):
		return false, nil
	case err != nil:
		return false, readError(err)
	}
	return true, closer.Close()
}

// readError returns what callers see of an error of Pebble's.
func readError(err error) error {
	if errors.Is(err, pebble.ErrNotFound) {
		return session.ErrNotFound
	}
	return session.Unavailable(redacted(err))
}
