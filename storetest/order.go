package storetest

import (
	"fmt"
	"slices"
	"time"

	"session-api"
)

var orderChecks = []check{
	{"NewestFirstIsTheOrderTurnedRound", newestFirstIsTheOrderTurnedRound},
	{"NewestFirstCarriesEverything", newestFirstCarriesEverything},
	{"NewestFirstShowsTheNewestOfManyAtOnce", newestFirstShowsTheNewestOfManyAtOnce},
	{"ListTakesNoNoticeOfAnOrder", listTakesNoNoticeOfAnOrder},
}

// newestFirstIsTheOrderTurnedRound has most sessions made in one microsecond:
// their order is the engine's, but it is turned round as well.
func newestFirstIsTheOrderTurnedRound(t reporter, store session.Store) {
	var rows []*session.Session
	for i, id := range []string{"zz first", "é", "a-1", "b", "A", "a0", "😀", "z", "B", "a/", "aa last"} {
		s := newSession(id)
		s.CreatedAt = epoch.Add(time.Duration(i/9) * tick)
		rows = append(rows, s)
	}
	rows[0].CreatedAt = epoch.Add(-tick)
	mustCreate(t, store, rows...)
	want := listOf(store, user).walk(t, during, session.MaxPageLimit)
	wantIDs(t, "ListByUser", want, rows)
	slices.Reverse(want)
	l := listOf(store, user).newestFirst()
	for _, limit := range []int{1, 2, 3, 5, len(rows), session.MaxPageLimit} {
		wantOrder(t, fmt.Sprintf("%s in pages of %d", l.name, limit), l.walk(t, during, limit), want)
	}
}

func newestFirstCarriesEverything(t reporter, store session.Store) {
	rows := []*session.Session{newFull("full"), newSession("plain"), newExpired("over")}
	rows[1].CreatedAt = epoch.Add(tick)
	mustCreate(t, store, rows...)
	mustUpdate(t, store, "plain", change(`"second"`))
	l := listOf(store, user).newestFirst()
	wantWalk(t, l, rows[0], updated(rows[1], change(`"second"`)))
	mustDelete(t, store, "full")
	wantWalk(t, l, updated(rows[1], change(`"second"`)))
	wantWalk(t, listOf(store, "nobody").newestFirst())
}

// newestFirstShowsTheNewestOfManyAtOnce because that is what it is for: who shows
// a user the last few sessions asks for one page.
func newestFirstShowsTheNewestOfManyAtOnce(t reporter, store session.Store) {
	rows := numbered("row", deadRun)
	createAll(t, store, rows)
	p := listOf(store, user).newestFirst().page(t, session.PageQuery{Now: during, Limit: 3})
	want := slices.Clone(rows[deadRun-3:])
	slices.Reverse(want)
	// A page may hold fewer, but those it holds are the newest.
	wantOrder(t, "The first page of ListByUser, newest first,", p.Sessions, want[:min(len(p.Sessions), 3)])
}

func listTakesNoNoticeOfAnOrder(t reporter, store session.Store) {
	rows := numbered("row", 5)
	mustCreate(t, store, rows...)
	l := listAll(store)
	want := l.walk(t, during, session.MaxPageLimit)
	for _, limit := range []int{1, 2, session.MaxPageLimit} {
		got := l.newestFirst().walk(t, during, limit)
		wantOrder(t, fmt.Sprintf("List that was asked for an order, in pages of %d,", limit), got, want)
	}
	wantWalk(t, l.newestFirst(), bare(rows...)...)
}
