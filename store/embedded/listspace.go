package embedded

import (
	"bytes"
	"context"
	"encoding/binary"
	"strings"

	session "session-api"
)

// allUsers are the keys of the by-user index.
var allUsers = span{[]byte{userPrefix}, []byte{userPrefix + 1}}

// listNamespace is List for the users whose ids begin with q.UserPrefix. It finds
// their sessions in the by-user index, so that a small namespace costs little beside
// a large one, and no position names a session of others.
func (s *Store) listNamespace(ctx context.Context, q session.PageQuery) (session.Page, error) {
	keys := allUsers
	if q.After != "" {
		if q.After[0] != namespacePosition || len(q.After) == 1 {
			return session.Page{}, session.ErrInvalidCursor
		}
		keys.lower = append([]byte{userPrefix}, q.After[1:]...)
	}
	return s.page(ctx, keys.sane(), func(w *walk) {
		found, more := w.namespaceKeys(q)
		w.page.Next = more
		w.namespaceRows(found, q)
	})
}

// namespaceKeys returns the active sessions that a page may hold, and the position
// after them, "" if there is nothing more. The index has the users by the length of
// their ids first, so those of a namespace lie together only within each length:
// what lies between is stepped over, and each step counts as a look.
func (w *walk) namespaceKeys(q session.PageQuery) (found []indexed, more string) {
	var next []byte // of the keys that may be wanted
	for ok, looked := w.iter.First(), 0; ok; looked++ {
		if len(found) == q.Limit || looked == looks(q.Limit) {
			return found, string(namespacePosition) + string(next[1:])
		}
		key := w.iter.Key()
		userEnd, further := nextInNamespace(key, q.UserPrefix)
		if further != nil {
			next, ok = further, w.iter.SeekGE(further)
			continue
		}
		if at, active := w.indexed(key[userEnd:], q); active && q.Created(at.session()) {
			found = append(found, at)
		}
		next, ok = successor(key), w.iter.Next()
	}
	return found, ""
}

// nextInNamespace returns where the user ends in a by-user index key, if that begins
// with prefix; else the first key that the user of one may come at.
func nextInNamespace(key []byte, prefix string) (userEnd int, next []byte) {
	length, size := binary.Uvarint(key[1:])
	start := 1 + size
	if size <= 0 || length > uint64(len(key)-start) { // #nosec G115 -- bounded just above
		return 0, successor(key) // which is no key of ours
	}
	user := key[start : start+int(length)] // #nosec G115 -- bounded just above
	switch {
	case strings.HasPrefix(string(user), prefix):
		return start + int(length), nil // #nosec G115 -- bounded just above
	case string(user) < prefix && len(user) >= len(prefix):
		return 0, append(bytes.Clone(key[:start]), prefix...)
	}
	return 0, prefixEnd(key[:start])
}

// namespaceRows fills the page with the rows of found, without their data.
func (w *walk) namespaceRows(found []indexed, q session.PageQuery) {
	w.page.Sessions = make([]*session.Session, 0, len(found))
	for start := 0; start < len(found); start += rowBatch {
		for _, row := range w.readRows(found[start:min(start+rowBatch, len(found))], noData) {
			if row != nil && q.Wants(row) {
				w.page.Sessions = append(w.page.Sessions, row)
			}
		}
	}
}
