package embedded

import (
	"context"

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
	if len(n.ID)+len(n.UserID)+len(n.Data) > session.MaxItemBytes {
		return session.ErrTooLarge
	}
	lock, err := s.begin(ctx, n.ID, reserveBytes)
	if err != nil {
		return err
	}
	taken, err := s.exists(n.ID)
	if err == nil && taken {
		err = session.ErrExists
	}
	if err != nil {
		lock.release()
		return err
	}
	expires := n.ExpiresAt.Unix()
	return s.commit(ctx, lock, nil, insert(s.db.NewBatch(), n), func() { s.sweeper.expect(expires) })
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
	if len(id)+len(before.UserID)+len(c.Data) > session.MaxItemBytes {
		lock.release()
		return nil, session.ErrTooLarge
	}
	after := *before
	after.Data = append(make([]byte, 0, len(c.Data)), c.Data...)
	after.UpdatedAt = c.At
	after.Version++
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
	remove(batch, []byte(id), userKey(before.UserID, before.CreatedAt, id), expiryKey(before.ExpiresAt, id))
	if err := s.commit(ctx, lock, before, batch, nil); err != nil {
		return nil, err
	}
	// Nobody else has it any more: reads let go of it with the lock.
	return before, nil
}

// begin returns the lock of a row that a write is about to change, if the disk
// can take a write.
func (s *Store) begin(ctx context.Context, id string, reserve int64) (*rowLock, error) {
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
func (s *Store) beginOn(ctx context.Context, id string, cond session.Condition, reserve int64) (*rowLock, *session.Session, error) {
	lock, err := s.begin(ctx, id, reserve)
	if err != nil {
		return nil, nil, err
	}
	before, err := s.load(id)
	if err == nil {
		err = cond.Check(before)
	}
	if err != nil {
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
func (s *Store) commit(ctx context.Context, lock *rowLock, before *session.Session, batch *pebble.Batch, stored func()) error {
	w := &commit{batch: batch, locks: []*rowLock{lock}, stored: stored}
	w.settled = lock.publish(before)
	return s.committer.submit(ctx, w)
}

// insert adds a session's three keys to batch. The errors of a batch's methods
// are for kinds of batches that this package has none of.
func insert(batch *pebble.Batch, n *session.Session) *pebble.Batch {
	setRow(batch, n)
	_ = batch.Set(userKey(n.UserID, n.CreatedAt, n.ID), userValue(n.ExpiresAt), nil)
	_ = batch.Set(expiryKey(n.ExpiresAt, n.ID), expiryValue(n.UserID, n.CreatedAt), nil)
	return batch
}

func setRow(batch *pebble.Batch, s *session.Session) {
	var buf keyBuffer
	row := appendRow(make([]byte, 0, rowBound+len(s.UserID)+len(s.Data)), s)
	_ = batch.Set(appendRowKey(buf[:0], s.ID), row, nil)
}

// remove takes a session's three keys away.
func remove(batch *pebble.Batch, id, user, expiry []byte) {
	var buf keyBuffer
	_ = batch.Delete(append(append(buf[:0], rowPrefix), id...), nil)
	_ = batch.Delete(user, nil)
	_ = batch.Delete(expiry, nil)
}
