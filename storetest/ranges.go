package storetest

import (
	"fmt"
	"time"

	"session-api"
)

var rangeChecks = []check{
	{"BothEndsOfARangeAreLeftOut", bothEndsOfARangeAreLeftOut},
	{"OneEndIsARange", oneEndIsARange},
	{"RangesHoldInEveryPage", rangesHoldInEveryPage},
	{"RangesLeaveOutWhatHasExpired", rangesLeaveOutWhatHasExpired},
	{"ARangeFarIntoAListIsFound", aRangeFarIntoAListIsFound},
}

// rangedLists are the lists that a range can be of.
func rangedLists(store session.Store) []list {
	return append(everyList(store), listOf(store, user).idsOnly(), listOf(store, user).newestFirst().idsOnly())
}

// wantRange fails unless each list shows exactly want between two times.
func wantRange(t reporter, store session.Store, after, before time.Time, limit int, want []*session.Session) {
	t.Helper()
	for _, l := range rangedLists(store) {
		got := l.createdBetween(after, before).walk(t, during, limit)
		what := fmt.Sprintf("%s between %v and %v", l.name, after, before)
		wantIDs(t, what, got, want)
		l.wantOrderOfCreation(t, what, got)
	}
}

func bothEndsOfARangeAreLeftOut(t reporter, store session.Store) {
	rows := numbered("row", 5)
	mustCreate(t, store, rows...)
	for from := range rows {
		for to := from; to < len(rows); to++ {
			want := rows[min(from+1, to):to]
			wantRange(t, store, rows[from].CreatedAt, rows[to].CreatedAt, session.MaxPageLimit, want)
		}
	}
	// An end before the beginning is a range of nothing, not a mistake.
	wantRange(t, store, rows[3].CreatedAt, rows[1].CreatedAt, 2, nil)
}

// oneEndIsARange has sessions of the first years of Unix time, which a zero that
// is taken for a time would leave out.
func oneEndIsARange(t reporter, store session.Store) {
	rows := numbered("row", 5)
	rows[0].CreatedAt = time.Unix(0, 0).UTC()
	rows[1].CreatedAt = time.Unix(0, 0).UTC().Add(tick)
	mustCreate(t, store, rows...)
	for i, s := range rows {
		wantRange(t, store, time.Time{}, s.CreatedAt, 2, rows[:i])
		wantRange(t, store, s.CreatedAt, time.Time{}, 2, rows[i+1:])
	}
	wantRange(t, store, time.Time{}, time.Time{}, 2, rows)
	wantRange(t, store, epoch.Add(-tick), epoch.Add(lifetime), 2, rows[2:])
}

// rangesHoldInEveryPage has several sessions in each microsecond, at the ends of
// the range too.
func rangesHoldInEveryPage(t reporter, store session.Store) {
	rows := numbered("row", 12)
	for i, s := range rows {
		s.CreatedAt = epoch.Add(time.Duration(i/3) * tick)
	}
	mustCreate(t, store, rows...)
	for _, limit := range []int{1, 2, 3, 6, 7} {
		wantRange(t, store, rows[0].CreatedAt, rows[11].CreatedAt, limit, rows[3:9])
	}
}

func rangesLeaveOutWhatHasExpired(t reporter, store session.Store) {
	rows := numbered("row", 8)
	var want []*session.Session
	for i, s := range rows {
		switch {
		case i%2 == 0:
			s.ExpiresAt = newExpired("").ExpiresAt
		case i > 1 && i < 7:
			want = append(want, s)
		}
	}
	mustCreate(t, store, rows...)
	for _, l := range everyList(store) {
		for _, limit := range []int{1, 3} {
			got := l.createdBetween(rows[1].CreatedAt, rows[7].CreatedAt).walk(t, during, limit)
			wantIDs(t, l.name+" between two times", got, want)
		}
	}
}

func aRangeFarIntoAListIsFound(t reporter, store session.Store) {
	rows := numbered("row", deadRun+2)
	createAll(t, store, rows)
	const limit = 25
	wantRange(t, store, rows[deadRun-2].CreatedAt, rows[deadRun+1].CreatedAt, limit, rows[deadRun-1:deadRun+1])
	wantRange(t, store, rows[0].CreatedAt, rows[3].CreatedAt, limit, rows[1:3])
}
