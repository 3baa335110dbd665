package atrest

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"sync"

	"session-api"
	"session-api/store/atrest/datakeys"
	"session-api/store/unreadable"
)

// Options say what is kept secret, and with what.
type Options struct {
	// IDs make handles, under which rows are then kept; nil keeps ids.
	IDs *IDKeys
	// Data encrypts data as Rule says; nil leaves it as it is.
	Data *datakeys.Keys
	Rule DataRule
	// Logger takes what there is to say of stored rows; nil discards it.
	Logger *slog.Logger
}

// Store is a session.Store that keeps secrets before another one. Make one with New.
//
// Beside the contract: a session has its Handle, and lists show that in place of its
// ID, of rows that an id of these keys leads to. Create, Update and Retime know no
// handle. Delete, and endings without an alias, take it for the id; so does Get, and
// returns no more than a list would show.
type Store struct {
	engine session.Store
	ids    *IDKeys
	data   *datakeys.Keys
	rule   DataRule
	log    *slog.Logger
	unread *unreadable.Rows
	former sync.Once
}

var _ session.Store = (*Store)(nil)

// New returns a Store before engine, which Close closes.
func New(engine session.Store, o Options) *Store {
	if o.Data == nil {
		o.Rule = Clear
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Store{
		engine: engine, ids: o.IDs, data: o.Data, rule: o.Rule,
		log: o.Logger, unread: unreadable.NewRows(o.Logger),
	}
}

var errHandleAsID = errors.New("a new session cannot have a handle for its id")

// key returns what the row of a session is kept under.
func (s *Store) key(id string) string {
	if s.ids == nil {
		return id
	}
	return s.ids.Handle(id)
}

// isHandle reports whether id is no id but a handle, by which little can be done.
func (s *Store) isHandle(id string) bool { return s.ids != nil && session.IsHandle(id) }

// Create stores a new row; see session.Store.
func (s *Store) Create(ctx context.Context, row *session.Session) error {
	stored, err := s.stored(row)
	if err != nil {
		return err
	}
	return s.engine.Create(ctx, stored)
}

// stored returns the row that is kept for a session.
func (s *Store) stored(row *session.Session) (*session.Session, error) {
	if s.isHandle(row.ID) {
		return nil, errHandleAsID
	}
	kept := *row
	kept.ID, kept.Handle = s.key(row.ID), ""
	var err error
	kept.Data, err = s.sealData(kept.ID, row.Data)
	return &kept, err
}

// Get returns the row with this id; see session.Store.
func (s *Store) Get(ctx context.Context, id string) (*session.Session, error) {
	row, err := s.engine.Get(ctx, s.key(id))
	if err != nil {
		return nil, err
	}
	return s.shown(id, row)
}

// Update replaces the row's data if cond holds; see session.Store.
func (s *Store) Update(ctx context.Context, id string, c session.Change, cond session.Condition) (*session.Session, error) {
	if s.isHandle(id) {
		return nil, session.ErrNotFound
	}
	key, data := s.key(id), c.Data
	var err error
	if c.Data, err = s.sealData(key, data); err != nil {
		return nil, err
	}
	row, err := s.engine.Update(ctx, key, c, cond)
	if err != nil {
		return nil, err
	}
	if s.rule != Clear && bytes.Equal(row.Data, c.Data) { // as a rule, and spares opening it
		row.Data = bytes.Clone(data)
		return s.named(id, row), nil
	}
	return s.shown(id, row)
}

// Retime gives the row other times if cond holds; see session.Store.
func (s *Store) Retime(ctx context.Context, id string, to session.Times, raise bool, cond session.Condition) (*session.Session, error) {
	if s.isHandle(id) {
		return nil, session.ErrNotFound
	}
	row, err := s.engine.Retime(ctx, s.key(id), to, raise, cond)
	if err != nil {
		return nil, err
	}
	return s.shown(id, row)
}

// Delete removes the row if cond holds; see session.Store. What cannot be opened is
// removed too, and its data is then not known.
func (s *Store) Delete(ctx context.Context, id string, cond session.Condition) (*session.Session, error) {
	key := s.key(id)
	if s.ids != nil {
		if former, ok := s.ids.formerID(id); ok {
			key = former
		}
	}
	row, err := s.engine.Delete(ctx, key, cond)
	if err != nil {
		return nil, err
	}
	if s.isHandle(id) {
		row.Data = nil
	} else {
		row.Data, _ = s.openData(row)
	}
	return s.named(id, row), nil
}

// named gives a row back the id that it was asked for by.
func (s *Store) named(id string, row *session.Session) *session.Session {
	if s.ids != nil && row.ID != id && session.IsHandle(row.ID) {
		row.Handle = row.ID
	}
	row.ID = id
	return row
}

// shown returns what a row that was asked for by id is to the caller.
func (s *Store) shown(id string, row *session.Session) (*session.Session, error) {
	var err error
	switch {
	case row.RotatedTo != "":
		row.RotatedTo, err = s.goesOn(row.ID, row.RotatedTo)
		if s.isHandle(id) {
			row.RotatedTo = s.key(row.RotatedTo)
		}
	case s.isHandle(id):
		row.Data = nil
	default:
		row.Data, err = s.openData(row)
	}
	if err != nil {
		return nil, err
	}
	return s.named(id, row), nil
}

// Status tells whether the engine can serve; see session.Store.
func (s *Store) Status(ctx context.Context) (session.Status, error) { return s.engine.Status(ctx) }

// Close closes the engine; see session.Store.
func (s *Store) Close() error { return s.engine.Close() }

// UnreadableRows returns how often a list left out a row whose data could not be
// opened, since New.
func (s *Store) UnreadableRows() uint64 { return s.unread.Count() }
