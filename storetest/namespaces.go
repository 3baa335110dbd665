package storetest

import (
	"fmt"
	"strings"

	"session-api"
)

var namespaceChecks = []check{
	{"WritesTakeWhatIsInTheNamespace", writesTakeWhatIsInTheNamespace},
	{"ToWritesForeignSessionsAreAbsent", toWritesForeignSessionsAreAbsent},
	{"ForeignComesBeforeEverythingElse", foreignComesBeforeEverythingElse},
	{"InTheNamespaceTheRestStillCounts", inTheNamespaceTheRestStillCounts},
	{"NoNamespaceHasAliasesToWrites", noNamespaceHasAliasesToWrites},
	{"ListHoldsTheNamespaceOnly", listHoldsTheNamespaceOnly},
	{"ListOfANamespaceCarriesEverythingButData", listOfANamespaceCarriesEverythingButData},
	{"ASmallNamespaceIsFoundAmongManyRows", aSmallNamespaceIsFoundAmongManyRows},
	{"ListByUserIsEmptyOutsideTheNamespace", listByUserIsEmptyOutsideTheNamespace},
}

// Prefixes of user and others, among them what is a pattern elsewhere.
var (
	ownPrefixes     = []string{"", "u", "user", "user-", user}
	foreignPrefixes = []string{
		user + "1", "user-2", user + "\x00", "User-", "ser-1", " user-1", "\x00", "user%", "user_1", ".*", "*", "\uFFFD",
		strings.Repeat("u", session.MaxUserIDBytes),
	}
)

// in returns cond for a namespace.
func in(userPrefix string, cond session.Condition) session.Condition {
	cond.UserPrefix = userPrefix
	return cond
}

func writesTakeWhatIsInTheNamespace(t reporter, store session.Store) {
	for _, w := range conditionalWrites(t, store) {
		for _, prefix := range ownPrefixes {
			s := newFull(fmt.Sprintf("row of %q for %s", prefix, w.name))
			mustCreate(t, store, s)
			cond := in(prefix, atTimes(s.Times()))
			cond.Version = &s.Version
			w.wantTaken(t, store, s, cond)
		}
		s := newSession("beyond ASCII for " + w.name)
		s.UserID = "zoë:😀 %_*\uFFFD"
		mustCreate(t, store, s)
		w.wantTaken(t, store, s, in("zoë:😀 %_*\uFFFD", anyVersion))
	}
}

func toWritesForeignSessionsAreAbsent(t reporter, store session.Store) {
	s := newSession("row")
	mustCreate(t, store, s)
	for _, w := range conditionalWrites(t, store) {
		for _, prefix := range foreignPrefixes {
			wantForeign(t, store, w, s, in(prefix, anyVersion))
		}
	}
}

// wantForeign fails unless w finds no row under cond, and nothing tells it from the
// error for an id that was never there.
func wantForeign(t reporter, store session.Store, w write, s *session.Session, cond session.Condition) {
	t.Helper()
	err := wantRefused(t, store, w, s, cond, session.ErrNotFound)
	_, never := w.do("never", cond)
	if err != nil && never != nil && err.Error() != never.Error() {
		t.Errorf("%s tells a session of another namespace, %v, from an absent one, %v", w.name, err, never)
	}
}

// foreignComesBeforeEverythingElse because any other error tells that there is a row.
func foreignComesBeforeEverythingElse(t reporter, store session.Store) {
	s, over := newFull("row"), newExpired("over")
	over.UserID = "user-over"
	mustCreate(t, store, s, over)
	for _, w := range conditionalWrites(t, store) {
		for _, row := range []*session.Session{s, over} {
			for _, cond := range []session.Condition{
				anyVersion, atVersion(row.Version), atVersion(99), atTimes(row.Times()), atTimes(session.Times{}),
				lateAndStale(during), {Now: expiry}, {Now: expiry.Add(lifetime)}, {},
			} {
				wantForeign(t, store, w, row, in("other", cond))
			}
		}
	}
}

func inTheNamespaceTheRestStillCounts(t reporter, store session.Store) {
	s, over := newFull("row"), newExpired("over")
	over.UserID = "user-over"
	mustCreate(t, store, s, over)
	for _, w := range conditionalWrites(t, store) {
		for _, prefix := range ownPrefixes[:4] {
			_ = wantRefused(t, store, w, over, in(prefix, lateAndStale(during)), session.ErrExpired)
			for _, cond := range []session.Condition{atVersion(99), atTimes(session.Times{})} {
				err := wantRefused(t, store, w, s, in(prefix, cond), session.ErrConflict)
				wantConflict(t, w.name+" in the namespace", err, s.Version)
			}
		}
	}
}

func noNamespaceHasAliasesToWrites(t reporter, store session.Store) {
	alias := mustAlias(t, store, "former", session.Alias{To: "next", Until: until})
	for _, w := range conditionalWrites(t, store) {
		for _, prefix := range append(ownPrefixes, "other") {
			_, err := w.do(alias.ID, in(prefix, anyVersion))
			wantError(t, w.name+" of the id of an alias", err, session.ErrNotFound)
			wantStored(t, store, alias)
		}
	}
}

// shapes are user ids of many lengths and beginnings, each of some namespaces.
func shapes() []string {
	all := []string{
		"a", "b", "a:", "a:1", "a:2", "a:10", "a;1", "A:1", "aa:1", "ab", "b:", "b:a:1", "ä:1", "a:\x00", "a:😀", "a:\uFFFD", "a:~", "`", "9",
	}
	// Lengths that take one byte or two where they are kept, of two namespaces each.
	for _, n := range []int{30, 126, 127, 128, 129, 200, session.MaxUserIDBytes - 2} {
		all = append(all, "a:"+strings.Repeat("x", n), "b:"+strings.Repeat("x", n))
	}
	return all
}

func listHoldsTheNamespaceOnly(t reporter, store session.Store) {
	var rows []*session.Session
	for i, userID := range shapes() {
		for j := range 2 {
			s := newSession(fmt.Sprintf("row-%d-%d", j, i))
			s.UserID = userID
			rows = append(rows, s)
		}
	}
	createAll(t, store, rows)
	for _, prefix := range []string{
		"", "a", "a:", "a:1", "b", "b:", "ä", "a:😀", "a:\x00", "A", "aa:1", "a:x", "b:" + strings.Repeat("x", 127), "c", "\x00", "\uFFFD", "a:1 ",
	} {
		var want []*session.Session
		for _, s := range rows {
			if strings.HasPrefix(s.UserID, prefix) {
				want = append(want, s)
			}
		}
		l := listAll(store).within(prefix)
		for _, limit := range []int{1, 4, len(rows)} {
			if limit == 1 && len(want) > 10 {
				continue // for the time that it takes on a server
			}
			wantIDs(t, fmt.Sprintf("%s in pages of %d", l.name, limit), l.walk(t, during, limit), want)
		}
	}
}

func listOfANamespaceCarriesEverythingButData(t reporter, store session.Store) {
	mine := []*session.Session{newFull("full"), newSession("plain"), newSession("zero")}
	mine[2].Version = 0
	for i, s := range mine {
		s.UserID = fmt.Sprintf("mine:%d", i)
	}
	other, over := newFull("other"), newExpired("over")
	over.UserID = "mine:0"
	mustCreate(t, store, append(mine, other, over)...)
	mine[1] = mustUpdate(t, store, "plain", change(`"new"`))
	mine[2] = mustRetime(t, store, "zero", newFull("").Times(), true)
	wantWalk(t, listAll(store).within("mine:"), bare(mine...)...)
	mustDelete(t, store, "full")
	wantWalk(t, listAll(store).within("mine:"), bare(mine[1:]...)...)
}

// aSmallNamespaceIsFoundAmongManyRows has so many others that no engine can find it
// by the page that it begins with.
func aSmallNamespaceIsFoundAmongManyRows(t reporter, store session.Store) {
	rows := numbered("row", deadRun+4)
	var want []*session.Session
	for i, s := range rows {
		s.UserID = fmt.Sprintf("other:%d", i%50)
		if i%(deadRun/2) == 1 {
			s.UserID = fmt.Sprintf("mine:%d", i)
			want = append(want, s)
		}
	}
	createAll(t, store, rows)
	for _, limit := range []int{2, 100} {
		for _, prefix := range []string{"mine:", "m"} {
			l := listAll(store).within(prefix)
			wantIDs(t, fmt.Sprintf("%s in pages of %d", l.name, limit), l.walk(t, during, limit), want)
		}
	}
	wantIDs(t, "A namespace without sessions", listAll(store).within("nobody:").walk(t, during, 100), nil)
}

func listByUserIsEmptyOutsideTheNamespace(t reporter, store session.Store) {
	rows := numbered("row", 4)
	mustCreate(t, store, rows...)
	for _, l := range []list{listOf(store, user), listOf(store, user).newestFirst(), listOf(store, user).idsOnly()} {
		for _, prefix := range ownPrefixes {
			wantIDs(t, l.within(prefix).name, l.within(prefix).walk(t, during, walkLimit), rows)
		}
		for _, prefix := range foreignPrefixes {
			p := l.within(prefix).page(t, session.PageQuery{Now: during, Limit: 10})
			if len(p.Sessions) > 0 || p.Next != "" {
				t.Errorf("%s has %d sessions and the position %q; want neither", l.within(prefix).name, len(p.Sessions), p.Next)
			}
		}
	}
}
