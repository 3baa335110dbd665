package storetest

import (
	"fmt"
	"strings"
	"time"

	"session-api"
)

var keyChecks = []check{
	{"IDsOfEveryShapeAreKeptApart", idsOfEveryShapeAreKeptApart},
	{"UsersOfEveryShapeAreKeptApart", usersOfEveryShapeAreKeptApart},
	{"AUserAndAnIDDoNotRunTogether", aUserAndAnIDDoNotRunTogether},
	{"TimesKeepEveryMicrosecond", timesKeepEveryMicrosecond},
}

// trickyNames run into each other when a key joins its parts carelessly: one is
// the beginning of the next, or holds what separates parts somewhere.
var trickyNames = []string{
	"a", "aa", "a/", "a/b", "a/b/", "a%", "a%2F", "a%2Fb", "a:", "a:b", "a#", "a#b", "a|b", "a b", " a", "a ",
	"a-b", "a_b", "a.b", "a+b", "a?b", "a\\b", `a"b`, "a'b", "a{b}", "a\u00a0", "a\u00ff", "a\u0100", "a\uffff", "a\U0010ffff",
	"A", "é", "e\u0301", "É", "ß", "😀", "👩‍👩‍👧", "\ufeffa", "0", "-1", "null", "user", "user:a", "all", "~", "...",
}

func idsOfEveryShapeAreKeptApart(t reporter, store session.Store) {
	ids := append([]string{
		// Users' ids have no control characters, but ids may.
		"\x00", "\x00\x00", "\x01", "a\x00", "a\x00b", "a\x01", "a\n", "\x7f", "\u0080", ".", "..", "/",
		strings.Repeat("a", session.MaxIDBytes),
		strings.Repeat("a", session.MaxIDBytes-1),
		strings.Repeat("a", session.MaxIDBytes-1) + "b",
		strings.Repeat("😀", session.MaxIDBytes/4),
	}, trickyNames...)
	rows := make([]*session.Session, len(ids))
	for i, id := range ids {
		rows[i] = newSession(id)
		rows[i].CreatedAt = epoch.Add(time.Duration(i) * tick)
		rows[i].Data = fmt.Appendf(nil, `%d`, i)
	}
	mustCreate(t, store, rows...)
	for i := range rows {
		if i%2 == 0 {
			mustUpdate(t, store, rows[i].ID, change(`"even"`))
			rows[i] = updated(rows[i], change(`"even"`))
		}
	}
	wantWalk(t, listOf(store, user), rows...)
	for i, s := range rows {
		wantStored(t, store, s)
		mustDelete(t, store, s.ID)
		wantAbsent(t, store, s.ID)
		s.Data = nil
		if i == len(rows)/2 {
			wantIDs(t, "List with half of the sessions deleted", listAll(store).walk(t, during, 10), rows[i+1:])
		}
	}
}

func usersOfEveryShapeAreKeptApart(t reporter, store session.Store) {
	users := append([]string{
		strings.Repeat("a", session.MaxUserIDBytes),
		strings.Repeat("a", session.MaxUserIDBytes-1),
		strings.Repeat("😀", session.MaxUserIDBytes/4),
	}, trickyNames...)
	owned := make([][]*session.Session, len(users))
	for i, name := range users {
		for j := range 2 {
			s := newSession(fmt.Sprintf("row-%03d-%d", i, j))
			s.UserID = name
			owned[i] = append(owned[i], s)
		}
		mustCreate(t, store, owned[i]...)
	}
	for i, name := range users {
		wantWalk(t, listOf(store, name), owned[i]...)
	}
}

// aUserAndAnIDDoNotRunTogether has users and ids whose plain joins are equal.
func aUserAndAnIDDoNotRunTogether(t reporter, store session.Store) {
	first, second := newSession("bc"), newSession("c")
	first.UserID, second.UserID = "a", "ab"
	third, fourth := newSession("b/c"), newSession("/c")
	third.UserID, fourth.UserID = "a/", "a/b"
	mustCreate(t, store, first, second, third, fourth)
	for _, s := range []*session.Session{first, second, third, fourth} {
		wantWalk(t, listOf(store, s.UserID), s)
	}
	mustDelete(t, store, first.ID)
	wantWalk(t, listOf(store, first.UserID))
	wantWalk(t, listOf(store, second.UserID), second)
}

func timesKeepEveryMicrosecond(t reporter, store session.Store) {
	times := []time.Time{
		time.Date(1970, time.January, 1, 0, 0, 0, 0, time.UTC),
		time.Date(2000, time.February, 29, 23, 59, 59, 999999000, time.UTC),
		time.Date(2025, time.December, 24, 10, 0, 0, 1000, time.UTC),
		time.Date(2025, time.December, 24, 10, 0, 0, 100000000, time.UTC),
		time.Date(2100, time.January, 1, 0, 0, 0, 123456000, time.UTC),
	}
	rows := numbered("row", len(times))
	for i, s := range rows {
		s.CreatedAt = times[i]
		mustCreate(t, store, s)
		wantStored(t, store, s)
		c := session.Change{Data: []byte(`1`), At: times[len(times)-1-i]}
		rows[i] = updated(s, c)
		wantSame(t, "Update", mustUpdate(t, store, s.ID, c), rows[i])
	}
	wantWalk(t, listOf(store, user), rows...)

	far := newSession("far")
	far.ExpiresAt = time.Date(9999, time.December, 31, 23, 59, 59, 0, time.UTC)
	mustCreate(t, store, far)
	wantStored(t, store, far)
}
