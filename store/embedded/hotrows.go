package embedded

import session "session-api"

// A session is read on every request of its user, so the rows that were read last
// are kept decoded, in front of Pebble. A look-up there takes a tenth of the time
// of one in Pebble's own cache.
//
// A kept row is never stale: taking a row's lock drops it before the write can
// begin, and a read keeps what it found only if no lock of the shard was taken
// since before it looked.
const (
	// hotBytes bounds all kept rows together, as hotSize counts them.
	hotBytes = 32 << 20
	// maxHotRow is the largest row that is kept: a few large ones must not push
	// out many small ones.
	maxHotRow = 8 << 10
	// hotOverhead is what a kept row takes beside its strings and data: the
	// struct and its place in the map, about.
	hotOverhead = 256
)

// hotRows are the kept rows of one shard. Its lock guards them.
type hotRows struct {
	rows  map[string]*session.Session // never changed once kept
	bytes int
}

func hotSize(s *session.Session) int { return hotOverhead + len(s.ID) + len(s.UserID) + len(s.Data) }

// hot returns the row if it is kept. The caller must not change it.
func (sh *lockShard) hot(id string) *session.Session {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	return sh.kept.rows[id]
}

// keep keeps a row that was read while the shard's word was word.
func (sh *lockShard) keep(s *session.Session, word uint64) {
	size := hotSize(s)
	if size > maxHotRow {
		return
	}
	kept := s.Clone()
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sh.word.Load() != word || sh.kept.rows[s.ID] != nil {
		return
	}
	if sh.kept.rows == nil {
		sh.kept.rows = make(map[string]*session.Session)
	}
	// Ranging over a map begins anywhere: what goes is chosen by chance, which
	// needs no bookkeeping on reads and serves nearly as well as age.
	for id := range sh.kept.rows {
		if sh.kept.bytes+size <= hotBytes/lockShards {
			break
		}
		sh.dropLocked(id)
	}
	sh.kept.rows[s.ID] = kept
	sh.kept.bytes += size
}

// drop forgets a row that is about to change.
func (sh *lockShard) drop(id string) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	sh.dropLocked(id)
}

func (sh *lockShard) dropLocked(id string) {
	if s := sh.kept.rows[id]; s != nil {
		delete(sh.kept.rows, id)
		sh.kept.bytes -= hotSize(s)
	}
}
