package storetest

import (
	"fmt"

	"session-api"
)

var idsChecks = []check{
	{"IDsOnlyHoldsEveryActiveSession", idsOnlyHoldsEveryActiveSession},
	{"IDsOnlyHoldsNothingThatIsGone", idsOnlyHoldsNothingThatIsGone},
	{"IDsOnlyPassesLargeSessions", idsOnlyPassesLargeSessions},
	{"ListTakesNoNoticeOfIDsOnly", listTakesNoNoticeOfIDsOnly},
}

// idLists are the lists of user for who wants no more than ids.
func idLists(store session.Store) []list {
	return []list{listOf(store, user).idsOnly(), listOf(store, user).newestFirst().idsOnly()}
}

// wantIDsAndTimes fails unless a walk shows every session of active, perhaps some
// of over and nothing else, each with the time of its creation and in order.
func (l list) wantIDsAndTimes(t reporter, limit int, active, over []*session.Session) {
	t.Helper()
	what := fmt.Sprintf("%s in pages of %d", l.name, limit)
	got := l.walk(t, during, limit)
	l.wantOrderOfCreation(t, what, got)
	shown := map[string]*session.Session{}
	for _, s := range got {
		shown[s.ID] = s
	}
	for _, want := range active {
		if shown[want.ID] == nil {
			t.Errorf("%s leaves out %s, which is active", what, short(want.ID))
		}
	}
	for _, want := range append(over, active...) {
		if s := shown[want.ID]; s != nil && !s.CreatedAt.Equal(want.CreatedAt) {
			t.Errorf("%s says that %s was created at %v; want %v", what, short(want.ID), s.CreatedAt, want.CreatedAt)
		}
		delete(shown, want.ID)
	}
	for id := range shown {
		t.Errorf("%s shows %s, which is not stored", what, short(id))
	}
}

func idsOnlyHoldsEveryActiveSession(t reporter, store session.Store) {
	rows := append(numbered("row", 12), newFull("full"))
	var active, over []*session.Session
	for i, s := range rows {
		if i%3 == 1 {
			s.ExpiresAt = newExpired("").ExpiresAt
			over = append(over, s)
		} else {
			active = append(active, s)
		}
	}
	other := newSession("of another user")
	other.UserID = "user-2"
	mustCreate(t, store, append(rows, other)...)
	for _, l := range idLists(store) {
		for _, limit := range []int{1, 2, 5, session.MaxPageLimit} {
			l.wantIDsAndTimes(t, limit, active, over)
		}
	}
}

// idsOnlyHoldsNothingThatIsGone whatever took it away: an index that is read
// without the rows must know.
func idsOnlyHoldsNothingThatIsGone(t reporter, store session.Store) {
	rows := numbered("row", 6)
	mustCreate(t, store, rows...)
	mustDelete(t, store, rows[0].ID)
	mustUpdate(t, store, rows[1].ID, change(`"second"`))
	mustRetime(t, store, rows[2].ID, newFull("").Times(), true)
	mustApply(t, store, session.Transaction{End: []session.Ending{
		{ID: rows[3].ID, Cond: anyVersion},
		{ID: rows[4].ID, Cond: anyVersion, Alias: &session.Alias{To: rows[5].ID, Until: until}},
	}})
	for _, l := range idLists(store) {
		for _, limit := range []int{1, 10} {
			l.wantIDsAndTimes(t, limit, []*session.Session{rows[1], rows[2], rows[5]}, nil)
		}
	}
}

func idsOnlyPassesLargeSessions(t reporter, store session.Store) {
	rows := heavy(t, store)
	for _, l := range idLists(store) {
		l.wantIDsAndTimes(t, session.MaxPageLimit, rows, nil)
	}
}

func listTakesNoNoticeOfIDsOnly(t reporter, store session.Store) {
	full, over := newFull("full"), newExpired("over")
	mustCreate(t, store, full, over)
	wantWalk(t, listAll(store).idsOnly(), bare(full)...)
}
