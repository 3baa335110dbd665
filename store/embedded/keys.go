package embedded

import (
	"bytes"
	"encoding/binary"
	"time"
)

// The first byte of every key says what it is.
const (
	rowPrefix          = 'r'
	userPrefix         = 'u'
	expiryPrefix       = 'e'
	recordPrefix       = 'k'
	recordExpiryPrefix = 'x'
	metaPrefix         = 'm'
)

// cursorKeyName is where the secret of CursorKey is kept. It is a row of the
// database rather than a file so that it is as private and as durable as the
// sessions are.
var cursorKeyName = []byte{metaPrefix, 'c', 'u', 'r', 's', 'o', 'r'}

// orderedBytes is the length of a number in a key.
const orderedBytes = 8

// appendOrdered appends n so that keys sort as the numbers do: big endian, with
// the sign flipped because negative numbers must come first.
func appendOrdered(key []byte, n int64) []byte {
	return binary.BigEndian.AppendUint64(key, uint64(n)^1<<63) // #nosec G115 -- the bits are meant
}

// cutOrdered undoes appendOrdered.
func cutOrdered(key []byte) (n int64, rest []byte, ok bool) {
	if len(key) < orderedBytes {
		return 0, nil, false
	}
	// #nosec G115 -- the bits are meant
	return int64(binary.BigEndian.Uint64(key) ^ 1<<63), key[orderedBytes:], true
}

// appendRowKey appends the key of the row with this id.
func appendRowKey(key []byte, id string) []byte {
	return append(append(key, rowPrefix), id...)
}

// appendRecordKey appends the key of a record.
func appendRecordKey(key []byte, name string) []byte {
	return append(append(key, recordPrefix), name...)
}

// userKeyPrefix returns what all index keys of a user begin with. The length
// goes first: no user's prefix is then the start of another's.
func userKeyPrefix(userID string) []byte {
	key := make([]byte, 0, 1+binary.MaxVarintLen64+len(userID)+orderedBytes+64)
	key = append(key, userPrefix)
	key = binary.AppendUvarint(key, uint64(len(userID)))
	return append(key, userID...)
}

// userKey returns the by-user index key of a session.
func userKey(userID string, createdAt time.Time, id string) []byte {
	return append(appendOrdered(userKeyPrefix(userID), createdAt.UnixMicro()), id...)
}

// expiryKey returns the by-expiry index key of a session or an alias.
func expiryKey(expiresAt time.Time, id string) []byte { return endKey(expiryPrefix, expiresAt, id) }

// recordExpiryKey returns the by-expiry index key of a record.
func recordExpiryKey(expiresAt time.Time, name string) []byte {
	return endKey(recordExpiryPrefix, expiresAt, name)
}

// endKey returns a key of a by-expiry index, which has all its keys in order of
// the ends.
func endKey(prefix byte, end time.Time, id string) []byte {
	key := make([]byte, 0, 1+orderedBytes+len(id))
	return append(appendOrdered(append(key, prefix), end.Unix()), id...)
}

// endBound returns the first key of a by-expiry index with an end at this second,
// in Unix time, or later.
func endBound(prefix byte, second int64) []byte { return appendOrdered([]byte{prefix}, second) }

// cutEndKey undoes endKey.
func cutEndKey(key []byte) (second int64, id []byte, ok bool) {
	second, id, ok = cutOrdered(key[1:])
	return second, id, ok && len(id) > 0
}

// expiryValue returns what the sweep needs, beside the key, to know the by-user
// index key without reading the row: a row that cannot be read goes as well. That
// of an alias, which has no such key, is empty.
func expiryValue(userID string, createdAt time.Time) []byte {
	v := make([]byte, 0, orderedBytes+len(userID))
	return append(appendOrdered(v, createdAt.UnixMicro()), userID...)
}

// cutExpiryValue undoes expiryValue.
func cutExpiryValue(v []byte) (userID string, createdAt time.Time, ok bool) {
	micros, user, ok := cutOrdered(v)
	return string(user), time.UnixMicro(micros), ok
}

// userValue returns what the by-user index says of a session beside its key:
// when it expires, so that a list reads no row that it would leave out.
func userValue(expiresAt time.Time) []byte {
	return appendOrdered(make([]byte, 0, orderedBytes), expiresAt.Unix())
}

// successor returns the first key after key.
func successor(key []byte) []byte { return append(bytes.Clone(key), 0) }

// prefixEnd returns the first key after all that begin with prefix, which has a
// byte that is not 0xff: that of the kind of key.
func prefixEnd(prefix []byte) []byte {
	end := bytes.Clone(prefix)
	for end[len(end)-1] == 0xff {
		end = end[:len(end)-1]
	}
	end[len(end)-1]++
	return end
}
