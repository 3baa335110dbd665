package embedded

import (
	"context"
	"hash/maphash"
	"sync"
	"sync/atomic"
)

// rowLocks lets one write at a time change a row, and lets reads know what is
// under way. A lock is held until the write is durable, however long its caller
// waits for that. Sessions and records have a table of locks each, so that an id
// and a key that read the same never meet.
type rowLocks[T any] struct {
	seed   maphash.Seed
	health *health
	kind   rowKind[T]
	shards [lockShards]lockShard[T]
}

// rowKind is what locks have to know of the rows that they guard.
type rowKind[T any] struct {
	// load reads a row from the database, durable or not.
	load func(id string) (*T, error)
	// clone returns a copy that shares nothing with the row.
	clone func(*T) *T
	// size returns how many bytes a row takes when it is kept; nil keeps none.
	size func(*T) int
}

// lockShards is far above the number of writes that run at once, so that a read
// seldom shares a shard with one.
const lockShards = 1024

type lockShard[T any] struct {
	// word counts, in its upper half, how often a lock of this shard was taken
	// and, in its lower half, how many are held now. A read that finds the same
	// word with none held before and after saw no write of this shard.
	word atomic.Uint64
	mu   sync.Mutex
	rows map[string]*rowLock[T]
	kept hotRows[T]
	// One shard a cache line: neighbours must not slow each other.
	_ [24]byte
}

const (
	wordHeld  = 1
	wordTaken = 1 << 32
)

// held is the lock of a row of any kind, as a commit knows it.
type held interface {
	forsake(settled chan struct{})
	release()
}

// rowLock is the lock of one row. It exists while someone holds or awaits it.
type rowLock[T any] struct {
	shard *lockShard[T]
	id    string
	// turn holds a token while the lock is held; senders wait in line.
	turn chan struct{}
	// users counts who holds or awaits it; guarded by shard.mu, as are the rest.
	users int
	// settled is not nil from when a commit may begin. The commit closes it when
	// its outcome is known. Before is the row as it was until then, nil for none;
	// it is never changed. Forsaken says that the caller no longer waits.
	settled  chan struct{}
	before   *T
	forsaken bool
}

func newRowLocks[T any](h *health, kind rowKind[T]) *rowLocks[T] {
	return &rowLocks[T]{seed: maphash.MakeSeed(), health: h, kind: kind}
}

func (l *rowLocks[T]) shard(id string) *lockShard[T] {
	return &l.shards[maphash.String(l.seed, id)%lockShards]
}

// acquire waits for the row's turn. It gives up, with nothing held, when ctx
// ends or writes are halted; the latter returns errHalted.
func (l *rowLocks[T]) acquire(ctx context.Context, id string) (*rowLock[T], error) {
	r := l.shard(id).join(id)
	select {
	case r.turn <- struct{}{}:
		// In this order: a read that has not seen the word yet may still keep the
		// row, and then it is dropped here.
		r.shard.word.Add(wordTaken | wordHeld)
		r.shard.drop(id)
		return r, nil
	case <-ctx.Done():
		r.shard.leave(r)
		return nil, ctx.Err()
	case <-l.health.halted():
		r.shard.leave(r)
		return nil, errHalted
	}
}

// tryAcquire returns the lock of a row that nobody holds or awaits, or nil.
func (l *rowLocks[T]) tryAcquire(id string) *rowLock[T] {
	sh := l.shard(id)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sh.rows[id] != nil {
		return nil
	}
	r := sh.joinLocked(id)
	r.turn <- struct{}{}
	sh.word.Add(wordTaken | wordHeld)
	sh.dropLocked(id)
	return r
}

func (sh *lockShard[T]) join(id string) *rowLock[T] {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	return sh.joinLocked(id)
}

func (sh *lockShard[T]) joinLocked(id string) *rowLock[T] {
	r := sh.rows[id]
	if r == nil {
		r = &rowLock[T]{shard: sh, id: id, turn: make(chan struct{}, 1)}
		if sh.rows == nil {
			sh.rows = make(map[string]*rowLock[T])
		}
		sh.rows[id] = r
	}
	r.users++
	return r
}

func (sh *lockShard[T]) leave(r *rowLock[T]) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	sh.leaveLocked(r)
}

func (sh *lockShard[T]) leaveLocked(r *rowLock[T]) {
	if r.users--; r.users == 0 {
		delete(sh.rows, r.id)
	}
}

// publish says that reads of the row see before until settled is closed. Nothing
// may be committed before it.
func (r *rowLock[T]) publish(settled chan struct{}, before *T) {
	r.shard.mu.Lock()
	defer r.shard.mu.Unlock()
	r.settled, r.before = settled, before
}

// forsake says that the caller whose commit it is waits no longer. Unlike before,
// there is now someone who knows of the write and may ask what became of it, so
// reads wait for the answer. It does nothing once the commit is settled.
func (r *rowLock[T]) forsake(settled chan struct{}) {
	r.shard.mu.Lock()
	defer r.shard.mu.Unlock()
	if settled != nil && r.settled == settled {
		r.forsaken = true
	}
}

// release hands the row to whoever is next.
func (r *rowLock[T]) release() {
	sh := r.shard
	sh.mu.Lock()
	r.settled, r.before, r.forsaken = nil, nil, false
	sh.leaveLocked(r)
	sh.mu.Unlock()
	// -1 takes one off the lower half, which is above zero.
	sh.word.Add(^uint64(0))
	<-r.turn
}
