package storetest

import (
	"time"

	"session-api"
)

var conditionChecks = []check{
	{"WritesAreRefusedFromTheInstantOfExpiry", writesAreRefusedFromTheInstantOfExpiry},
	{"WritesAreTakenUntilTheInstantOfExpiry", writesAreTakenUntilTheInstantOfExpiry},
	{"TheRightVersionIsTaken", theRightVersionIsTaken},
	{"StaleVersionIsRefused", staleVersionIsRefused},
	{"AnUpdateAtAVersionWorksOnce", anUpdateAtAVersionWorksOnce},
	{"ARowMayHaveVersionZero", aRowMayHaveVersionZero},
	{"VersionsKeepEveryDigit", versionsKeepEveryDigit},
	{"TheRightTimesAreTaken", theRightTimesAreTaken},
	{"OtherTimesAreRefused", otherTimesAreRefused},
	{"VersionAndTimesMustBothHold", versionAndTimesMustBothHold},
	{"AbsentComesBeforeConflict", absentComesBeforeConflict},
	{"ExpiredComesBeforeConflict", expiredComesBeforeConflict},
}

// write is one of the conditional writes.
type write struct {
	name string
	do   func(id string, cond session.Condition) (*session.Session, error)
	// after returns what the write makes of a row; nil if it removes rows.
	after func(s *session.Session) *session.Session
	// silent says that the write does not return the row.
	silent bool
}

func conditionalWrites(t reporter, store session.Store) []write {
	later := session.Times{ExpiresAt: expiry.Add(lifetime), LastActiveAt: during}
	return []write{
		{name: "Update", do: func(id string, cond session.Condition) (*session.Session, error) {
			return store.Update(t.Context(), id, change(`"written"`), cond)
		}, after: func(s *session.Session) *session.Session { return updated(s, change(`"written"`)) }},
		{name: "Retime", do: func(id string, cond session.Condition) (*session.Session, error) {
			return store.Retime(t.Context(), id, later, true, cond)
		}, after: func(s *session.Session) *session.Session { return retimed(s, later, true) }},
		{name: "Delete", do: func(id string, cond session.Condition) (*session.Session, error) {
			return store.Delete(t.Context(), id, cond)
		}},
		{name: "Apply of an ending", do: func(id string, cond session.Condition) (*session.Session, error) {
			return nil, store.Apply(t.Context(), session.Transaction{End: []session.Ending{{ID: id, Cond: cond}}})
		}, silent: true},
	}
}

// wantTaken fails unless w is done to s under cond, which holds.
func (w write) wantTaken(t reporter, store session.Store, s *session.Session, cond session.Condition) {
	t.Helper()
	got, err := w.do(s.ID, cond)
	if err != nil {
		t.Errorf("%s of %s, against which nothing stands: %v", w.name, short(s.ID), err)
		return
	}
	want := s
	if w.after == nil {
		wantAbsent(t, store, s.ID)
	} else {
		want = w.after(s)
		wantStored(t, store, want)
	}
	if !w.silent {
		wantSame(t, w.name, got, want)
	}
}

// wantRefused fails unless w returns target and leaves the row and the lists as
// they were. s is the one row of the store.
func wantRefused(t reporter, store session.Store, w write, s *session.Session, cond session.Condition, target error) error {
	t.Helper()
	got, err := w.do(s.ID, cond)
	wantError(t, w.name, err, target)
	if err != nil && got != nil {
		t.Errorf("%s returned a session beside the error %v", w.name, err)
	}
	wantStored(t, store, s)
	if !s.ExpiredAt(during) {
		wantWalk(t, listOf(store, s.UserID), s)
	}
	return err
}

func writesAreRefusedFromTheInstantOfExpiry(t reporter, store session.Store) {
	s := newSession("edge")
	mustCreate(t, store, s)
	for _, w := range conditionalWrites(t, store) {
		for _, late := range []time.Duration{0, tick, time.Second, 365 * 24 * time.Hour} {
			_ = wantRefused(t, store, w, s, session.Condition{Now: expiry.Add(late)}, session.ErrExpired)
		}
	}
}

func writesAreTakenUntilTheInstantOfExpiry(t reporter, store session.Store) {
	for _, w := range conditionalWrites(t, store) {
		s := newSession("edge of " + w.name)
		mustCreate(t, store, s)
		w.wantTaken(t, store, s, session.Condition{Now: expiry.Add(-tick)})
	}
}

func theRightVersionIsTaken(t reporter, store session.Store) {
	for _, w := range conditionalWrites(t, store) {
		s := newSession("row of " + w.name)
		s.Version = 3
		mustCreate(t, store, s)
		w.wantTaken(t, store, s, atVersion(3))
	}
}

func staleVersionIsRefused(t reporter, store session.Store) {
	s := newSession("row")
	s.Version = 5
	mustCreate(t, store, s)
	for _, w := range conditionalWrites(t, store) {
		for _, v := range []int64{4, 6, 0, -1, 55} {
			err := wantRefused(t, store, w, s, atVersion(v), session.ErrConflict)
			wantConflict(t, w.name, err, 5)
		}
	}
}

func anUpdateAtAVersionWorksOnce(t reporter, store session.Store) {
	mustCreate(t, store, newSession("row"))
	if _, err := store.Update(t.Context(), "row", change(`"first"`), atVersion(1)); err != nil {
		t.Fatalf("Update at version 1 of a new row: %v", err)
	}
	_, err := store.Update(t.Context(), "row", change(`"second"`), atVersion(1))
	wantConflict(t, "The second Update at version 1", err, 2)
	wantStored(t, store, updated(newSession("row"), change(`"first"`)))
}

func aRowMayHaveVersionZero(t reporter, store session.Store) {
	s := newSession("row")
	s.Version = 0
	mustCreate(t, store, s)
	for _, w := range conditionalWrites(t, store) {
		err := wantRefused(t, store, w, s, atVersion(1), session.ErrConflict)
		wantConflict(t, w.name+" at version 1", err, 0)
	}
	for _, w := range conditionalWrites(t, store) {
		s := newSession("row of " + w.name)
		s.Version = 0
		mustCreate(t, store, s)
		w.wantTaken(t, store, s, atVersion(0))
	}
}

// versionsKeepEveryDigit would fail if a version went through a float64.
func versionsKeepEveryDigit(t reporter, store session.Store) {
	s := newSession("row")
	s.Version = 1<<53 + 1
	mustCreate(t, store, s)
	wantStored(t, store, s)
	_, err := store.Update(t.Context(), "row", change(`1`), atVersion(1<<53))
	wantConflict(t, "Update at a version one below", err, s.Version)
	wantSame(t, "Update", mustUpdate(t, store, "row", change(`1`)), updated(s, change(`1`)))
}
