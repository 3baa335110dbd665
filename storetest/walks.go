package storetest

import (
	"fmt"
	"sync"
	"time"

	"session-api"
)

const (
	// stayers are the sessions that live through a walk: several pages of them.
	stayers = 40
	// goers are the sessions of each kind that end in the course of a walk.
	goers = 20
	// changedPages is after how many pages of a walk nothing changes any more,
	// so that the sessions made meanwhile cannot keep it going for ever.
	changedPages = 9
	// churners are the writers beside a concurrent walk, churnWalks the walks. After the
	// first few there are no more once churnTime is over: a server may take a second for
	// each page.
	churners, churnWalks, fewWalks = 4, 20, 3
	churnTime                      = 4 * time.Second
)

// The checks of this file hold for every list alike; each gets a store of its
// own, because a walk changes it.
var walkChecks = []check{
	{"ListShowsStayersOnceWhileOthersComeAndGo", onAll(showsStayersOnce)},
	{"ListByUserShowsStayersOnceWhileOthersComeAndGo", onUser(showsStayersOnce)},
	{"ListGoesOnFromASessionThatEnded", onAll(goesOnFromASessionThatEnded)},
	{"ListByUserGoesOnFromASessionThatEnded", onUser(goesOnFromASessionThatEnded)},
	{"ListIsWholeBesideConcurrentWriters", onAll(isWholeBesideConcurrentWriters)},
	{"ListByUserIsWholeBesideConcurrentWriters", onUser(isWholeBesideConcurrentWriters)},
	{"NewestFirstShowsStayersOnceWhileOthersComeAndGo", onNewest(showsStayersOnce)},
	{"NewestFirstGoesOnFromASessionThatEnded", onNewest(goesOnFromASessionThatEnded)},
	{"NewestFirstIsWholeBesideConcurrentWriters", onNewest(isWholeBesideConcurrentWriters)},
	{"ANamespaceShowsStayersOnceWhileOthersComeAndGo", onNamespace(showsStayersOnce)},
	{"ANamespaceGoesOnFromASessionThatEnded", onNamespace(goesOnFromASessionThatEnded)},
	{"ANamespaceIsWholeBesideConcurrentWriters", onNamespace(isWholeBesideConcurrentWriters)},
	{"IDsOnlyShowsStayersOnceWhileOthersComeAndGo", onIDs(showsStayersOnce)},
	{"IDsOnlyGoesOnFromASessionThatEnded", onIDs(goesOnFromASessionThatEnded)},
	{"IDsOnlyIsWholeBesideConcurrentWriters", onIDs(isWholeBesideConcurrentWriters)},
}

type listCheck func(t reporter, store session.Store, l list)

func onAll(do listCheck) func(reporter, session.Store) {
	return func(t reporter, store session.Store) { do(t, store, listAll(store)) }
}

func onUser(do listCheck) func(reporter, session.Store) {
	return func(t reporter, store session.Store) { do(t, store, listOf(store, user)) }
}

func onNewest(do listCheck) func(reporter, session.Store) {
	return func(t reporter, store session.Store) { do(t, store, listOf(store, user).newestFirst()) }
}

// onNamespace has sessions of other namespaces around, on either side.
func onNamespace(do listCheck) func(reporter, session.Store) {
	return func(t reporter, store session.Store) {
		for _, userID := range []string{"u", "user", "user-0", "user-2", "User-1", "zoë"} {
			s := newSession("row-0007 of " + userID)
			s.UserID = userID
			mustCreate(t, store, s)
		}
		do(t, store, listAll(store).within(user))
	}
}

func onIDs(do listCheck) func(reporter, session.Store) {
	return func(t reporter, store session.Store) { do(t, store, listOf(store, user).idsOnly()) }
}

// population is what a walk meets: by place in the order of creation, and by id,
// the kinds are mixed, so that every page holds some of each.
type population struct {
	stay, end, expire []*session.Session
}

func populate(t reporter, store session.Store) population {
	rows := numbered("row", stayers+2*goers)
	var p population
	for i, s := range rows {
		switch i % 4 {
		case 0:
			p.end = append(p.end, s)
		case 1:
			// One more is over at each page of the walk.
			s.ExpiresAt = walkTime(len(p.expire)).Truncate(time.Second)
			p.expire = append(p.expire, s)
		default:
			p.stay = append(p.stay, s)
		}
	}
	mustCreate(t, store, rows...)
	return p
}

// walkTime is the time of a page of a walk, a second after the page before.
func walkTime(page int) time.Time { return during.Add(time.Duration(page) * time.Second) }

func showsStayersOnce(t reporter, store session.Store, l list) {
	people := populate(t, store)
	seen := map[string]int{}
	page := 0
	l.pages(t, walkTime(0), 7, func(p session.Page) time.Time {
		for _, s := range p.Sessions {
			seen[s.ID]++
		}
		if page < changedPages {
			changeDuringWalk(t, store, people, page)
		}
		page++
		return walkTime(page)
	})
	for _, s := range people.stay {
		if seen[s.ID] == 0 {
			t.Errorf("%s left out %s, which was active through the whole walk", l.name, s.ID)
		}
	}
	for id, times := range seen {
		if times > 1 {
			t.Errorf("%s shows %s %d times in one walk", l.name, id, times)
		}
	}
}

// changeDuringWalk makes sessions before, within and behind the rest, ends one
// from either end, one of them by giving it another id, and writes to stayers.
func changeDuringWalk(t reporter, store session.Store, people population, page int) {
	for i, place := range []string{"early", "row-0050-x", "zlate"} {
		s := newSession(fmt.Sprintf("%s-%02d", place, page))
		s.CreatedAt = epoch.Add(time.Duration(i*50-10) * tick).Add(time.Duration(page) * tick)
		mustCreate(t, store, s)
	}
	mustDelete(t, store, people.end[page].ID)
	former := people.end[len(people.end)-1-page]
	next := former.Clone()
	next.ID = fmt.Sprintf("rotated-%02d", page)
	mustApply(t, store, session.Transaction{Create: next, End: []session.Ending{
		{ID: former.ID, Cond: anyVersion, Alias: &session.Alias{To: next.ID, Until: expiry}},
	}})
	mustRetime(t, store, people.stay[page+changedPages].ID, activeAt(page), true)
	mustUpdate(t, store, people.stay[page].ID, change(`"moved?"`))
	mustUpdate(t, store, people.stay[len(people.stay)-1-page].ID, change(`"moved?"`))
}

// goesOnFromASessionThatEnded deletes the last session of every page before it
// asks for the next page: a position must outlive its row.
func goesOnFromASessionThatEnded(t reporter, store session.Store, l list) {
	rows := numbered("row", 12)
	mustCreate(t, store, rows...)
	var got []*session.Session
	l.pages(t, during, 2, func(p session.Page) time.Time {
		got = append(got, p.Sessions...)
		if len(p.Sessions) > 0 {
			mustDelete(t, store, p.Sessions[len(p.Sessions)-1].ID)
		}
		return during
	})
	wantIDs(t, l.name+", whose pages' last sessions were deleted,", got, rows)
}

func isWholeBesideConcurrentWriters(t reporter, store session.Store, l list) {
	stay := numbered("row", stayers)
	mustCreate(t, store, stay...)
	done := make(chan struct{})
	var churn, begun sync.WaitGroup
	begun.Add(churners)
	for i := range churners {
		churn.Go(func() { comeAndGo(t, store, i, begun.Done, done) })
	}
	defer func() {
		close(done)
		within(t, "A writer beside the walk", churn.Wait)
	}()
	within(t, "The first turn of each writer beside the walk", begun.Wait)
	begin := time.Now()
	for n := 0; n < churnWalks && (n < fewWalks || time.Since(begin) < churnTime); n++ {
		seen := map[string]int{}
		l.pages(t, during, 6, func(p session.Page) time.Time {
			for _, s := range p.Sessions {
				seen[s.ID]++
			}
			return during
		})
		for _, s := range stay {
			if seen[s.ID] != 1 {
				t.Errorf("%s shows %s %d times beside writers of other sessions; want once", l.name, s.ID, seen[s.ID])
			}
		}
	}
}

// comeAndGo makes, updates and ends one session after the other until done is
// closed, and calls begun after the first. Their ids and times lie all over
// those of the stayers.
func comeAndGo(t reporter, store session.Store, writer int, begun func(), done <-chan struct{}) {
	once := sync.OnceFunc(begun)
	defer once()
	for turn := 0; ; turn++ {
		select {
		case <-done:
			return
		default:
		}
		place := (turn*churners + writer) % stayers
		s := newSession(fmt.Sprintf("row-%04d-by-%d-%d", place, writer, turn))
		s.CreatedAt = epoch.Add(time.Duration(place) * tick)
		if err := comeAndGoOnce(t, store, s); err != nil {
			t.Errorf("A writer beside the walk: %v", err)
			return
		}
		once()
	}
}

func comeAndGoOnce(t reporter, store session.Store, s *session.Session) error {
	if err := store.Create(t.Context(), s); err != nil {
		return err
	}
	if _, err := store.Update(t.Context(), s.ID, change(`"seen?"`), anyVersion); err != nil {
		return err
	}
	if _, err := store.Retime(t.Context(), s.ID, activeAt(1), true, anyVersion); err != nil {
		return err
	}
	_, err := store.Delete(t.Context(), s.ID, atVersion(3))
	return err
}
