package embedded

import (
	"bytes"

	"github.com/cockroachdb/pebble/v2"
)

// strideMost is how many rows a rowFinder steps over that it was not asked for: those
// of sessions that are over, above all.
const strideMost = 4

// rowFinder moves an iterator over all rows to one row after another, in the order of
// their keys. Where ids begin with the user's, as session.NewLabelledID makes them, a
// user's rows are neighbours, and a step to the next takes a small part of a look-up.
// So the finder steps, until it once got nowhere.
type rowFinder struct {
	iter   *pebble.Iterator
	buf    keyBuffer
	placed bool // the iterator was moved to the first row
	strewn bool // rows are anywhere: each is looked up by itself
}

// find reports whether there is a row with this id, and moves the iterator there.
func (f *rowFinder) find(id string) bool {
	key := appendRowKey(f.buf[:0], id)
	switch {
	case f.strewn:
		return f.iter.SeekPrefixGE(key) && bytes.Equal(f.iter.Key(), key)
	case !f.placed:
		f.placed = true
		f.iter.SeekGE(key)
	}
	for range 1 + strideMost {
		if !f.iter.Valid() {
			return false // that was the last of all rows
		}
		if order := bytes.Compare(f.iter.Key(), key); order >= 0 {
			return order == 0
		}
		f.iter.Next()
	}
	f.strewn = true
	return f.find(id)
}
