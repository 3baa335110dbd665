package storetest

import (
	"strings"
	"time"

	"session-api"
)

var fieldChecks = []check{
	{"EveryFieldComesBackFromEveryMethod", everyFieldComesBackFromEveryMethod},
	{"EachFieldStandsAlone", eachFieldStandsAlone},
	{"WhatIsNotGivenIsZero", whatIsNotGivenIsZero},
	{"TextsOfEveryShapeAreKept", textsOfEveryShapeAreKept},
	{"TextsOfEveryLengthAreKept", textsOfEveryLengthAreKept},
	{"MethodsKeepTheirOrderAndNumber", methodsKeepTheirOrderAndNumber},
	{"OptionalTimesAreExact", optionalTimesAreExact},
}

func everyFieldComesBackFromEveryMethod(t reporter, store session.Store) {
	s := newFull("created")
	mustCreate(t, store, s)
	wantEverywhere(t, store, s)

	c := change(`"second"`)
	s = updated(s, c)
	wantSame(t, "Update", mustUpdate(t, store, s.ID, c), s)
	wantEverywhere(t, store, s)

	times := session.Times{ExpiresAt: expiry.Add(time.Second), AbsoluteExpiresAt: expiry.Add(time.Minute), LastActiveAt: during}
	s = retimed(s, times, true)
	wantSame(t, "Retime", mustRetime(t, store, s.ID, times, true), s)
	wantEverywhere(t, store, s)
	wantSame(t, "Delete", mustDelete(t, store, s.ID), s)

	s = newFull("applied")
	mustApply(t, store, session.Transaction{Create: s})
	wantEverywhere(t, store, s)
}

// wantEverywhere fails unless Get and both lists show s, the one row of the store.
func wantEverywhere(t reporter, store session.Store, s *session.Session) {
	t.Helper()
	wantStored(t, store, s)
	wantWalk(t, listOf(store, s.UserID), s)
	wantWalk(t, listAll(store), bare(s)...)
}

// wantKept stores sessions in turns by Create and by Apply, updates them, and
// fails unless every field comes back each time and in the lists.
func wantKept(t reporter, store session.Store, rows []*session.Session) {
	t.Helper()
	for i, s := range rows {
		if i%2 == 0 {
			mustCreate(t, store, s)
		} else {
			mustApply(t, store, session.Transaction{Create: s})
		}
		wantStored(t, store, s)
		rows[i] = updated(s, change(`"second"`))
		wantSame(t, "Update", mustUpdate(t, store, s.ID, change(`"second"`)), rows[i])
		wantStored(t, store, rows[i])
	}
	wantWalk(t, listOf(store, user), rows...)
	wantWalk(t, listAll(store), bare(rows...)...)
}

// fieldSetters set one optional field each, to what newFull has.
var fieldSetters = []func(s, full *session.Session){
	func(s, full *session.Session) { s.AbsoluteExpiresAt = full.AbsoluteExpiresAt },
	func(s, full *session.Session) { s.IdleTimeout = full.IdleTimeout },
	func(s, full *session.Session) { s.LastActiveAt = full.LastActiveAt },
	func(s, full *session.Session) { s.Client.IP = full.Client.IP },
	func(s, full *session.Session) { s.Client.UserAgent = full.Client.UserAgent },
	func(s, full *session.Session) { s.Client.DeviceName = full.Client.DeviceName },
	func(s, full *session.Session) { s.Client.Label = full.Client.Label },
	func(s, full *session.Session) { s.Auth.Time = full.Auth.Time },
	func(s, full *session.Session) { s.Auth.AMR = full.Auth.AMR },
	func(s, full *session.Session) { s.Auth.ACR = full.Auth.ACR },
}

func eachFieldStandsAlone(t reporter, store session.Store) {
	rows := numbered("row", 2*len(fieldSetters))
	for i, set := range fieldSetters {
		full := newFull("")
		set(rows[2*i], full)
		// And each is missing alone.
		other := newFull(rows[2*i+1].ID)
		set(other, &session.Session{})
		rows[2*i+1] = other
	}
	wantKept(t, store, rows)
}

func whatIsNotGivenIsZero(t reporter, store session.Store) {
	mustCreate(t, store, newFull("beside"))
	s := newSession("row")
	mustCreate(t, store, s)
	wantStored(t, store, s)
	wantSame(t, "Retime", mustRetime(t, store, "row", s.Times(), false), s)
	s = updated(s, change(`"second"`))
	wantSame(t, "Update", mustUpdate(t, store, "row", change(`"second"`)), s)
	wantWalk(t, listOf(store, user), s, newFull("beside"))
	wantSame(t, "Delete", mustDelete(t, store, "row"), s)
}

// spellings are addresses that a parser would write in another way.
var spellings = []string{
	"192.0.2.1", "2001:DB8::A", "2001:0db8:0:0:0:0:0:1", "::", "::ffff:192.0.2.1", "::ffff:c000:201",
}

func textsOfEveryShapeAreKept(t reporter, store session.Store) {
	rows := numbered("row", len(trickyNames))
	for i, s := range rows {
		text := func(n int) string { return trickyNames[(i+n)%len(trickyNames)] }
		s.Client = session.Client{IP: spellings[i%len(spellings)], UserAgent: text(1), DeviceName: text(2), Label: text(3)}
		s.Auth = session.Auth{ACR: text(4), AMR: []string{text(5), text(6)}}
	}
	wantKept(t, store, rows)
}

func textsOfEveryLengthAreKept(t reporter, store session.Store) {
	rows := numbered("row", 6)
	for i, unit := range []string{"x", "é", "😀"} {
		fillFields(rows[2*i], unit, 0)
		fillFields(rows[2*i+1], unit, 1)
	}
	wantKept(t, store, rows)
}

// fillFields sets every optional field of s, and the texts to as many units as
// they may hold less some.
func fillFields(s *session.Session, unit string, less int) {
	text := func(limit int) string { return strings.Repeat(unit, limit/len(unit)-less) }
	full := newFull("")
	s.AbsoluteExpiresAt, s.IdleTimeout, s.LastActiveAt = full.AbsoluteExpiresAt, full.IdleTimeout, full.LastActiveAt
	s.Client = session.Client{
		IP:         "2001:0db8:ffff:ffff:ffff:ffff:255.255.255.255",
		UserAgent:  text(session.MaxUserAgentBytes),
		DeviceName: text(session.MaxDeviceNameBytes),
		Label:      text(session.MaxLabelBytes),
	}
	s.Auth = session.Auth{Time: full.Auth.Time, ACR: text(session.MaxACRBytes)}
	for range session.MaxAMR {
		s.Auth.AMR = append(s.Auth.AMR, text(session.MaxAMRBytes))
	}
}

// methodsKeepTheirOrderAndNumber has what a set, or a joined text, would lose.
func methodsKeepTheirOrderAndNumber(t reporter, store session.Store) {
	lists := [][]string{
		{"pwd"}, {"b", "a", "c"}, {"same", "same", "same"}, {"a,b", "c"}, {"a", "b,c"}, {"a b", "c"}, {"a", " b", "c "},
		{`"a"`, `b\`, "[c]"}, {"null", "0"}, {"é", "e\u0301"}, {"9", "8", "7", "6", "5", "4", "3", "2", "1", "0"},
	}
	rows := numbered("row", len(lists))
	for i, s := range rows {
		s.Auth.AMR = lists[i]
	}
	wantKept(t, store, rows)
}

// optionalTimesAreExact has authentications of long ago: their time is whatever
// the creator gave.
func optionalTimesAreExact(t reporter, store session.Store) {
	times := []time.Time{
		time.Date(1, time.January, 1, 0, 0, 0, 1000, time.UTC),
		time.Date(999, time.December, 31, 23, 59, 59, 999999000, time.UTC),
		time.Date(1969, time.December, 31, 23, 59, 59, 999999000, time.UTC),
		time.Unix(0, 0).UTC(),
		time.Date(1970, time.January, 1, 0, 0, 0, 1000, time.UTC),
		time.Date(2025, time.December, 24, 10, 0, 0, 100000000, time.UTC),
		during,
	}
	rows := numbered("row", len(times))
	for i, s := range rows {
		s.Auth.Time = times[i]
		s.LastActiveAt = epoch.Add(time.Duration(i) * 99999 * tick)
		s.AbsoluteExpiresAt = expiry.Add(time.Duration(i) * time.Second)
		s.IdleTimeout = time.Duration(1+i*i*i*i*i*100000) * time.Second
	}
	rows[0].AbsoluteExpiresAt = time.Date(9999, time.December, 31, 23, 59, 59, 0, time.UTC)
	wantKept(t, store, rows)
}
