package storetest

import "session-api"

// refusal is something that stands against the transaction of a stage.
type refusal struct {
	what string
	put  func(tx *session.Transaction)
	want error
}

// endingRefusals bend the second ending, so that the first one is sound.
func endingRefusals(s stage) []refusal {
	ending := func(what string, put func(e *session.Ending), want error) refusal {
		return refusal{what, func(tx *session.Transaction) { put(&tx.End[1]) }, want}
	}
	refusals := []refusal{
		ending("ends an absent id", func(e *session.Ending) { e.ID = "absent" }, session.ErrNotFound),
		ending("ends an alias", func(e *session.Ending) { e.ID, e.Cond = s.former.ID, anyVersion }, session.ErrNotFound),
		ending("ends an expired row", func(e *session.Ending) { e.ID = s.over.ID }, session.ErrExpired),
		ending("ends a row at its expiry", func(e *session.Ending) { e.Cond.Now = expiry }, session.ErrExpired),
		ending("ends a row at another version", func(e *session.Ending) { e.Cond = atVersion(1) }, session.ErrConflict),
	}
	for _, prefix := range foreignPrefixes[:2] {
		of := func(e *session.Ending) { e.Cond.UserPrefix = prefix }
		refusals = append(refusals, ending("ends a row of another namespace", of, session.ErrNotFound))
	}
	for _, times := range otherTimes(s.moves) {
		at := func(e *session.Ending) { e.Cond.Times = &times }
		refusals = append(refusals, ending("ends a row at other times", at, session.ErrConflict))
	}
	return refusals
}

// recordRefusals put a stale write beside a sound one, before it and behind.
func recordRefusals(s stage) []refusal {
	var refusals []refusal
	add := func(what string, stale session.RecordWrite) {
		sound := session.RecordWrite{Record: newRecord("made", 9)}
		refusals = append(refusals,
			refusal{what, func(tx *session.Transaction) { tx.Records = []session.RecordWrite{stale, sound} }, session.ErrStale},
			refusal{what, func(tx *session.Transaction) { tx.Records = []session.RecordWrite{sound, stale} }, session.ErrStale})
	}
	add("names a version of an absent record", session.RecordWrite{Record: newRecord("absent", 2), Was: 1})
	add("names another version of a record", session.RecordWrite{Record: newRecord(s.kept.Key, 7), Was: s.kept.Version + 1})
	add("names the version that it writes", session.RecordWrite{Record: newRecord(s.kept.Key, 7), Was: 7})
	add("takes a record that is there for none", session.RecordWrite{Record: newRecord(s.kept.Key, 7)})
	return refusals
}

func createRefusals(s stage) []refusal {
	creating := func(what, id string) refusal {
		return refusal{what, func(tx *session.Transaction) { tx.Create.ID = id }, session.ErrExists}
	}
	return []refusal{
		creating("creates a taken id", s.stays.ID),
		creating("creates the id of an expired row", s.over.ID),
		creating("creates the id of an alias", s.former.ID),
	}
}
