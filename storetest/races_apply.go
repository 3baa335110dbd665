package storetest

import (
	"errors"
	"fmt"
	"slices"
	"sync/atomic"

	"session-api"
)

// transactionRaces are about transactions that meet in a row or in a record.
var transactionRaces = []check{
	{"OneTransactionEndsARow", oneTransactionEndsARow},
	{"OneTransactionCreatesAnID", oneTransactionCreatesAnID},
	{"OneTransactionWinsEachVersionOfARecord", oneTransactionWinsEachVersionOfARecord},
	{"AnEndedRowStaysAway", anEndedRowStaysAway},
	{"RowsInOppositeOrdersDoNotHang", rowsInOppositeOrdersDoNotHang},
	{"RecordsInOppositeOrdersDoNotHang", recordsInOppositeOrdersDoNotHang},
}

// oneWins runs as many transactions at once as there are writers, each of which
// also creates a session of its own. It fails unless exactly one is done, with
// its session and no other, and returns which. The others get lost as the error.
func oneWins(t reporter, store session.Store, what string, lost error, tx func(i int) session.Transaction) int {
	t.Helper()
	var wins, winner atomic.Int64
	own := numbered(what, writers)
	inParallel(t, writers, func(i int) {
		one := tx(i)
		if one.Create == nil {
			one.Create = own[i]
		}
		if err := store.Apply(t.Context(), one); err != nil {
			wantError(t, "A transaction that came late to "+what, err, lost)
			return
		}
		wins.Add(1)
		winner.Store(int64(i))
	})
	if n := wins.Load(); n != 1 {
		t.Fatalf("%d of %d transactions came first to %s; want exactly one", n, writers, what)
	}
	return int(winner.Load())
}

func oneTransactionEndsARow(t reporter, store session.Store) {
	var made []*session.Session
	for round := range rounds {
		id := fmt.Sprintf("row-%d", round)
		mustCreate(t, store, newSession(id))
		won := oneWins(t, store, "the end of "+id, session.ErrNotFound, func(int) session.Transaction {
			return session.Transaction{End: []session.Ending{{ID: id, Cond: anyVersion}}}
		})
		wantAbsent(t, store, id)
		made = append(made, numbered("the end of "+id, writers)[won])
		wantWalk(t, listOf(store, user), made...)
	}
	wantWalk(t, listAll(store), bare(made...)...)
}

func oneTransactionCreatesAnID(t reporter, store session.Store) {
	for round := range rounds {
		id := fmt.Sprintf("row-%d", round)
		rows := numbered("old-"+id, writers)
		for _, s := range rows {
			s.UserID = "owner of " + id
		}
		createAll(t, store, rows)
		won := oneWins(t, store, "the making of "+id, session.ErrExists, func(i int) session.Transaction {
			s := newSession(id)
			s.UserID = fmt.Sprintf("%s of %d", id, i)
			return session.Transaction{Create: s, End: []session.Ending{{ID: rows[i].ID, Cond: atVersion(1)}}}
		})
		want := newSession(id)
		want.UserID = fmt.Sprintf("%s of %d", id, won)
		wantStored(t, store, want)
		wantWalk(t, listOf(store, want.UserID), want)
		// Who came late has lost nothing.
		left := listOf(store, rows[0].UserID).walk(t, during, session.MaxPageLimit)
		wantIDs(t, "ListByUser after a race for an id", left, slices.Delete(rows, won, won+1))
	}
}

func oneTransactionWinsEachVersionOfARecord(t reporter, store session.Store) {
	var made []*session.Session
	was := int64(0)
	for round := range rounds {
		what := fmt.Sprintf("round %d", round)
		record := func(i int) session.Record { return newRecord("key", int64(1+round*writers+i)) }
		before := was
		won := oneWins(t, store, what, session.ErrStale, func(i int) session.Transaction {
			return session.Transaction{Records: []session.RecordWrite{{Record: record(i), Was: before}}}
		})
		wantRecord(t, store, record(won))
		was = record(won).Version
		made = append(made, numbered(what, writers)[won])
		wantWalk(t, listOf(store, user), made...)
	}
}

// anEndedRowStaysAway ends rows by transactions that make another in their place.
func anEndedRowStaysAway(t reporter, store session.Store) {
	var made []*session.Session
	staysAway(t, store, func(id string) error {
		next := newSession("after " + id)
		made = append(made, next)
		return store.Apply(t.Context(), session.Transaction{Create: next, End: []session.Ending{{ID: id, Cond: anyVersion}}})
	})
	wantWalk(t, listOf(store, user), made...)
	wantWalk(t, listAll(store), bare(made...)...)
}

// rowsInOppositeOrdersDoNotHang where an engine takes a lock for each row.
func rowsInOppositeOrdersDoNotHang(t reporter, store session.Store) {
	for round := range rounds {
		pair := numbered(fmt.Sprintf("pair-%d", round), 2)
		mustCreate(t, store, pair...)
		oneWins(t, store, fmt.Sprintf("two rows, %d", round), session.ErrNotFound, func(i int) session.Transaction {
			ends := []session.Ending{{ID: pair[0].ID, Cond: anyVersion}, {ID: pair[1].ID, Cond: anyVersion}}
			if i%2 == 0 {
				slices.Reverse(ends)
			}
			return session.Transaction{End: ends}
		})
		wantAbsent(t, store, pair[0].ID)
		wantAbsent(t, store, pair[1].ID)
	}
}

// recordsInOppositeOrdersDoNotHang lets every writer go on with what it finds, so
// that many are done, each with both records or neither.
func recordsInOppositeOrdersDoNotHang(t reporter, store session.Store) {
	mustPut(t, store, newRecord("a", 1), 0)
	mustPut(t, store, newRecord("b", 1), 0)
	inParallel(t, writers, func(i int) {
		for turn := range rounds / 2 {
			if err := putBoth(t, store, int64(2+turn*writers+i), i%2 == 0); err != nil && !errors.Is(err, session.ErrStale) {
				t.Errorf("A transaction of two records that others write in turns returned %v; want success or %v", err, session.ErrStale)
			}
		}
	})
	last, err := store.Record(t.Context(), "a")
	if err != nil {
		t.Fatalf("Record after a race: %v", err)
	}
	wantRecord(t, store, newRecord("b", last.Version))
	if last.Version == 1 {
		t.Errorf("None of %d transactions of two records was done", writers*rounds/2)
	}
}

// putBoth puts version in the place of what it reads of two records.
func putBoth(t reporter, store session.Store, version int64, reverse bool) error {
	var records []session.RecordWrite
	for _, key := range []string{"a", "b"} {
		found, err := store.Record(t.Context(), key)
		if err != nil {
			return err
		}
		records = append(records, session.RecordWrite{Record: newRecord(key, version), Was: found.Version})
	}
	if reverse {
		slices.Reverse(records)
	}
	return store.Apply(t.Context(), session.Transaction{Records: records})
}
