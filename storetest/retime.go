package storetest

import (
	"time"

	"session-api"
)

var retimeChecks = []check{
	{"RetimeSetsTheTimesAndNothingElse", retimeSetsTheTimesAndNothingElse},
	{"RetimeRaisesTheVersionOnlyWhenAsked", retimeRaisesTheVersionOnlyWhenAsked},
	{"RetimeNeverMakesARow", retimeNeverMakesARow},
	{"UpdatesKeepTheTimesOfARetime", updatesKeepTheTimesOfARetime},
	{"ListsGoByTheNewEnd", listsGoByTheNewEnd},
	{"WritesGoByTheNewEnd", writesGoByTheNewEnd},
	{"ARetimeMayEndASession", aRetimeMayEndASession},
	{"RetimesKeepTheOrderOfLists", retimesKeepTheOrderOfLists},
}

// trickyTimes are times of a row, some of them zero, each unlike the one before.
func trickyTimes() []session.Times {
	far := time.Date(9999, time.December, 31, 23, 59, 59, 0, time.UTC)
	return []session.Times{
		{ExpiresAt: expiry.Add(time.Second)},
		{ExpiresAt: expiry.Add(-time.Second), AbsoluteExpiresAt: expiry},
		{ExpiresAt: expiry, LastActiveAt: epoch},
		{ExpiresAt: far, AbsoluteExpiresAt: far, LastActiveAt: epoch.Truncate(time.Second)},
		{ExpiresAt: expiry, AbsoluteExpiresAt: far, LastActiveAt: epoch.Add(tick)},
		// Nothing says that times only go on.
		{ExpiresAt: expiry.Add(-2 * time.Second), AbsoluteExpiresAt: expiry.Add(-time.Second), LastActiveAt: epoch.Add(-lifetime - tick)},
		{ExpiresAt: expiry},
	}
}

func retimeSetsTheTimesAndNothingElse(t reporter, store session.Store) {
	for _, s := range []*session.Session{newFull("full"), newSession("plain")} {
		s.UserID = "owner of " + s.ID
		mustCreate(t, store, s)
		for i, to := range trickyTimes() {
			raise := i%2 == 0
			want := retimed(s, to, raise)
			wantSame(t, "Retime", mustRetime(t, store, s.ID, to, raise), want)
			wantStored(t, store, want)
			wantWalk(t, listOf(store, s.UserID), want)
			s = want
		}
	}
}

func retimeRaisesTheVersionOnlyWhenAsked(t reporter, store session.Store) {
	s := newSession("row")
	s.Version = 0
	mustCreate(t, store, s)
	for i, raise := range []bool{false, true, false, false, true} {
		to := s.Times()
		to.LastActiveAt = epoch.Add(time.Duration(i) * time.Second)
		s = retimed(s, to, raise)
		wantSame(t, "Retime", mustRetime(t, store, "row", to, raise), s)
		wantStored(t, store, s)
	}
	wantSame(t, "Update after Retime", mustUpdate(t, store, "row", change(`1`)), updated(s, change(`1`)))
}

func retimeNeverMakesARow(t reporter, store session.Store) {
	mustCreate(t, store, newSession("ended"))
	mustDelete(t, store, "ended")
	to := newFull("").Times()
	for _, id := range []string{"never", "ended"} {
		for _, cond := range []session.Condition{anyVersion, atVersion(0), atVersion(1), atTimes(session.Times{})} {
			_, err := store.Retime(t.Context(), id, to, true, cond)
			wantError(t, "Retime of an absent id", err, session.ErrNotFound)
		}
		wantAbsent(t, store, id)
	}
	wantWalk(t, listOf(store, user))
	wantWalk(t, listAll(store))
}

func updatesKeepTheTimesOfARetime(t reporter, store session.Store) {
	s := newFull("row")
	mustCreate(t, store, s)
	for _, to := range trickyTimes() {
		s = updated(retimed(s, to, false), change(`"and back"`))
		mustRetime(t, store, s.ID, to, false)
		wantSame(t, "Update", mustUpdate(t, store, s.ID, change(`"and back"`)), s)
		wantStored(t, store, s)
	}
	wantSame(t, "Delete", mustDelete(t, store, s.ID), s)
}

func listsGoByTheNewEnd(t reporter, store session.Store) {
	rows := numbered("row", 3)
	mustCreate(t, store, rows...)
	sooner, later := expiry.Add(-time.Minute), expiry.Add(time.Minute)
	mustRetime(t, store, rows[0].ID, session.Times{ExpiresAt: sooner}, false)
	mustRetime(t, store, rows[2].ID, session.Times{ExpiresAt: later}, true)
	for _, l := range bothLists(store) {
		for _, at := range []struct {
			what string
			now  time.Time
			want []*session.Session
		}{
			{"one tick before a new end that is sooner", sooner.Add(-tick), rows},
			{"at the instant of a new end that is sooner", sooner, rows[1:]},
			{"at the instant of an end that was moved", expiry, rows[2:]},
			{"one tick before a new end that is later", later.Add(-tick), rows[2:]},
			{"at the instant of a new end that is later", later, nil},
		} {
			wantIDs(t, l.name+" "+at.what, l.walk(t, at.now, 2), at.want)
		}
	}
}

func writesGoByTheNewEnd(t reporter, store session.Store) {
	sooner, later := expiry.Add(-time.Minute), expiry.Add(time.Minute)
	for _, w := range conditionalWrites(t, store) {
		s := newSession("sooner, for " + w.name)
		s.UserID = s.ID
		mustCreate(t, store, s)
		s = mustRetime(t, store, s.ID, session.Times{ExpiresAt: sooner}, false)
		_ = wantRefused(t, store, w, s, session.Condition{Now: sooner}, session.ErrExpired)

		s = newSession("later, for " + w.name)
		mustCreate(t, store, s)
		s = mustRetime(t, store, s.ID, session.Times{ExpiresAt: later}, false)
		w.wantTaken(t, store, s, session.Condition{Now: later.Add(-tick)})
	}
}

// aRetimeMayEndASession by an end that is past. The row stays, as every row does
// whose session is over.
func aRetimeMayEndASession(t reporter, store session.Store) {
	s := newFull("row")
	mustCreate(t, store, s)
	to := session.Times{ExpiresAt: during.Truncate(time.Second), LastActiveAt: epoch}
	want := retimed(s, to, true)
	wantSame(t, "Retime", mustRetime(t, store, s.ID, to, true), want)
	wantStored(t, store, want)
	wantWalk(t, listOf(store, user))
	wantWalk(t, listAll(store))
	_, err := store.Retime(t.Context(), s.ID, s.Times(), true, anyVersion)
	wantError(t, "Retime of a session that a Retime ended", err, session.ErrExpired)
}

func retimesKeepTheOrderOfLists(t reporter, store session.Store) {
	rows := numbered("row", 5)
	mustCreate(t, store, rows...)
	for _, i := range []int{3, 0, 4} {
		to := session.Times{ExpiresAt: expiry.Add(time.Duration(-i) * time.Second), LastActiveAt: during}
		rows[i] = retimed(rows[i], to, false)
		mustRetime(t, store, rows[i].ID, to, false)
	}
	wantWalk(t, listOf(store, user), rows...)
	wantWalk(t, listAll(store), bare(rows...)...)
}
