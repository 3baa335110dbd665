package embedded

import (
	"context"
	"time"

	"github.com/cockroachdb/pebble/v2"

	session "session-api"
)

// Create stores a new row; see session.Store. What a DynamoDB item could not
// hold is ErrTooLarge here as well.
func (s *Store) Create(ctx context.Context, n *session.Session) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.gate.leave()
	if tooLarge(n) {
		return session.ErrTooLarge
	}
	lock, err := s.begin(ctx, n.ID, reserveBytes)
	if err != nil {
		return err
	}
	taken, err := s.taken(n.ID)
	if err == nil && taken {
		err = session.ErrExists
	}
	if err != nil {
		lock.release()
		return err
	}
	batch := s.db.NewBatch()
	insert(batch, n)
	return s.commit(ctx, lock, nil, batch, s.ends(n.ExpiresAt))
}

// tooLarge reports whether a DynamoDB item could not hold s. What a session may
// say beside data fits the room that session.MaxDataBytes leaves.
func tooLarge(s *session.Session) bool {
	return len(s.ID)+len(s.UserID)+len(s.Data) > session.MaxItemBytes
}

// ends returns what tells the sweep of a row that expires then.
func (s *Store) ends(expiresAt time.Time) func() {
	second := expiresAt.Unix()
	return func() { s.sweeper.rows.expect(second) }
}

// Update replaces the data of a row; see session.Store.
func (s *Store) Update(ctx context.Context, id string, c session.Change, cond session.Condition) (*session.Session, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.gate.leave()
	lock, before, err := s.beginOn(ctx, id, cond, reserveBytes)
	if err != nil {
		return nil, err
	}
	after := *before
	after.Data = append(make([]byte, 0, len(c.Data)), c.Data...)
	after.UpdatedAt = c.At
	after.Version++
	if tooLarge(&after) {
		lock.release()
		return nil, session.ErrTooLarge
	}
	batch := s.db.NewBatch()
	setRow(batch, &after)
	if err := s.commit(ctx, lock, before, batch, nil); err != nil {
		return nil, err
	}
	return &after, nil
}

// Delete removes a row; see session.Store.
func (s *Store) Delete(ctx context.Context, id string, cond session.Condition) (*session.Session, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.gate.leave()
	lock, before, err := s.beginOn(ctx, id, cond, deleteReserveBytes)
	if err != nil {
		return nil, err
	}
	batch := s.db.NewBatch()
	remove(batch, before)
	if err := s.commit(ctx, lock, before, batch, nil); err != nil {
		return nil, err
	}
	// Nobody else has it any more: reads let go of it with the lock.
	return before, nil
}

// begin returns the lock of a row that a write is about to change, if the disk
// can take a write.
func (s *Store) begin(ctx context.Context, id string, reserve int64) (*rowLock[session.Session], error) {
	if err := s.writable(reserve); err != nil {
		return nil, session.Unavailable(err)
	}
	lock, err := s.locks.acquire(ctx, id)
	if err != nil {
		return nil, session.Unavailable(err)
	}
	return lock, nil
}

// beginOn is begin for a row that must be stored and satisfy cond. With it goes
// the row, which must not be changed.
func (s *Store) beginOn(ctx context.Context, id string, cond session.Condition, reserve int64) (*rowLock[session.Session], *session.Session, error) {
	lock, err := s.begin(ctx, id, reserve)
	if err != nil {
		return nil, nil, err
	}
	before, err := s.load(id)
	if err := cond.CheckRead(before, err); err != nil {
		lock.release()
		return nil, nil, err
	}
	return lock, before, nil
}

// writable says why no write can be served now, or nil.
func (s *Store) writable(reserve int64) error {
	if err := s.committer.err(); err != nil {
		return err
	}
	return s.space.allow(reserve)
}

// commit makes a batch durable. Reads of the row see before until then.
func (s *Store) commit(ctx context.Context, lock *rowLock[session.Session], before *session.Session, batch *pebble.Batch, stored func()) error {
	w := &commit{batch: batch, locks: []held{lock}, settled: make(chan struct{}), stored: stored}
	lock.publish(w.settled, before)
	return s.committer.submit(ctx, w)
}
