package embedded

import session "session-api"

// A session is read on every request of its user, so the rows that were read last
// are kept decoded, in front of Pebble. A look-up there takes a tenth of the time
// of one in Pebble's own cache. Records are not: a write follows most reads of
// one, and drops it.
//
// A kept row is never stale: taking a row's lock drops it before the write can
// begin, and a read keeps what it found only if no lock of the shard was taken
// since before it looked.
const (
	// hotBytes bounds all kept rows together, as hotSize counts them: some 50,000
	// sessions with 300 bytes of data.
	hotBytes = 44 << 20
	// maxHotRow is the largest row that is kept: a few large ones must not push
	// out many small ones.
	maxHotRow = 16 << 10
	// hotOverhead is what a kept row takes beside its strings and data: the
	// struct and its place in the map, about.
	hotOverhead = 480
)

// hotRows are the kept rows of one shard. Its lock guards them.
type hotRows[T any] struct {
	rows  map[string]hotRow[T]
	bytes int
}

// hotRow is a kept row, which is never changed.
type hotRow[T any] struct {
	row  *T
	size int
}

func hotSize(s *session.Session) int { return hotOverhead + len(s.ID) + textBytes(s) + len(s.Data) }

// hot returns the row if it is kept. The caller must not change it.
func (sh *lockShard[T]) hot(id string) *T {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	return sh.kept.rows[id].row
}

// keep keeps a row that was read while its shard's word was word.
func (l *rowLocks[T]) keep(sh *lockShard[T], id string, row *T, word uint64) {
	if l.kind.size == nil {
		return
	}
	size := l.kind.size(row)
	if size > maxHotRow {
		return
	}
	kept := hotRow[T]{l.kind.clone(row), size}
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sh.word.Load() != word || sh.kept.rows[id].row != nil {
		return
	}
	sh.keepLocked(id, kept)
}

func (sh *lockShard[T]) keepLocked(id string, kept hotRow[T]) {
	if sh.kept.rows == nil {
		sh.kept.rows = make(map[string]hotRow[T])
	}
	// Ranging over a map begins anywhere: what goes is chosen by chance, which
	// needs no bookkeeping on reads and serves nearly as well as age.
	for other := range sh.kept.rows {
		if sh.kept.bytes+kept.size <= hotBytes/lockShards {
			break
		}
		sh.dropLocked(other)
	}
	sh.kept.rows[id] = kept
	sh.kept.bytes += kept.size
}

// drop forgets a row that is about to change.
func (sh *lockShard[T]) drop(id string) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	sh.dropLocked(id)
}

func (sh *lockShard[T]) dropLocked(id string) {
	if kept := sh.kept.rows[id]; kept.row != nil {
		delete(sh.kept.rows, id)
		sh.kept.bytes -= kept.size
	}
}
