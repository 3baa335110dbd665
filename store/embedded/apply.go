package embedded

import (
	"context"
	"slices"

	session "session-api"
)

// Apply does all of t or nothing; see session.Store.
func (s *Store) Apply(ctx context.Context, t session.Transaction) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.gate.leave()
	if err := s.writable(reserveBytes); err != nil {
		return session.Unavailable(err)
	}
	tx := s.newTransaction()
	err := tx.lock(ctx, t)
	if err == nil {
		err = tx.fill(t)
	}
	if err != nil {
		tx.work.release()
		return err
	}
	return s.committer.submit(ctx, tx.work)
}

// lock takes the locks of all rows and then those of all records, each kind in
// order of the names and each name once: transactions that want the same ones
// wait for each other in a line and never in a circle. What it has taken when it
// gives up is the commit's.
func (tx *transaction) lock(ctx context.Context, t session.Transaction) (err error) {
	var ids, keys []string
	if t.Create != nil {
		ids = append(ids, t.Create.ID)
	}
	for _, e := range t.End {
		ids = append(ids, e.ID)
	}
	for _, w := range t.Records {
		keys = append(keys, w.Key)
	}
	tx.rows, err = lockAll(ctx, tx.work, tx.store.locks, ids)
	if err == nil {
		tx.records, err = lockAll(ctx, tx.work, tx.store.records, keys)
	}
	return err
}

func lockAll[T any](ctx context.Context, work *commit, locks *rowLocks[T], ids []string) (map[string]*rowLock[T], error) {
	slices.Sort(ids)
	ids = slices.Compact(ids)
	taken := make(map[string]*rowLock[T], len(ids))
	for _, id := range ids {
		lock, err := locks.acquire(ctx, id)
		if err != nil {
			return nil, session.Unavailable(err)
		}
		taken[id] = lock
		work.locks = append(work.locks, lock)
	}
	return taken, nil
}
