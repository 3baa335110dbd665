package embedded

import "sync"

// A create must look whether its id is free, and to find that a key is not there is the
// dearest look-up that Pebble has: half of what a create computes before it commits. An
// id that this store has made itself is free for sure: it is drawn from so many random
// bits that none comes twice (a UUID relies on 122, RFC 9562 section 5.4; these have 128
// and more), and was given out once. So the store remembers the ids that it made, for as
// long as nobody has created a session under them; what it does not know it looks up.

// issuedMost is how many ids are remembered at least: more than there are creates
// between the making of an id and its use.
const issuedMost = 1024

// issued are ids that were made and not used yet.
type issued struct {
	mu sync.Mutex
	// Two generations, of which the older goes when the younger is full: ids that are
	// never used, because the create was refused, do not stay.
	young, old map[string]struct{}
}

func (i *issued) add(id string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if len(i.young) == issuedMost || i.young == nil {
		i.young, i.old = make(map[string]struct{}, issuedMost), i.young
	}
	i.young[id] = struct{}{}
}

// take reports whether id is one, and makes it none.
func (i *issued) take(id string) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, ids := range []map[string]struct{}{i.young, i.old} {
		if _, ok := ids[id]; ok {
			delete(ids, id)
			return true
		}
	}
	return false
}

// NewIDs returns a maker of ids that makes those of next, and has Create not look
// whether one of them is taken. next must draw at least 128 bits of each id from
// crypto/rand, as session.NewLabelledID and session.NewOpaqueID do.
func (s *Store) NewIDs(next func(userID string) string) func(userID string) string {
	return func(userID string) string {
		id := next(userID)
		s.issued.add(id)
		return id
	}
}
