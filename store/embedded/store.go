package embedded

import (
	"context"
	"crypto/rand"
	"errors"
	"path/filepath"
	"sync"

	"github.com/cockroachdb/pebble/v2"

	session "session-api"
	"session-api/store/unreadable"
)

// Store is a session.Store in a data directory.
type Store struct {
	db        *pebble.DB
	dir       *dataDir
	name      string
	health    *health
	space     *space
	locks     *rowLocks[session.Session]
	records   *rowLocks[session.Record]
	committer *committer
	sweeper   *sweeper
	unread    *unreadable.Rows
	issued    issued
	gate      *gate
	cursorKey []byte
	options   Options
	closing   sync.Once
}

var _ session.Store = (*Store)(nil)

// Open opens the data directory, which is made if missing. Its errors are
// sentences that name the directory: it is not one of this service, a newer
// release wrote it, another process has it open, it cannot be read or written.
func Open(o Options) (*Store, error) {
	o = o.withDefaults()
	health := newHealth(o.Logger)
	fs := &guardFS{FS: o.fs, health: health, retryEvery: o.retryEvery}
	dir, err := openDir(fs, o.Dir)
	if err != nil {
		return nil, err
	}
	cache := newBlockCache()
	database, err := openPebble(dir.database, pebbleOptions(fs, dir.lock, cache, o.Logger), health)
	if err != nil {
		return nil, errors.Join(dir.cannot("be opened", err), dir.close())
	}
	fs.armed.Store(true)
	return newStore(o, fs, dir, database, cache), nil
}

func newStore(o Options, fs *guardFS, dir *dataDir, database opened, cache *blockCache) *Store {
	s := &Store{
		db: database.db, cursorKey: database.cursorKey, dir: dir, health: fs.health, options: o,
		name:   filepath.Base(o.Dir),
		space:  newSpace(fs, o),
		unread: unreadable.NewRows(o.Logger),
		gate:   newGate(),
	}
	s.locks = newRowLocks(s.health, rowKind[session.Session]{
		load: s.load, clone: (*session.Session).Clone, size: hotSize,
	})
	s.records = newRowLocks(s.health, rowKind[session.Record]{load: s.loadRecord, clone: cloneRecord})
	s.committer = newCommitter(s.db, cache, s.health, s.space, o.stallAfter)
	s.sweeper = newSweeper(s)
	return s
}

// cursorKey returns the secret that the database keeps, made if it has none.
func cursorKey(db *pebble.DB) ([]byte, error) {
	stored, closer, err := db.Get(cursorKeyName)
	if errors.Is(err, pebble.ErrNotFound) {
		key := make([]byte, session.CursorKeyBytes)
		_, _ = rand.Read(key) // never fails: crypto/rand
		return key, db.Set(cursorKeyName, key, pebble.Sync)
	}
	if err != nil {
		return nil, err
	}
	key := append([]byte(nil), stored...)
	if err := closer.Close(); err != nil {
		return nil, err
	}
	if len(key) != session.CursorKeyBytes {
		return nil, says("the stored cursor key has %d bytes, not %d", len(key), session.CursorKeyBytes)
	}
	return key, nil
}

// UnreadableRows returns how often a list left out a row that could not be
// understood, since Open.
func (s *Store) UnreadableRows() uint64 { return s.unread.Count() }

// CursorKey returns the secret that seals the cursors of lists. It was made with
// the data directory and is kept in it, so cursors outlive a restart.
func (s *Store) CursorKey() []byte { return append([]byte(nil), s.cursorKey...) }

// enter lets a call in. The caller leaves the gate if the error is nil.
func (s *Store) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return session.Unavailable(err)
	}
	if !s.gate.enter() {
		return session.Unavailable(errClosed)
	}
	return nil
}

// Status tells whether reads and writes are served; see session.Store.
func (s *Store) Status(ctx context.Context) (session.Status, error) {
	if err := s.enter(ctx); err != nil {
		return session.Status{}, err
	}
	defer s.gate.leave()
	if err := s.writable(reserveBytes); err != nil {
		return session.Status{}, session.Unavailable(err)
	}
	return session.Status{Table: s.name, State: session.StateActive}, nil
}

// Close stops the sweep, waits for running calls and leaves the data directory
// to the next process, in a state that opens fast. After a failure of the disk
// it gives up the database as it is: what was acknowledged is in its log.
func (s *Store) Close() (err error) {
	s.closing.Do(func() { err = s.close() })
	return err
}
