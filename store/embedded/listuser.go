package embedded

import (
	"bytes"
	"context"
	"strings"
	"time"

	session "session-api"
)

// ListByUser returns a page of a user's active sessions in the order of their
// creation; see session.Store. With IDsOnly it reads no rows.
func (s *Store) ListByUser(ctx context.Context, userID string, q session.PageQuery) (session.Page, error) {
	prefix := userKeyPrefix(userID)
	keys := createdIn(prefix, q)
	if q.After != "" {
		if q.After[0] != userPosition || len(q.After) <= 1+orderedBytes {
			return session.Page{}, session.ErrInvalidCursor
		}
		keys = keys.beyond(append(bytes.Clone(prefix), q.After[1:]...), q.Descending)
	}
	if !strings.HasPrefix(userID, q.UserPrefix) {
		keys.upper = keys.lower
	}
	return s.page(ctx, keys, func(w *walk) {
		found, more := w.userKeys(len(prefix), q)
		if q.IDsOnly {
			w.userIDs(found, more)
			return
		}
		w.userRows(found, more)
	})
}

// span are the keys from lower up to but without upper.
type span struct{ lower, upper []byte }

// createdIn returns the by-user index keys of the sessions that were created when
// q asks for.
func createdIn(prefix []byte, q session.PageQuery) span {
	keys := span{prefix, prefixEnd(prefix)}
	// Sessions are created in whole microseconds, callers may ask for others.
	if !q.CreatedAfter.IsZero() {
		keys.lower = appendOrdered(bytes.Clone(prefix), q.CreatedAfter.UnixMicro()+1)
	}
	if !q.CreatedBefore.IsZero() {
		keys.upper = appendOrdered(bytes.Clone(prefix), q.CreatedBefore.Add(time.Microsecond-1).UnixMicro())
	}
	return keys.sane()
}

// beyond returns the keys of k that come after position, in the order of the walk.
func (k span) beyond(position []byte, descending bool) span {
	switch {
	case descending && bytes.Compare(position, k.upper) < 0:
		k.upper = position
	case !descending && bytes.Compare(position, k.lower) >= 0:
		k.lower = successor(position)
	}
	return k.sane()
}

// sane returns k, or an empty span if its ends have changed places: Pebble does
// not say what it makes of that.
func (k span) sane() span {
	if bytes.Compare(k.lower, k.upper) > 0 {
		k.upper = k.lower
	}
	return k
}

// indexed is a session that the by-user index names.
type indexed struct {
	id        string
	createdAt int64  // microseconds of Unix time
	position  string // that a list goes on after it
}

// session returns what the index says of the session.
func (x indexed) session() *session.Session {
	return &session.Session{ID: x.id, CreatedAt: time.UnixMicro(x.createdAt).UTC()}
}

// userKeys returns the active sessions that a page may hold, and the position
// after them, "" if there is nothing more. Skip is the length of what all keys
// begin with.
func (w *walk) userKeys(skip int, q session.PageQuery) (found []indexed, more string) {
	first, next := w.iter.First, w.iter.Next
	if q.Descending {
		first, next = w.iter.Last, w.iter.Prev
	}
	last := ""
	looked := 0
	for ok := first(); ok; ok = next() {
		if len(found) == q.Limit || looked == looks(q.Limit) {
			return found, last
		}
		looked++
		rest := w.iter.Key()[skip:]
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
	createdAt, id, okKey := cutOrdered(rest)
	expires, _, okValue := cutOrdered(w.iter.Value())
	if !okKey || !okValue || len(id) == 0 {
		w.unread.Note(string(id), errIndex)
		return indexed{}, false
	}
	return indexed{id: string(id), createdAt: createdAt}, q.Now.Unix() < expires
}

// userIDs fills the page with what the index says of found.
func (w *walk) userIDs(found []indexed, more string) {
	w.page.Next = more
	w.page.Sessions = make([]*session.Session, 0, len(found))
	for _, at := range found {
		w.page.Sessions = append(w.page.Sessions, at.session())
	}
}
