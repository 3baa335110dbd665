// Package memory is the reference storage engine: it keeps sessions in maps of
// this process and forgets them when the process ends.
//
// It is written to be read beside the contract on session.Store, and serves
// tests and trials. It owns no clock and never removes a row or a record by
// itself, so what is over takes memory until the process ends. Production has
// other engines.
package memory

import (
	"context"
	"errors"
	"sync"

	"session-api"
)

// tableName is Status.Table of this engine.
const tableName = "memory"

var errClosed = errors.New("the memory store is closed")

// Store is a session.Store in memory. Make one with New.
type Store struct {
	mu     sync.RWMutex
	closed bool
	// rows holds every row by its id, aliases too. A row is never changed once it
	// is here: writes put another in its place, so that Delete can hand out the
	// very row that it took away.
	rows map[string]*session.Session
	// ids are the ids of all sessions in byte order.
	ids keys
	// users holds, for each user with a session, the userKey of those.
	users map[string]keys
	// records holds every record by its key, as rows does.
	records map[string]*session.Record
}

var _ session.Store = (*Store)(nil)

// New returns an empty Store.
func New() *Store {
	return &Store{
		rows: map[string]*session.Session{}, users: map[string]keys{}, records: map[string]*session.Record{},
	}
}

// Create stores s. See session.Store.
func (m *Store) Create(ctx context.Context, s *session.Session) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.usable(ctx); err != nil {
		return err
	}
	if m.rows[s.ID] != nil {
		return session.ErrExists
	}
	m.insert(s)
	return nil
}

func (m *Store) insert(s *session.Session) {
	m.rows[s.ID] = s.Clone()
	m.ids = m.ids.with(s.ID)
	m.users[s.UserID] = m.users[s.UserID].with(userKey(s))
}

// Get returns the row with this id. See session.Store.
func (m *Store) Get(ctx context.Context, id string) (*session.Session, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if err := m.usable(ctx); err != nil {
		return nil, err
	}
	row := m.rows[id]
	if row == nil {
		return nil, session.ErrNotFound
	}
	return row.Clone(), nil
}

// Update replaces the data of the row if cond holds. See session.Store.
func (m *Store) Update(ctx context.Context, id string, c session.Change, cond session.Condition) (*session.Session, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	row, err := m.find(ctx, id, cond)
	if err != nil {
		return nil, err
	}
	changed := *row
	changed.Data, changed.UpdatedAt = c.Data, c.At
	changed.Version++
	m.rows[id] = changed.Clone()
	return changed.Clone(), nil
}

// Retime gives the row other times if cond holds. See session.Store.
func (m *Store) Retime(ctx context.Context, id string, to session.Times, raise bool, cond session.Condition) (*session.Session, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	row, err := m.find(ctx, id, cond)
	if err != nil {
		return nil, err
	}
	changed := row.Clone()
	changed.ExpiresAt, changed.AbsoluteExpiresAt, changed.LastActiveAt = to.ExpiresAt, to.AbsoluteExpiresAt, to.LastActiveAt
	if raise {
		changed.Version++
	}
	m.rows[id] = changed
	return changed.Clone(), nil
}

// Delete removes the row if cond holds. See session.Store.
func (m *Store) Delete(ctx context.Context, id string, cond session.Condition) (*session.Session, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	row, err := m.find(ctx, id, cond)
	if err != nil {
		return nil, err
	}
	m.remove(row)
	return row, nil
}

func (m *Store) remove(row *session.Session) {
	delete(m.rows, row.ID)
	m.ids = m.ids.without(row.ID)
	m.users[row.UserID] = m.users[row.UserID].without(userKey(row))
	if len(m.users[row.UserID]) == 0 {
		delete(m.users, row.UserID)
	}
}

// Status returns the table "memory". See session.Store.
func (m *Store) Status(ctx context.Context) (session.Status, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if err := m.usable(ctx); err != nil {
		return session.Status{}, err
	}
	return session.Status{Table: tableName, State: session.StateActive}, nil
}

// Close frees the rows. It returns nil.
func (m *Store) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	m.rows, m.ids, m.users, m.records = nil, nil, nil, nil
	return nil
}

// find returns the row that a write under cond may replace or remove. The
// caller holds the lock until it has done so: that makes the write atomic.
func (m *Store) find(ctx context.Context, id string, cond session.Condition) (*session.Session, error) {
	if err := m.usable(ctx); err != nil {
		return nil, err
	}
	row := m.rows[id]
	if row == nil {
		return nil, session.ErrNotFound
	}
	return row, cond.Check(row)
}

// usable returns ErrUnavailable for a closed store or an ended ctx. It is asked
// under the lock, so that a call that waited for it past its end writes nothing.
func (m *Store) usable(ctx context.Context) error {
	if m.closed {
		return session.Unavailable(errClosed)
	}
	if err := ctx.Err(); err != nil {
		return session.Unavailable(err)
	}
	return nil
}
