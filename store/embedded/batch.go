package embedded

import (
	"github.com/cockroachdb/pebble/v2"

	session "session-api"
)

// What a write of one session, alias or record does to the keys. The errors of a
// batch's methods are for kinds of batches that this package has none of.

// insert adds a session's three keys.
func insert(batch *pebble.Batch, n *session.Session) {
	setRow(batch, n)
	_ = batch.Set(userKey(n.UserID, n.CreatedAt, n.ID), userValue(n.ExpiresAt), nil)
	_ = batch.Set(expiryKey(n.ExpiresAt, n.ID), expiryValue(n.UserID, n.CreatedAt), nil)
}

// insertAlias adds an alias's two keys: no user's list shows it.
func insertAlias(batch *pebble.Batch, alias *session.Session) {
	setRow(batch, alias)
	_ = batch.Set(expiryKey(alias.ExpiresAt, alias.ID), nil, nil)
}

func setRow(batch *pebble.Batch, s *session.Session) {
	var buf keyBuffer
	row := appendRow(make([]byte, 0, rowBound+textBytes(s)+len(s.Data)), s)
	_ = batch.Set(appendRowKey(buf[:0], s.ID), row, nil)
}

// moveEnd brings the index keys of a session, which name its end, in step.
func moveEnd(batch *pebble.Batch, before, after *session.Session) {
	if before.ExpiresAt.Equal(after.ExpiresAt) {
		return
	}
	_ = batch.Delete(expiryKey(before.ExpiresAt, before.ID), nil)
	_ = batch.Set(expiryKey(after.ExpiresAt, after.ID), expiryValue(after.UserID, after.CreatedAt), nil)
	_ = batch.Set(userKey(after.UserID, after.CreatedAt, after.ID), userValue(after.ExpiresAt), nil)
}

// remove takes a session's three keys away.
func remove(batch *pebble.Batch, s *session.Session) {
	var buf keyBuffer
	_ = batch.Delete(appendRowKey(buf[:0], s.ID), nil)
	_ = batch.Delete(userKey(s.UserID, s.CreatedAt, s.ID), nil)
	_ = batch.Delete(expiryKey(s.ExpiresAt, s.ID), nil)
}

// setRecord puts a record in the place of before, nil for none. Its by-expiry key
// is another only if its end is.
func setRecord(batch *pebble.Batch, before, r *session.Record) {
	var buf keyBuffer
	if before != nil {
		_ = batch.Delete(recordExpiryKey(before.ExpiresAt, before.Key), nil)
	}
	_ = batch.Set(appendRecordKey(buf[:0], r.Key), appendRecord(nil, r), nil)
	_ = batch.Set(recordExpiryKey(r.ExpiresAt, r.Key), nil, nil)
}
