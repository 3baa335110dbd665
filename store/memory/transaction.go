package memory

import (
	"bytes"
	"context"

	"session-api"
)

// Apply does all of t or nothing. See session.Store.
func (m *Store) Apply(ctx context.Context, t session.Transaction) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.allows(ctx, t); err != nil {
		return err
	}
	for _, e := range t.End {
		m.remove(m.rows[e.ID])
		if e.Alias != nil {
			m.rows[e.ID] = e.Alias.Row(e.ID)
		}
	}
	for _, w := range t.Records {
		r := w.Record
		r.Value = bytes.Clone(r.Value)
		m.records[r.Key] = &r
	}
	if t.Create != nil {
		m.insert(t.Create)
	}
	return nil
}

// allows returns what stands against t, in the order of the contract.
func (m *Store) allows(ctx context.Context, t session.Transaction) error {
	if err := m.usable(ctx); err != nil {
		return err
	}
	for _, e := range t.End {
		if _, err := m.find(ctx, e.ID, e.Cond); err != nil {
			return err
		}
	}
	for _, w := range t.Records {
		if m.recordVersion(w.Key) != w.Was {
			return session.ErrStale
		}
	}
	if t.Create != nil && m.rows[t.Create.ID] != nil {
		return session.ErrExists
	}
	return nil
}

func (m *Store) recordVersion(key string) int64 {
	if r := m.records[key]; r != nil {
		return r.Version
	}
	return 0
}

// Record returns the record with this key. See session.Store.
func (m *Store) Record(ctx context.Context, key string) (*session.Record, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if err := m.usable(ctx); err != nil {
		return nil, err
	}
	r := m.records[key]
	if r == nil {
		return nil, session.ErrNotFound
	}
	found := *r
	found.Value = bytes.Clone(r.Value)
	return &found, nil
}
