package storetest

import (
	"fmt"
	"strings"
	"time"

	"session-api"
)

var aliasChecks = []check{
	{"GetShowsAnAliasAndNothingElseOfIt", getShowsAnAliasAndNothingElseOfIt},
	{"AliasesComeBackExactly", aliasesComeBackExactly},
	{"NoWriteFindsAnAlias", noWriteFindsAnAlias},
	{"TheIDOfAnAliasIsTaken", theIDOfAnAliasIsTaken},
	{"NoListShowsAnAlias", noListShowsAnAlias},
}

// until is an end of aliases that is ahead of during, pastUntil one that is not.
var (
	until     = during.Add(time.Minute).Truncate(time.Second)
	pastUntil = during.Add(-time.Minute).Truncate(time.Second)
)

// mustAlias makes a session and ends it with an alias in its place. It returns
// the row that is there then.
func mustAlias(t reporter, store session.Store, id string, a session.Alias) *session.Session {
	t.Helper()
	mustCreate(t, store, newFull(id))
	mustApply(t, store, session.Transaction{End: []session.Ending{{ID: id, Cond: anyVersion, Alias: &a}}})
	return &session.Session{ID: id, RotatedTo: a.To, ExpiresAt: a.Until}
}

func getShowsAnAliasAndNothingElseOfIt(t reporter, store session.Store) {
	for _, a := range []session.Alias{{To: "next", Until: until}, {To: "next", Until: pastUntil}} {
		id := "until " + a.Until.String()
		wantStored(t, store, mustAlias(t, store, id, a))
	}
	// Nobody needs the session that an alias names.
	wantAbsent(t, store, "next")
}

func aliasesComeBackExactly(t reporter, store session.Store) {
	targets := append([]string{
		strings.Repeat("t", session.MaxIDBytes), strings.Repeat("😀", session.MaxIDBytes/4), "\x00", "a\x00b", "a\n",
	}, trickyNames...)
	ends := []time.Time{until, pastUntil, time.Date(9999, time.December, 31, 23, 59, 59, 0, time.UTC)}
	for i, to := range targets {
		a := session.Alias{To: to, Until: ends[i%len(ends)]}
		wantStored(t, store, mustAlias(t, store, fmt.Sprintf("from %d", i), a))
	}
}

func noWriteFindsAnAlias(t reporter, store session.Store) {
	for _, a := range []session.Alias{{To: "next", Until: until}, {To: "next", Until: pastUntil}} {
		alias := mustAlias(t, store, "until "+a.Until.String(), a)
		for _, w := range conditionalWrites(t, store) {
			for _, cond := range []session.Condition{
				anyVersion, atVersion(0), atVersion(2), atVersion(3), atTimes(alias.Times()), atTimes(newFull("").Times()),
				lateAndStale(during), {Now: a.Until}, {Now: expiry.Add(lifetime)},
			} {
				_, err := w.do(alias.ID, cond)
				wantError(t, w.name+" of the id of an alias", err, session.ErrNotFound)
			}
			wantStored(t, store, alias)
		}
	}
}

func theIDOfAnAliasIsTaken(t reporter, store session.Store) {
	for _, a := range []session.Alias{{To: "next", Until: until}, {To: "next", Until: pastUntil}} {
		alias := mustAlias(t, store, "until "+a.Until.String(), a)
		s := newSession(alias.ID)
		wantError(t, "Create of the id of an alias", store.Create(t.Context(), s), session.ErrExists)
		wantError(t, "Apply that creates the id of an alias",
			store.Apply(t.Context(), session.Transaction{Create: s}), session.ErrExists)
		wantStored(t, store, alias)
		wantWalk(t, listOf(store, user))
	}
}

func noListShowsAnAlias(t reporter, store session.Store) {
	rows := numbered("row", 7)
	mustCreate(t, store, rows...)
	for i, end := range []time.Time{until, pastUntil, expiry.Add(lifetime)} {
		alias := &session.Alias{To: rows[0].ID, Until: end}
		mustApply(t, store, session.Transaction{End: []session.Ending{{ID: rows[2*i+1].ID, Cond: anyVersion, Alias: alias}}})
	}
	want := []*session.Session{rows[0], rows[2], rows[4], rows[6]}
	wantWalk(t, listAll(store), bare(want...)...)
	wantWalk(t, listOf(store, user), want...)
	for _, l := range everyList(store) {
		for _, now := range []time.Time{epoch, until, expiry.Add(-tick)} {
			wantIDs(t, l.name+" among aliases", l.walk(t, now, 1), want)
		}
		wantIDs(t, l.name+" where only an alias is not over", l.walk(t, expiry, 1), nil)
	}
}
