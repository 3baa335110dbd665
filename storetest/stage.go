package storetest

import "session-api"

// stage is what stands in a store before a transaction.
type stage struct {
	// ends and moves are what the transaction ends, stays is a session beside
	// them, over one whose time is over, and former an alias.
	ends, moves, stays, over, former *session.Session
	// kept is a record that the transaction replaces, beside is another.
	kept, beside session.Record
}

func setStage(t reporter, store session.Store) stage {
	t.Helper()
	rows := numbered("row", 3)
	s := stage{
		ends: rows[0], moves: rows[1], stays: rows[2], over: newExpired("over"),
		kept: newRecord("kept", 5), beside: newRecord("beside", 6),
	}
	full := newFull(s.moves.ID)
	full.CreatedAt = s.moves.CreatedAt
	s.moves = full
	mustCreate(t, store, s.ends, s.moves, s.stays, s.over)
	s.former = mustAlias(t, store, "former", session.Alias{To: s.ends.ID, Until: until})
	mustPut(t, store, s.kept, 0)
	mustPut(t, store, s.beside, 0)
	return s
}

// fresh is the session that the transaction of a stage makes.
func (s stage) fresh() *session.Session {
	f := newFull("fresh")
	f.CreatedAt = epoch.Add(lifetime / 4)
	return f
}

// alias is what the transaction of a stage leaves of moves.
func (s stage) alias() *session.Session {
	return &session.Session{ID: s.moves.ID, RotatedTo: "fresh", ExpiresAt: until}
}

// transaction has everything that one can have, and nothing stands against it.
func (s stage) transaction() session.Transaction {
	times := s.moves.Times()
	exactly := atVersion(s.moves.Version)
	exactly.Times = &times
	return session.Transaction{
		Create: s.fresh(),
		End: []session.Ending{
			{ID: s.ends.ID, Cond: anyVersion},
			{ID: s.moves.ID, Cond: exactly, Alias: &session.Alias{To: "fresh", Until: until}},
		},
		Records: []session.RecordWrite{
			{Record: newRecord(s.kept.Key, 3), Was: s.kept.Version},
			{Record: newRecord("made", 9)},
		},
	}
}

// wantBefore fails unless the store is as setStage left it.
func (s stage) wantBefore(t reporter, store session.Store) {
	t.Helper()
	for _, row := range []*session.Session{s.ends, s.moves} {
		wantStored(t, store, row)
	}
	wantAbsent(t, store, "fresh")
	wantRecord(t, store, s.kept)
	wantNoRecord(t, store, "made")
	s.wantAround(t, store, s.ends, s.moves, s.stays)
}

// wantDone fails unless the transaction was done.
func (s stage) wantDone(t reporter, store session.Store) {
	t.Helper()
	wantAbsent(t, store, s.ends.ID)
	wantStored(t, store, s.alias())
	wantStored(t, store, s.fresh())
	wantRecord(t, store, newRecord(s.kept.Key, 3))
	wantRecord(t, store, newRecord("made", 9))
	s.wantAround(t, store, s.stays, s.fresh())
}

// wantAround fails unless the lists hold exactly active, and what no transaction
// touches is as it was.
func (s stage) wantAround(t reporter, store session.Store, active ...*session.Session) {
	t.Helper()
	for _, row := range []*session.Session{s.stays, s.over, s.former} {
		wantStored(t, store, row)
	}
	wantRecord(t, store, s.beside)
	wantWalk(t, listOf(store, user), active...)
	wantWalk(t, listAll(store), bare(active...)...)
}
