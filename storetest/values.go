package storetest

import (
	"errors"
	"fmt"
	"strings"

	"session-api"
)

var valueChecks = []check{
	{"DataComesBackByteForByte", dataComesBackByteForByte},
	{"EveryUnicodePlaneIsKept", everyUnicodePlaneIsKept},
	{"DataOfEverySizeIsKept", dataOfEverySizeIsKept},
	{"TheLargestSessionFits", theLargestSessionFits},
	{"WhatIsTooLargeIsRefusedWhole", whatIsTooLargeIsRefusedWhole},
}

// trickyData are JSON texts that change when something reads and writes them
// anew: through a float64, a map, a string that escapes, a trimmed value.
var trickyData = []string{
	`{}`, `[]`, `""`, `0`, `null`, `true`, `false`, `7`, `-0`, `" "`,
	`1234567890123456789012345678901234567890`,
	`0.1234567890123456789012345678901234567890`,
	`-1e3`, `1E+400`, `1.0`, `0.10`, `1e-999`, `[1,1.0,1e0,100e-2]`,
	`{"b":1,"a":2,"":3,"B":4}`,
	`{"z":{"y":{"x":[{"w":null}]}},"a":[[],{},[[]]]}`,
	`"\"\\\/\b\f\n\r\t\u0000\u001f\u007F\u2028\u00e9\u00E9\ud83d\ude00"`,
	"\"\u007f\u0080\u2028\u2029\ufeff\ufffd\"",
	`"<script>&amp;</script>"`,
	`"é 漢 😀 𝒳"`,
	"\"e\u0301 is not \u00e9\"",
	`{"id":"x","ttl":"y","version":-1,"userId":"someone else"}`,
	`"'; DROP TABLE sessions; --"`,
}

func dataComesBackByteForByte(t reporter, store session.Store) {
	texts := append([]string{deep(1000)}, trickyData...)
	rows := numbered("row", len(texts))
	for i, s := range rows {
		s.Data = []byte(texts[i])
	}
	mustCreate(t, store, rows...)
	for i, s := range rows {
		wantStored(t, store, s)
		// The next text, so that every one is also written by an update.
		c := change(texts[(i+1)%len(texts)])
		rows[i] = updated(s, c)
		wantSame(t, "Update", mustUpdate(t, store, s.ID, c), rows[i])
		wantStored(t, store, rows[i])
	}
	wantWalk(t, listOf(store, user), rows...)
}

// deep returns arrays in arrays, depth of them.
func deep(depth int) string {
	return strings.Repeat("[", depth) + strings.Repeat("]", depth)
}

// everyUnicodePlaneIsKept has the first, a middle and the last characters of
// each plane in data, ids and user ids; noncharacters are valid UTF-8 too.
func everyUnicodePlaneIsKept(t reporter, store session.Store) {
	var text strings.Builder
	for plane := rune(0); plane <= 16; plane++ {
		for _, offset := range []rune{0x0041, 0x1234, 0xfffd, 0xfffe, 0xffff} {
			text.WriteRune(plane<<16 + offset)
		}
	}
	s := newSession("id-" + text.String())
	s.UserID = strings.ToValidUTF8(text.String()[:session.MaxUserIDBytes], "")
	s.Data = []byte(`{"` + text.String() + `":"` + text.String() + `"}`)
	mustCreate(t, store, s)
	wantStored(t, store, s)
	wantWalk(t, listOf(store, s.UserID), s)
}

func dataOfEverySizeIsKept(t reporter, store session.Store) {
	sizes := []int{2, 3, 1 << 10, 4<<10 - 1, 4 << 10, 64<<10 - 1, 64 << 10, 64<<10 + 1, heavyData, session.MaxDataBytes}
	for i, size := range sizes {
		s := newSession(fmt.Sprintf("size-%d", size))
		s.Data = textOf(size, 'x')
		mustCreate(t, store, s)
		wantStored(t, store, s)

		c := change(string(textOf(sizes[len(sizes)-1-i], 'y')))
		wantSame(t, "Update", mustUpdate(t, store, s.ID, c), updated(s, c))
		wantStored(t, store, updated(s, c))
	}
}

func theLargestSessionFits(t reporter, store session.Store) {
	s := newSession(strings.Repeat("i", session.MaxIDBytes))
	s.UserID = strings.Repeat("u", session.MaxUserIDBytes)
	s.Data = textOf(session.MaxDataBytes, 'a')
	s.Version = 1<<62 + 1
	fillFields(s, "f", 0)
	mustCreate(t, store, s)
	wantStored(t, store, s)
	c := change(string(textOf(session.MaxDataBytes, 'b')))
	want := updated(s, c)
	wantSame(t, "Update", mustUpdate(t, store, s.ID, c), want)
	wantStored(t, store, want)
	wantWalk(t, listOf(store, s.UserID), want)
	wantSame(t, "Delete", mustDelete(t, store, s.ID), want)
}

// whatIsTooLargeIsRefusedWhole lets an engine hold more than a session may
// have, as long as it then holds all of it.
func whatIsTooLargeIsRefusedWhole(t reporter, store session.Store) {
	huge := textOf(session.MaxItemBytes+1, 'x')
	s := newSession("huge")
	s.Data = huge
	switch err := store.Create(t.Context(), s); {
	case err == nil:
		wantStored(t, store, s)
	case errors.Is(err, session.ErrTooLarge):
		wantAbsent(t, store, s.ID)
		wantWalk(t, listOf(store, user))
	default:
		t.Errorf("Create of too large a session returned the error %v; want nil or %v", err, session.ErrTooLarge)
	}

	small := newSession("small")
	small.UserID = "user-2"
	mustCreate(t, store, small)
	c := change(string(huge))
	switch _, err := store.Update(t.Context(), small.ID, c, anyVersion); {
	case err == nil:
		wantStored(t, store, updated(small, c))
	case errors.Is(err, session.ErrTooLarge):
		wantStored(t, store, small)
		wantWalk(t, listOf(store, small.UserID), small)
	default:
		t.Errorf("Update to too large a session returned the error %v; want nil or %v", err, session.ErrTooLarge)
	}
}
