package embedded

import (
	"context"
	"errors"

	session "session-api"
)

// A position is its kind and then what a list goes on after.
const (
	listPosition      byte = 1 // then an id
	userPosition      byte = 2 // then createdAt, as in the key, and an id
	namespacePosition byte = 3 // then the by-user index key that is next, but for its first byte
)

var errIndex = errors.New("an index entry is malformed")

// looks bounds how many keys a page looks at: a page over a million expired
// rows must stay short, and one over active rows should be full.
func looks(limit int) int { return 4*limit + 1000 }

// allRows are the keys of all rows.
var allRows = span{[]byte{rowPrefix}, []byte{rowPrefix + 1}}

// List returns a page of all active sessions: by id, or by user where it is those of
// a namespace; see session.Store.
func (s *Store) List(ctx context.Context, q session.PageQuery) (session.Page, error) {
	if q.UserPrefix != "" {
		return s.listNamespace(ctx, q)
	}
	rows := allRows
	if q.After != "" {
		id := q.After[1:]
		if q.After[0] != listPosition || id == "" {
			return session.Page{}, session.ErrInvalidCursor
		}
		rows.lower = successor(appendRowKey(nil, id))
	}
	return s.page(ctx, rows, func(w *walk) { w.all(q) })
}

// all fills the page with active rows of all users.
func (w *walk) all(q session.PageQuery) {
	w.page.Sessions = make([]*session.Session, 0, min(q.Limit, session.MaxPageLimit))
	last := ""
	for ok, looked := w.iter.First(), 0; ok; ok, looked = w.iter.Next(), looked+1 {
		if len(w.page.Sessions) == q.Limit || looked == looks(q.Limit) {
			w.page.Next = string(listPosition) + last
			return
		}
		id := string(w.iter.Key()[1:])
		if found := w.row(id); found != nil && !found.ExpiredAt(q.Now) && q.Created(found) {
			found.Data = nil
			w.page.Sessions = append(w.page.Sessions, found)
		}
		last = id
	}
}
