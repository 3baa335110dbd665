package storetest

import (
	"errors"
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
	{"AbsentComesBeforeConflict", absentComesBeforeConflict},
	{"ExpiredComesBeforeConflict", expiredComesBeforeConflict},
}

// write is one of the two conditional writes.
type write struct {
	name string
	do   func(id string, cond session.Condition) (*session.Session, error)
}

func conditionalWrites(t reporter, store session.Store) []write {
	return []write{
		{"Update", func(id string, cond session.Condition) (*session.Session, error) {
			return store.Update(t.Context(), id, change(`"written"`), cond)
		}},
		{"Delete", func(id string, cond session.Condition) (*session.Session, error) {
			return store.Delete(t.Context(), id, cond)
		}},
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
	mustCreate(t, store, newSession("edge"))
	for _, w := range conditionalWrites(t, store) {
		if _, err := w.do("edge", session.Condition{Now: expiry.Add(-tick)}); err != nil {
			t.Errorf("%s one tick before expiry: %v", w.name, err)
		}
	}
}

func theRightVersionIsTaken(t reporter, store session.Store) {
	want := newSession("row")
	mustCreate(t, store, want)
	want = updated(want, change(`"written"`))
	for i, w := range conditionalWrites(t, store) {
		got, err := w.do("row", atVersion(int64(i+1)))
		if err != nil {
			t.Fatalf("%s at the row's version: %v", w.name, err)
		}
		wantSame(t, w.name, got, want)
	}
	wantAbsent(t, store, "row")
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
	got, err := store.Update(t.Context(), "row", change(`1`), atVersion(0))
	if err != nil {
		t.Fatalf("Update at version 0 of a row at version 0: %v", err)
	}
	wantSame(t, "Update", got, updated(s, change(`1`)))

	s.ID = "second"
	mustCreate(t, store, s)
	if _, err := store.Delete(t.Context(), "second", atVersion(0)); err != nil {
		t.Errorf("Delete at version 0 of a row at version 0: %v", err)
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

func absentComesBeforeConflict(t reporter, store session.Store) {
	for _, w := range conditionalWrites(t, store) {
		late := session.Condition{Now: expiry.Add(lifetime), Version: new(int64)}
		_, err := w.do("absent", late)
		wantError(t, w.name+" of an absent id", err, session.ErrNotFound)
	}
}

func expiredComesBeforeConflict(t reporter, store session.Store) {
	s := newExpired("over")
	mustCreate(t, store, s)
	for _, w := range conditionalWrites(t, store) {
		err := wantRefused(t, store, w, s, atVersion(99), session.ErrExpired)
		if errors.Is(err, session.ErrConflict) {
			t.Errorf("%s of an expired row at another version is a conflict; want only ErrExpired", w.name)
		}
	}
}
