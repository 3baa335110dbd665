package storetest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"session-api"
)

var listChecks = []check{
	{"AnEmptyStoreHasEmptyLists", anEmptyStoreHasEmptyLists},
	{"AnUnknownUserHasAnEmptyList", anUnknownUserHasAnEmptyList},
	{"ListByUserIsInOrderOfCreation", listByUserIsInOrderOfCreation},
	{"TiesComeInOneOrderInEveryWalk", tiesComeInOneOrderInEveryWalk},
	{"UpdatesKeepTheOrder", updatesKeepTheOrder},
	{"ListByUserCarriesEverything", listByUserCarriesEverything},
	{"ListCarriesEverythingButData", listCarriesEverythingButData},
	{"ListHoldsEveryUser", listHoldsEveryUser},
	{"ListsLeaveOutWhatHasExpired", listsLeaveOutWhatHasExpired},
	{"ListsSeeEveryWriteThatReturned", listsSeeEveryWriteThatReturned},
}

func anEmptyStoreHasEmptyLists(t reporter, store session.Store) {
	for _, list := range bothLists(store) {
		wantWalk(t, list)
	}
}

func anUnknownUserHasAnEmptyList(t reporter, store session.Store) {
	mustCreate(t, store, newSession("row"))
	for _, name := range []string{"nobody", "user-", "user-11", "USER-1"} {
		page := listOf(store, name).page(t, session.PageQuery{Now: during, Limit: 10})
		if len(page.Sessions) > 0 || page.Next != "" {
			t.Errorf("The unknown user %q has %d sessions and the position %q; want neither", name, len(page.Sessions), page.Next)
		}
	}
}

func listByUserIsInOrderOfCreation(t reporter, store session.Store) {
	second := epoch.Truncate(time.Second)
	// The times cross the ends of a second, a minute and a year, and the ids
	// sort the other way round.
	times := []time.Time{
		time.Date(2099, time.December, 31, 23, 59, 59, 999999000, time.UTC),
		second,
		second.Add(tick),
		second.Add(9 * tick),
		second.Add(10 * tick),
		second.Add(time.Second - tick),
		second.Add(time.Second),
		second.Add(time.Minute),
	}
	want := numbered("row", len(times))
	slices.Reverse(want)
	for i, s := range want {
		s.CreatedAt = times[i]
	}
	for _, i := range []int{3, 7, 0, 5, 1, 6, 2, 4} {
		mustCreate(t, store, want[i])
	}
	wantWalk(t, listOf(store, user), want...)
}

// tiesComeInOneOrderInEveryWalk leaves the order to the engine: an index of a
// server may have one of its own. It must be the same whatever the pages are.
func tiesComeInOneOrderInEveryWalk(t reporter, store session.Store) {
	first, last := newSession("zz first"), newSession("aa last")
	first.CreatedAt, last.CreatedAt = epoch.Add(-tick), epoch.Add(tick)
	rows := []*session.Session{first, last}
	for _, id := range []string{"é", "a-1", "b", "A", "a0", "😀", "z", "B", "a/", "\uFFFD", "a", "aa", "a-"} {
		rows = append(rows, newSession(id))
	}
	mustCreate(t, store, rows...)
	l := listOf(store, user)
	want := l.walk(t, during, session.MaxPageLimit)
	if !wantIDs(t, l.name, want, rows) {
		return
	}
	l.wantOrderOfCreation(t, l.name, want)
	for _, limit := range []int{1, 2, 3, 5, len(rows)} {
		wantOrder(t, fmt.Sprintf("%s in pages of %d", l.name, limit), l.walk(t, during, limit), want)
	}
}

func updatesKeepTheOrder(t reporter, store session.Store) {
	want := numbered("row", 4)
	mustCreate(t, store, want...)
	for _, i := range []int{2, 0} {
		mustUpdate(t, store, want[i].ID, change(`"new"`))
		want[i] = updated(want[i], change(`"new"`))
	}
	wantWalk(t, listOf(store, user), want...)
}

func listByUserCarriesEverything(t reporter, store session.Store) {
	rows := numbered("row", 3)
	rows[0].Version = 0
	mustCreate(t, store, rows...)
	mustUpdate(t, store, rows[1].ID, change(`"new"`))
	rows[1] = updated(rows[1], change(`"new"`))
	wantWalk(t, listOf(store, user), rows...)
}

func listCarriesEverythingButData(t reporter, store session.Store) {
	rows := numbered("row", 3)
	rows[0].Version = 0
	mustCreate(t, store, rows...)
	mustUpdate(t, store, rows[1].ID, change(`"new"`))
	rows[1] = updated(rows[1], change(`"new"`))
	for _, s := range rows {
		s.Data = nil
	}
	wantWalk(t, listAll(store), rows...)
}

func listHoldsEveryUser(t reporter, store session.Store) {
	rows := numbered("row", 6)
	for i, s := range rows {
		s.UserID = "user-" + strings.Repeat("x", i)
	}
	mustCreate(t, store, rows...)
	for _, s := range rows {
		wantWalk(t, listOf(store, s.UserID), s)
		s.Data = nil
	}
	wantWalk(t, listAll(store), rows...)
}

func listsLeaveOutWhatHasExpired(t reporter, store session.Store) {
	rows := numbered("row", 5)
	for i, s := range rows {
		s.ExpiresAt = expiry.Add(time.Duration(i) * time.Second)
	}
	mustCreate(t, store, rows...)
	for _, list := range bothLists(store) {
		for i := range rows {
			edge := rows[i].ExpiresAt
			wantIDs(t, list.name+" one tick before an expiry", list.walk(t, edge.Add(-tick), 10), rows[i:])
			wantIDs(t, list.name+" at the instant of an expiry", list.walk(t, edge, 10), rows[i+1:])
		}
	}
}

func listsSeeEveryWriteThatReturned(t reporter, store session.Store) {
	s := newSession("row")
	mustCreate(t, store, s)
	wantWalk(t, listOf(store, user), s)
	wantWalk(t, listAll(store), bare(s)...)

	s = updated(s, change(`"new"`))
	mustUpdate(t, store, s.ID, change(`"new"`))
	wantWalk(t, listOf(store, user), s)
	wantWalk(t, listAll(store), bare(s)...)

	mustDelete(t, store, s.ID)
	wantWalk(t, listOf(store, user))
	wantWalk(t, listAll(store))
}
