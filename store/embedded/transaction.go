package embedded

import (
	"errors"
	"math"
	"slices"

	session "session-api"
)

// transaction is a session.Transaction on its way into one commit.
type transaction struct {
	store   *Store
	work    *commit
	rows    map[string]*rowLock[session.Session]
	records map[string]*rowLock[session.Record]
	// rowEnd and recordEnd are the earliest ends, in Unix time, of what is stored
	// anew.
	rowEnd, recordEnd int64
}

func (s *Store) newTransaction() *transaction {
	tx := &transaction{store: s, rowEnd: math.MaxInt64, recordEnd: math.MaxInt64}
	tx.work = &commit{
		batch:   s.db.NewBatch(),
		settled: make(chan struct{}),
		stored: func() {
			s.sweeper.rows.expect(tx.rowEnd)
			s.sweeper.records.expect(tx.recordEnd)
		},
	}
	return tx
}

// fill checks t, in the order of the contract, and puts what it does into the
// batch. Rows are published on the way: until the commit they are as before.
func (tx *transaction) fill(t session.Transaction) error {
	for _, e := range t.End {
		if err := tx.end(e); err != nil {
			return err
		}
	}
	for _, w := range t.Records {
		if err := tx.write(w); err != nil {
			return err
		}
	}
	if t.Create != nil {
		if err := tx.create(t.Create); err != nil {
			return err
		}
	}
	// Last: a refusal of another kind goes before.
	tooLarge := func(w session.RecordWrite) bool { return len(w.Key)+len(w.Value) > session.MaxItemBytes }
	if slices.ContainsFunc(t.Records, tooLarge) {
		return session.ErrTooLarge
	}
	return nil
}

func (tx *transaction) end(e session.Ending) error {
	before, err := tx.store.load(e.ID)
	if err := e.Cond.CheckRead(before, err); err != nil {
		return err
	}
	tx.rows[e.ID].publish(tx.work.settled, before)
	remove(tx.work.batch, before)
	if e.Alias != nil {
		insertAlias(tx.work.batch, e.Alias.Row(e.ID))
		tx.rowEnd = min(tx.rowEnd, e.Alias.Until.Unix())
	}
	return nil
}

func (tx *transaction) write(w session.RecordWrite) error {
	before, err := tx.store.loadRecord(w.Key)
	if errors.Is(err, session.ErrNotFound) {
		before, err = nil, nil
	}
	if err != nil {
		return err
	}
	if versionOf(before) != w.Was {
		return session.ErrStale
	}
	tx.records[w.Key].publish(tx.work.settled, before)
	setRecord(tx.work.batch, before, &w.Record)
	tx.recordEnd = min(tx.recordEnd, w.ExpiresAt.Unix())
	return nil
}

// versionOf returns the version of a record; 0 for none.
func versionOf(r *session.Record) int64 {
	if r == nil {
		return 0
	}
	return r.Version
}

func (tx *transaction) create(n *session.Session) error {
	taken, err := tx.store.taken(n.ID)
	switch {
	case err != nil:
		return err
	case taken:
		return session.ErrExists
	case tooLarge(n):
		return session.ErrTooLarge
	}
	tx.rows[n.ID].publish(tx.work.settled, nil)
	insert(tx.work.batch, n)
	tx.rowEnd = min(tx.rowEnd, n.ExpiresAt.Unix())
	return nil
}
