package storetest

import (
	"errors"
	"time"

	"session-api"
)

func theRightTimesAreTaken(t reporter, store session.Store) {
	for _, w := range conditionalWrites(t, store) {
		// In a plain session two of the times are zero, and that is what they must be.
		for _, s := range []*session.Session{newFull("full, for " + w.name), newSession("plain, for " + w.name)} {
			mustCreate(t, store, s)
			w.wantTaken(t, store, s, atTimes(s.Times()))
		}
	}
}

// otherTimes returns times that differ from those of s in one of them.
func otherTimes(s *session.Session) []session.Times {
	var all []session.Times
	other := func(set func(t *session.Times)) {
		t := s.Times()
		set(&t)
		if !t.Equal(s.Times()) {
			all = append(all, t)
		}
	}
	for _, by := range []time.Duration{-time.Second, time.Second} {
		other(func(t *session.Times) { t.ExpiresAt = t.ExpiresAt.Add(by) })
		other(func(t *session.Times) { t.AbsoluteExpiresAt = expiry.Add(lifetime + by) })
	}
	for _, by := range []time.Duration{-tick, tick} {
		other(func(t *session.Times) { t.LastActiveAt = epoch.Add(lifetime/4 + 7*tick + by) })
	}
	other(func(t *session.Times) { t.AbsoluteExpiresAt = time.Time{} })
	other(func(t *session.Times) { t.LastActiveAt = time.Time{} })
	// What a reader takes for the same is not the same stored.
	other(func(t *session.Times) { t.AbsoluteExpiresAt = s.AbsoluteEnd() })
	other(func(t *session.Times) { t.LastActiveAt = s.LastActive() })
	return all
}

func otherTimesAreRefused(t reporter, store session.Store) {
	full, plain := newFull("full"), newSession("plain")
	plain.UserID = "user-2"
	mustCreate(t, store, full, plain)
	for _, w := range conditionalWrites(t, store) {
		for _, s := range []*session.Session{full, plain} {
			for _, times := range otherTimes(s) {
				err := wantRefused(t, store, w, s, atTimes(times), session.ErrConflict)
				wantConflict(t, w.name+" at other times", err, s.Version)
			}
		}
	}
}

func versionAndTimesMustBothHold(t reporter, store session.Store) {
	s := newFull("row")
	mustCreate(t, store, s)
	for _, w := range conditionalWrites(t, store) {
		both := atTimes(s.Times())
		both.Version = new(int64)
		*both.Version = s.Version - 1
		wantConflict(t, w.name+" at another version", wantRefused(t, store, w, s, both, session.ErrConflict), s.Version)

		*both.Version = s.Version
		for _, times := range otherTimes(s) {
			both.Times = &times
			wantConflict(t, w.name+" at other times", wantRefused(t, store, w, s, both, session.ErrConflict), s.Version)
		}
	}
}

// lateAndStale is a condition that no row here keeps in any way.
func lateAndStale(now time.Time) session.Condition {
	cond := atTimes(session.Times{})
	cond.Now, cond.Version = now, new(int64)
	*cond.Version = 99
	return cond
}

func absentComesBeforeConflict(t reporter, store session.Store) {
	for _, w := range conditionalWrites(t, store) {
		zero := session.Condition{Now: expiry.Add(lifetime), Version: new(int64)}
		for _, cond := range []session.Condition{zero, atTimes(session.Times{}), lateAndStale(expiry.Add(lifetime))} {
			_, err := w.do("absent", cond)
			wantError(t, w.name+" of an absent id", err, session.ErrNotFound)
		}
	}
	wantAbsent(t, store, "absent")
}

func expiredComesBeforeConflict(t reporter, store session.Store) {
	s := newExpired("over")
	mustCreate(t, store, s)
	for _, w := range conditionalWrites(t, store) {
		for _, cond := range []session.Condition{atVersion(99), atTimes(session.Times{}), lateAndStale(during)} {
			err := wantRefused(t, store, w, s, cond, session.ErrExpired)
			if errors.Is(err, session.ErrConflict) {
				t.Errorf("%s of an expired row at another version is a conflict; want only ErrExpired", w.name)
			}
		}
	}
}
