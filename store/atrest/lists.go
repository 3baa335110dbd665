package atrest

import (
	"context"

	"session-api"
)

// List returns a page of all active sessions; see session.Store.
func (s *Store) List(ctx context.Context, q session.PageQuery) (session.Page, error) {
	page, err := s.engine.List(ctx, q)
	return s.page(page, func(row *session.Session) bool { return s.reachable(row) }), err
}

// ListByUser returns a page of a user's active sessions; see session.Store.
func (s *Store) ListByUser(ctx context.Context, userID string, q session.PageQuery) (session.Page, error) {
	page, err := s.engine.ListByUser(ctx, userID, q)
	if q.IDsOnly {
		return s.page(page, s.nameable), err
	}
	return s.page(page, func(row *session.Session) bool { return s.reachable(row) && s.readable(row) }), err
}

// page leaves out of p what keep does not want.
func (s *Store) page(p session.Page, keep func(*session.Session) bool) session.Page {
	kept := p.Sessions[:0]
	for _, row := range p.Sessions {
		if keep(row) {
			kept = append(kept, row)
		}
	}
	clear(p.Sessions[len(kept):])
	p.Sessions = kept
	return p
}

// reachable reports whether an id leads to the row. One that was stored under its
// id, or a handle of keys that are gone, can be used by nobody and counts for no
// limit; and an id on a list would be worth something again where ids are kept.
func (s *Store) reachable(row *session.Session) bool {
	if s.ids == nil || session.IsHandle(row.ID) && s.ids.knows(row.ID) {
		return true
	}
	s.former.Do(func() {
		s.log.Info("The store holds sessions from before SESSION_ID_AT_REST=hashed or from before its key; " +
			"nobody can use them, lists leave them out, and they end by themselves.")
	})
	return false
}

// nameable gives the row a name to end it by, whatever it was stored under: what a
// user's sessions end for must not come back when ids are kept again.
func (s *Store) nameable(row *session.Session) bool {
	row.Data = nil
	if s.ids == nil || session.IsHandle(row.ID) {
		return true
	}
	name, err := s.ids.formerName(row.ID)
	row.ID = name
	return err == nil
}

// readable opens the row's data, and takes down that it can't be.
func (s *Store) readable(row *session.Session) bool {
	data, err := s.openData(row)
	if err != nil {
		s.unread.Note(row.ID, err)
		return false
	}
	row.Data = data
	return true
}
