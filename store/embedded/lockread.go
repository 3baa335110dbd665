package embedded

import (
	"context"

	session "session-api"
)

// read returns the row's last durable state. It waits only for a write whose
// caller gave up, and not for that once ctx ends or writes are halted.
func (l *rowLocks) read(ctx context.Context, id string) (*session.Session, error) {
	sh := l.shard(id)
	if s := sh.hot(id); s != nil {
		return s.Clone(), nil
	}
	if word := sh.word.Load(); uint32(word) == 0 {
		s, err := l.load(id)
		if sh.word.Load() == word {
			if err == nil {
				sh.keep(s, word)
			}
			return s, err
		}
	}
	for {
		s, forsaken, err := l.readLocked(sh, id)
		if forsaken == nil {
			return s, err
		}
		select {
		case <-forsaken:
		case <-l.health.halted():
			return s, err
		case <-ctx.Done():
			return nil, session.Unavailable(ctx.Err())
		}
	}
}

// readLocked returns the row's last durable state and, if its write is forsaken,
// what is closed when that is settled.
func (l *rowLocks) readLocked(sh *lockShard, id string) (*session.Session, <-chan struct{}, error) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	r := sh.rows[id]
	if r == nil || r.settled == nil {
		// While the shard is locked no write of this row can publish, and so
		// none can commit.
		s, err := l.load(id)
		return s, nil, err
	}
	var forsaken <-chan struct{}
	if r.forsaken {
		forsaken = r.settled
	}
	if r.before == nil {
		return nil, forsaken, session.ErrNotFound
	}
	return r.before.Clone(), forsaken, nil
}
