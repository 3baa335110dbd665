package embedded

import (
	"bytes"
	"context"
	"errors"

	session "session-api"
)

// A position is its kind and then what a list goes on after.
const (
	listPosition byte = 1 // then an id
	userPosition byte = 2 // then createdAt, as in the key, and an id
)

var errIndex = errors.New("an index entry is malformed")

// looks bounds how many keys a page looks at: a page over a million expired
// rows must stay short, and one over active rows should be full.
func looks(limit int) int { return 4*limit + 1000 }

// List returns a page of all active sessions by id; see session.Store.
func (s *Store) List(ctx context.Context, q session.PageQuery) (session.Page, error) {
	start := []byte{rowPrefix}
	if q.After != "" {
		id := q.After[1:]
		if q.After[0] != listPosition || id == "" {
			return session.Page{}, session.ErrInvalidCursor
		}
		start = successor(appendRowKey(nil, id))
	}
	return s.page(ctx, start, prefixEnd(rowPrefix), func(w *walk) { w.all(start, q) })
}

// all fills the page with active rows of all users.
func (w *walk) all(start []byte, q session.PageQuery) {
	last := ""
	for ok, looked := w.iter.SeekGE(start), 0; ok; ok, looked = w.iter.Next(), looked+1 {
		if len(w.page.Sessions) == q.Limit || looked == looks(q.Limit) {
			w.page.Next = string(listPosition) + last
			return
		}
		id := string(w.iter.Key()[1:])
		if found := w.row(id); found != nil && !found.ExpiredAt(q.Now) {
			found.Data = nil
			w.page.Sessions = append(w.page.Sessions, found)
		}
		last = id
	}
}

// ListByUser returns a page of a user's active sessions in the order of their
// creation; see session.Store.
func (s *Store) ListByUser(ctx context.Context, userID string, q session.PageQuery) (session.Page, error) {
	prefix := userKeyPrefix(userID)
	start := prefix
	if q.After != "" {
		if q.After[0] != userPosition || len(q.After) <= 1+orderedBytes {
			return session.Page{}, session.ErrInvalidCursor
		}
		start = successor(append(bytes.Clone(prefix), q.After[1:]...))
	}
	lower, upper := []byte{rowPrefix}, prefixEnd(userPrefix)
	return s.page(ctx, lower, upper, func(w *walk) {
		found, more := w.userKeys(prefix, start, q)
		w.userRows(found, more)
	})
}

// indexed is a session that the by-user index names.
type indexed struct {
	id       string
	position string // that a list goes on after it
}

// userKeys returns the user's active sessions that a page may hold, and the
// position after them, "" if there is nothing more.
func (w *walk) userKeys(prefix, start []byte, q session.PageQuery) (found []indexed, more string) {
	last := ""
	looked := 0
	for ok := w.iter.SeekGE(start); ok && bytes.HasPrefix(w.iter.Key(), prefix); ok = w.iter.Next() {
		if len(found) == q.Limit || looked == looks(q.Limit) {
			return found, last
		}
		looked++
		rest := w.iter.Key()[len(prefix):]
		last = string(userPosition) + string(rest)
		if at, active := w.indexed(rest, q); active {
			at.position = last
			found = append(found, at)
		}
	}
	return found, ""
}

// indexed reads a by-user index entry; false if its session is over.
func (w *walk) indexed(rest []byte, q session.PageQuery) (indexed, bool) {
	_, id, okKey := cutOrdered(rest)
	expires, _, okValue := cutOrdered(w.iter.Value())
	if !okKey || !okValue || len(id) == 0 {
		w.unread.Note(string(id), errIndex)
		return indexed{}, false
	}
	return indexed{id: string(id)}, q.Now.Unix() < expires
}
