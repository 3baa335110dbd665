package embedded

import (
	"context"

	session "session-api"
)

// read returns the row's last durable state. It waits only for a write whose
// caller gave up, and not for that once ctx ends or writes are halted.
func (l *rowLocks[T]) read(ctx context.Context, id string) (*T, error) {
	sh := l.shard(id)
	if s := sh.hot(id); s != nil {
		return l.kind.clone(s), nil
	}
	if word := sh.word.Load(); uint32(word) == 0 { // #nosec G115 -- the lower half is meant
		s, err := l.kind.load(id)
		if sh.word.Load() == word {
			if err == nil {
				l.keep(sh, id, s, word)
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
func (l *rowLocks[T]) readLocked(sh *lockShard[T], id string) (*T, <-chan struct{}, error) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	r := sh.rows[id]
	if r == nil || !r.underWay() {
		// While the shard is locked no write of this row can publish, and so
		// none can commit.
		s, err := l.kind.load(id)
		return s, nil, err
	}
	var forsaken <-chan struct{}
	if r.forsaken {
		forsaken = r.settled
	}
	if r.before == nil {
		return nil, forsaken, session.ErrNotFound
	}
	return l.kind.clone(r.before), forsaken, nil
}

// underWay reports whether the outcome of a commit of the row is unknown. A
// commit of several rows settles all of them at once, before it releases one
// after another: whoever has seen a part of it finds the rest.
func (r *rowLock[T]) underWay() bool {
	select {
	case <-r.settled:
		return false
	default:
		return r.settled != nil
	}
}
