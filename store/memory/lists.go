package memory

import (
	"context"
	"strings"
	"time"

	"session-api"
)

// Positions are the key that a page ended with, behind a mark of the list that
// gave it out.
const (
	allMark  = "all:"
	userMark = "user:"
)

// List returns a page of all active sessions by id. See session.Store.
func (m *Store) List(ctx context.Context, q session.PageQuery) (session.Page, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if err := m.usable(ctx); err != nil {
		return session.Page{}, err
	}
	after, ok := strings.CutPrefix(q.After, allMark)
	if q.After != "" && (!ok || after == "") {
		return session.Page{}, session.ErrInvalidCursor
	}
	bare := func(id string) *session.Session {
		row := *m.rows[id]
		row.Data = nil
		return &row
	}
	return page(m.ids.after(after), q, allMark, bare), nil
}

// ListByUser returns a page of the user's active sessions. See session.Store.
func (m *Store) ListByUser(ctx context.Context, userID string, q session.PageQuery) (session.Page, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if err := m.usable(ctx); err != nil {
		return session.Page{}, err
	}
	after, ok := strings.CutPrefix(q.After, userMark)
	if q.After != "" && (!ok || !isUserKey(after)) {
		return session.Page{}, session.ErrInvalidCursor
	}
	whole := func(key string) *session.Session { return m.rows[userKeyID(key)] }
	order := m.users[userID].after(after)
	if q.Descending {
		order = m.users[userID].before(after)
	}
	return page(order, q, userMark, whole), nil
}

func isUserKey(key string) bool {
	if len(key) < len(timeLayout) {
		return false
	}
	_, err := time.Parse(timeLayout, key[:len(timeLayout)])
	return err == nil
}

// page returns the first active rows of order, as q asks for them.
func page(order keys, q session.PageQuery, mark string, row func(key string) *session.Session) session.Page {
	var p session.Page
	var data int
	for i, key := range order {
		s := row(key)
		if s.ExpiredAt(q.Now) || !q.Wants(s) {
			continue
		}
		p.Sessions = append(p.Sessions, s.Clone())
		data += len(s.Data)
		full := len(p.Sessions) == q.Limit || data >= session.PageDataBytes
		if full && i < len(order)-1 {
			p.Next = mark + key
		}
		if full {
			break
		}
	}
	return p
}
