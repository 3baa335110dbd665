package storetest

import (
	"fmt"
	"strings"
	"time"

	"session-api"
)

const (
	// heavyData is the size of a session's data where pages must end early, in
	// bytes: the largest body that the service takes by default.
	heavyData = 384 << 10
	// heavySessions fill two pages by their data, and some of a third.
	heavySessions = 2*(session.PageDataBytes/heavyData+1) + 2
	// deadRun is a run of expired rows longer than what an engine reads at once:
	// a batch read of DynamoDB takes 100 keys.
	deadRun = 250
)

var pagingChecks = []check{
	{"PagesOfEverySizeShowEverythingOnce", pagesOfEverySizeShowEverythingOnce},
	{"APageCanBeAskedForAgain", aPageCanBeAskedForAgain},
	{"RunsOfExpiredRowsDoNotEndAWalk", runsOfExpiredRowsDoNotEndAWalk},
	{"APageEndsWithItsData", aPageEndsWithItsData},
	{"ListShowsLargeSessionsWithoutData", listShowsLargeSessionsWithoutData},
	{"PositionsOfNoPageAreRefused", positionsOfNoPageAreRefused},
}

func pagesOfEverySizeShowEverythingOnce(t reporter, store session.Store) {
	rows := numbered("row", 7)
	for i, s := range rows {
		// Pairs of equal times, so that pages also end between those.
		s.CreatedAt = epoch.Add(time.Duration(i/2) * tick)
	}
	mustCreate(t, store, rows...)
	for _, l := range everyList(store) {
		for _, limit := range []int{1, 2, 3, 6, 7, 8, session.MaxPageLimit} {
			what := fmt.Sprintf("%s in pages of %d", l.name, limit)
			got := l.walk(t, during, limit)
			wantIDs(t, what, got, rows)
			l.wantOrderOfCreation(t, what, got)
		}
	}
}

// aPageCanBeAskedForAgain holds because a caller whose answer was lost tries
// again with the cursor that it has.
func aPageCanBeAskedForAgain(t reporter, store session.Store) {
	mustCreate(t, store, numbered("row", 5)...)
	for _, l := range everyList(store) {
		first := l.page(t, session.PageQuery{Now: during, Limit: 2})
		if first.Next == "" {
			t.Fatalf("%s of 5 sessions has no position after a page of %d", l.name, len(first.Sessions))
		}
		q := session.PageQuery{Now: during, Limit: 2, After: first.Next}
		once := l.page(t, q)
		l.walk(t, during, 2)
		again := l.page(t, q)
		wantOrder(t, l.name+", asked twice for a page,", again.Sessions, once.Sessions)
	}
}

func runsOfExpiredRowsDoNotEndAWalk(t reporter, store session.Store) {
	rows := numbered("row", deadRun+4)
	live := []*session.Session{rows[0], rows[1], rows[deadRun+2], rows[deadRun+3]}
	for _, s := range rows[2 : deadRun+2] {
		s.ExpiresAt = newExpired("").ExpiresAt
	}
	createAll(t, store, rows)
	for _, l := range everyList(store) {
		for _, limit := range []int{2, 100} {
			what := fmt.Sprintf("%s in pages of %d around %d expired rows", l.name, limit, deadRun)
			wantIDs(t, what, l.walk(t, during, limit), live)
		}
	}
}

// heavy stores sessions of heavyData each and returns them.
func heavy(t reporter, store session.Store) []*session.Session {
	rows := numbered("heavy", heavySessions)
	for i, s := range rows {
		s.Data = textOf(heavyData, byte('a'+i))
	}
	mustCreate(t, store, rows...)
	return rows
}

// textOf returns a JSON string of the letter that is size bytes long.
func textOf(size int, letter byte) []byte {
	return []byte(`"` + strings.Repeat(string(rune(letter)), size-2) + `"`)
}

func aPageEndsWithItsData(t reporter, store session.Store) {
	rows := heavy(t, store)
	for _, l := range []list{listOf(store, user), listOf(store, user).newestFirst()} {
		var got []*session.Session
		l.pages(t, during, session.MaxPageLimit, func(p session.Page) time.Time {
			wantEndedByData(t, p)
			got = append(got, p.Sessions...)
			return during
		})
		wantIDs(t, l.name+" in pages that end with their data", got, rows)
		l.wantOrderOfCreation(t, l.name, got)
	}
	wantWalk(t, listOf(store, user), rows...)
}

// wantEndedByData fails if the page goes on after its data reached PageDataBytes.
func wantEndedByData(t reporter, p session.Page) {
	size := 0
	for i, s := range p.Sessions {
		if size >= session.PageDataBytes {
			t.Errorf("A page goes on for %d sessions after its data reached PageDataBytes", len(p.Sessions)-i)
			return
		}
		size += len(s.Data)
	}
}

func listShowsLargeSessionsWithoutData(t reporter, store session.Store) {
	rows := heavy(t, store)
	for _, s := range rows {
		s.Data = nil
	}
	wantWalk(t, listAll(store), rows...)
}

func positionsOfNoPageAreRefused(t reporter, store session.Store) {
	mustCreate(t, store, numbered("row", 3)...)
	// No id is longer than MaxIDBytes, so no position needs to be this long.
	endless := strings.Repeat("x", 8*session.MaxIDBytes)
	for _, l := range everyList(store) {
		for _, position := range []string{"\x00garbage", "\xff\xfe", endless} {
			q := session.PageQuery{Now: during, Limit: 10, After: position, Descending: l.query.Descending}
			p, err := l.read(t.Context(), q)
			what := fmt.Sprintf("%s after the position %s", l.name, short(position))
			wantError(t, what, err, session.ErrInvalidCursor)
			if len(p.Sessions) > 0 {
				t.Errorf("%s returned %d sessions; want none", what, len(p.Sessions))
			}
		}
	}
}
