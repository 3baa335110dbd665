package storetest

import (
	"cmp"
	"context"
	"slices"
	"time"

	"session-api"
)

const (
	// walkLimit is the page size of walks for which it does not matter: small,
	// so that most of them have several pages.
	walkLimit = 3
	// maxPages ends a walk that never ends. The longest honest one has a tenth.
	maxPages = 1000
)

// list is one of the two lists of a store, as someone asks for it.
type list struct {
	name string
	// ordered says that the order of the list is part of the contract.
	ordered bool
	read    func(ctx context.Context, q session.PageQuery) (session.Page, error)
	// query is what is asked for in every page.
	query session.PageQuery
}

func listAll(store session.Store) list {
	return list{name: "List", read: store.List}
}

func listOf(store session.Store, userID string) list {
	return list{name: "ListByUser", ordered: true, read: func(ctx context.Context, q session.PageQuery) (session.Page, error) {
		return store.ListByUser(ctx, userID, q)
	}}
}

// bothLists returns List and the list of user.
func bothLists(store session.Store) []list {
	return []list{listAll(store), listOf(store, user)}
}

// everyList returns both lists, that of user with the newest session first, and that
// of all for a namespace that user is in.
func everyList(store session.Store) []list {
	return append(bothLists(store), listOf(store, user).newestFirst(), listAll(store).within(user[:4]))
}

// newestFirst returns the list turned round.
func (l list) newestFirst() list {
	l.name += ", newest first,"
	l.query.Descending = true
	return l
}

// createdBetween returns the part of the list that was created between two times.
func (l list) createdBetween(after, before time.Time) list {
	l.query.CreatedAfter, l.query.CreatedBefore = after, before
	return l
}

// within returns the part of the list that is in a namespace.
func (l list) within(userPrefix string) list {
	l.name += " within " + short(userPrefix)
	l.query.UserPrefix = userPrefix
	return l
}

// idsOnly returns the list for who wants no more than ids.
func (l list) idsOnly() list {
	l.name += " for ids only"
	l.query.IDsOnly = true
	return l
}

// showsEnded reports whether the list may show sessions that are over.
func (l list) showsEnded() bool { return l.ordered && l.query.IDsOnly }

// page returns one page, which must hold what every page must. Now, Limit and
// After are those of q, the rest is the list's.
func (l list) page(t reporter, q session.PageQuery) session.Page {
	t.Helper()
	asked := l.query
	asked.Now, asked.Limit, asked.After = q.Now, q.Limit, q.After
	p, err := l.read(t.Context(), asked)
	if err != nil {
		t.Fatalf("%s with limit %d: %v", l.name, q.Limit, err)
	}
	if len(p.Sessions) > q.Limit {
		t.Errorf("%s with limit %d returned %d sessions", l.name, q.Limit, len(p.Sessions))
	}
	for _, s := range p.Sessions {
		if s.ExpiredAt(q.Now) && !l.showsEnded() {
			t.Errorf("%s shows %s, which expired %v before", l.name, short(s.ID), q.Now.Sub(s.ExpiresAt))
		}
		if !asked.Created(s) {
			t.Errorf("%s shows %s, which was not created when it asks for", l.name, short(s.ID))
		}
		if !asked.Wants(s) && !l.showsEnded() {
			t.Errorf("%s shows %s, which is of the user %s", l.name, short(s.ID), short(s.UserID))
		}
	}
	return p
}

// pages walks the list from its beginning and hands each page to see, which
// returns the time of the next page.
func (l list) pages(t reporter, now time.Time, limit int, see func(p session.Page) time.Time) {
	t.Helper()
	q := session.PageQuery{Now: now, Limit: limit}
	for range maxPages {
		p := l.page(t, q)
		q.Now = see(p)
		if p.Next == "" {
			return
		}
		q.After = p.Next
	}
	t.Fatalf("%s still has a position after %d pages of %d", l.name, maxPages, limit)
}

// walk returns the sessions of the whole list, none of which may come twice.
func (l list) walk(t reporter, now time.Time, limit int) []*session.Session {
	t.Helper()
	var all []*session.Session
	l.pages(t, now, limit, func(p session.Page) time.Time {
		all = append(all, p.Sessions...)
		return now
	})
	seen := map[string]bool{}
	for _, s := range all {
		if seen[s.ID] {
			t.Errorf("%s shows %s twice in one walk", l.name, short(s.ID))
		}
		seen[s.ID] = true
	}
	return all
}

// wantWalk fails unless a walk at during shows exactly want with every field, in
// order of creation if the list has that.
func wantWalk(t reporter, l list, want ...*session.Session) {
	t.Helper()
	got := l.walk(t, during, walkLimit)
	if !wantIDs(t, l.name, got, want) {
		return
	}
	l.wantOrderOfCreation(t, l.name, got)
	got, want = byID(got), byID(want)
	for i := range want {
		wantSame(t, l.name, got[i], want[i])
	}
}

// wantIDs reports whether got are the sessions want in any order, and fails if
// they are not.
func wantIDs(t reporter, what string, got, want []*session.Session) bool {
	t.Helper()
	g, w := ids(byID(got)), ids(byID(want))
	if !slices.Equal(g, w) {
		t.Errorf("%s shows %d sessions %.400q; want %d %.400q", what, len(g), g, len(w), w)
		return false
	}
	return true
}

// wantOrder fails unless got are the sessions want in this order.
func wantOrder(t reporter, what string, got, want []*session.Session) {
	t.Helper()
	if !slices.Equal(ids(got), ids(want)) {
		t.Errorf("%s is in the order %.400q; want %.400q", what, ids(got), ids(want))
	}
}

// wantOrderOfCreation fails unless got are in the order of their creation, or
// turned round, as the list is to be. It has no say in lists without an order.
func (l list) wantOrderOfCreation(t reporter, what string, got []*session.Session) {
	t.Helper()
	created := func(a, b *session.Session) int {
		if l.query.Descending {
			a, b = b, a
		}
		return a.CreatedAt.Compare(b.CreatedAt)
	}
	if l.ordered && !slices.IsSortedFunc(got, created) {
		t.Errorf("%s is in the order %.400q, which is not that of creation", what, ids(got))
	}
}

// bare returns sessions as List shows them: without their data.
func bare(sessions ...*session.Session) []*session.Session {
	out := make([]*session.Session, len(sessions))
	for i, s := range sessions {
		out[i] = s.Clone()
		out[i].Data = nil
	}
	return out
}

func byID(sessions []*session.Session) []*session.Session {
	return slices.SortedFunc(slices.Values(sessions), func(a, b *session.Session) int {
		return cmp.Compare(a.ID, b.ID)
	})
}

func ids(sessions []*session.Session) []string {
	out := make([]string, len(sessions))
	for i, s := range sessions {
		out[i] = s.ID
	}
	return out
}
