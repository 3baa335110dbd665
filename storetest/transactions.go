package storetest

import (
	"errors"
	"fmt"

	"session-api"
)

var transactionChecks = []check{
	{"AllOfItIsDone", allOfItIsDone},
	{"EachKindOfWriteStandsAlone", eachKindOfWriteStandsAlone},
	{"ARefusalLeavesNothingDone", aRefusalLeavesNothingDone},
	{"AConflictSaysTheVersionFound", aConflictSaysTheVersionFound},
	{"EndingsComeBeforeRecordsBeforeTheCreate", endingsComeBeforeRecordsBeforeTheCreate},
	{"ASessionTooLargeLeavesNothingDone", aSessionTooLargeLeavesNothingDone},
	{"ARecordTooLargeLeavesNothingDone", aRecordTooLargeLeavesNothingDone},
	{"AnEndedIDCanBeMadeAnew", anEndedIDCanBeMadeAnew},
	{"AsManyWritesAsAreAllowed", asManyWritesAsAreAllowed},
	{"ATransactionHandedInIsNotKept", aTransactionHandedInIsNotKept},
}

func allOfItIsDone(t reporter, store session.Store) {
	s := setStage(t, store)
	s.wantBefore(t, store)
	mustApply(t, store, s.transaction())
	s.wantDone(t, store)
}

func eachKindOfWriteStandsAlone(t reporter, store session.Store) {
	full, plain := newFull("full"), newSession("plain")
	mustApply(t, store, session.Transaction{Create: full})
	mustApply(t, store, session.Transaction{Create: plain})
	wantStored(t, store, full)
	wantWalk(t, listOf(store, user), full, plain)

	mustApply(t, store, session.Transaction{Records: []session.RecordWrite{{Record: newRecord("key", 1)}}})
	wantRecord(t, store, newRecord("key", 1))

	mustApply(t, store, session.Transaction{End: []session.Ending{{ID: "full", Cond: atVersion(full.Version)}}})
	wantAbsent(t, store, "full")
	wantWalk(t, listOf(store, user), plain)
	wantWalk(t, listAll(store), bare(plain)...)
}

func aRefusalLeavesNothingDone(t reporter, store session.Store) {
	s := setStage(t, store)
	refusals := append(endingRefusals(s), recordRefusals(s)...)
	for _, r := range append(refusals, createRefusals(s)...) {
		tx := s.transaction()
		r.put(&tx)
		wantError(t, "A transaction that "+r.what, store.Apply(t.Context(), tx), r.want)
		s.wantBefore(t, store)
	}
	// It was what was bent, not the rest.
	mustApply(t, store, s.transaction())
	s.wantDone(t, store)
}

func aConflictSaysTheVersionFound(t reporter, store session.Store) {
	s := setStage(t, store)
	for _, r := range endingRefusals(s) {
		if !errors.Is(r.want, session.ErrConflict) {
			continue
		}
		tx := s.transaction()
		r.put(&tx)
		wantConflict(t, "A transaction that "+r.what, store.Apply(t.Context(), tx), s.moves.Version)
	}
}

// endingsComeBeforeRecordsBeforeTheCreate has everything refused at once, then
// all but the endings. Which of several endings is told is the engine's choice.
func endingsComeBeforeRecordsBeforeTheCreate(t reporter, store session.Store) {
	s := setStage(t, store)
	create, records := createRefusals(s)[0], recordRefusals(s)
	for _, record := range records {
		tx := s.transaction()
		create.put(&tx)
		record.put(&tx)
		what := "A transaction that " + create.what + " and " + record.what
		wantError(t, what, store.Apply(t.Context(), tx), session.ErrStale)
	}
	for _, ending := range endingRefusals(s) {
		tx := s.transaction()
		create.put(&tx)
		records[0].put(&tx)
		ending.put(&tx)
		what := "A transaction that " + create.what + ", " + records[0].what + " and " + ending.what
		wantError(t, what, store.Apply(t.Context(), tx), ending.want)
	}
	s.wantBefore(t, store)
}

func aSessionTooLargeLeavesNothingDone(t reporter, store session.Store) {
	wantWholeOrTooLarge(t, store, func(tx *session.Transaction, huge []byte) { tx.Create.Data = huge })
}

func aRecordTooLargeLeavesNothingDone(t reporter, store session.Store) {
	wantWholeOrTooLarge(t, store, func(tx *session.Transaction, huge []byte) { tx.Records[1].Value = huge })
}

// wantWholeOrTooLarge lets an engine hold more than a session may have, as long
// as it then does the whole transaction.
func wantWholeOrTooLarge(t reporter, store session.Store, put func(tx *session.Transaction, huge []byte)) {
	t.Helper()
	s := setStage(t, store)
	tx := s.transaction()
	put(&tx, textOf(session.MaxItemBytes+1, 'x'))
	switch err := store.Apply(t.Context(), tx); {
	case err == nil:
		wantAbsent(t, store, s.ends.ID)
		wantRecord(t, store, tx.Records[0].Record)
		wantRecord(t, store, tx.Records[1].Record)
		s.wantAround(t, store, s.stays, tx.Create)
	case errors.Is(err, session.ErrTooLarge):
		s.wantBefore(t, store)
	default:
		t.Errorf("Apply of something too large returned the error %v; want nil or %v", err, session.ErrTooLarge)
	}
}

func anEndedIDCanBeMadeAnew(t reporter, store session.Store) {
	mustCreate(t, store, newFull("again"))
	mustApply(t, store, session.Transaction{End: []session.Ending{{ID: "again", Cond: anyVersion}}})
	second := newSession("again")
	second.UserID = "user-2"
	mustCreate(t, store, second)
	wantStored(t, store, second)

	mustApply(t, store, session.Transaction{End: []session.Ending{{ID: "again", Cond: anyVersion}}})
	third := newFull("again")
	mustApply(t, store, session.Transaction{Create: third})
	wantStored(t, store, third)
	wantWalk(t, listOf(store, user), third)
	wantWalk(t, listOf(store, second.UserID))
}

func asManyWritesAsAreAllowed(t reporter, store session.Store) {
	rows := numbered("row", session.MaxTransactionWrites/2)
	createAll(t, store, rows)
	fresh := newFull("fresh")
	tx := session.Transaction{Create: fresh}
	for _, row := range rows {
		tx.End = append(tx.End, session.Ending{ID: row.ID, Cond: atVersion(row.Version)})
	}
	for i := range session.MaxTransactionWrites - len(rows) - 1 {
		tx.Records = append(tx.Records, session.RecordWrite{Record: newRecord(fmt.Sprintf("key %d", i), int64(i+1))})
	}
	mustApply(t, store, tx)
	wantWalk(t, listOf(store, user), fresh)
	for _, w := range tx.Records {
		wantRecord(t, store, w.Record)
	}
}

func aTransactionHandedInIsNotKept(t reporter, store session.Store) {
	s := setStage(t, store)
	tx := s.transaction()
	mustApply(t, store, tx)
	scribble(tx.Create)
	tx.End[1].Alias.To, tx.End[1].Alias.Until = "scribbled", expiry
	for i := range tx.Records {
		scribbleData(tx.Records[i].Value)
	}
	s.wantDone(t, store)
}
