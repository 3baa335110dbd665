package storetest

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"session-api"
)

// onPages installs a change of the sessions of every page of both lists.
func onPages(bend func(q session.PageQuery, sessions []*session.Session) []*session.Session) func(session.Store, *double) {
	return func(sound session.Store, d *double) {
		d.list = func(ctx context.Context, q session.PageQuery) (session.Page, error) {
			p, err := sound.List(ctx, q)
			p.Sessions = bend(q, p.Sessions)
			return p, err
		}
		d.listByUser = func(ctx context.Context, userID string, q session.PageQuery) (session.Page, error) {
			p, err := sound.ListByUser(ctx, userID, q)
			p.Sessions = bend(q, p.Sessions)
			return p, err
		}
	}
}

// onQueries installs a change of the query of every page of both lists.
func onQueries(bend func(q session.PageQuery) session.PageQuery) func(session.Store, *double) {
	return func(sound session.Store, d *double) {
		d.list = func(ctx context.Context, q session.PageQuery) (session.Page, error) {
			return sound.List(ctx, bend(q))
		}
		d.listByUser = func(ctx context.Context, userID string, q session.PageQuery) (session.Page, error) {
			return sound.ListByUser(ctx, userID, bend(q))
		}
	}
}

// onUsersOrder installs another order of the lists of users.
func onUsersOrder(less func(a, b *session.Session) int) func(session.Store, *double) {
	return func(sound session.Store, d *double) {
		d.listByUser = func(ctx context.Context, userID string, q session.PageQuery) (session.Page, error) {
			all, err := everything(ctx, sound, userID, q)
			slices.SortStableFunc(all, less)
			return session.Page{Sessions: all}, err
		}
	}
}

// everything returns the whole list of a user, or of all users for "".
func everything(ctx context.Context, sound session.Store, userID string, q session.PageQuery) ([]*session.Session, error) {
	l := listAll(sound)
	if userID != "" {
		l = listOf(sound, userID)
	}
	var all []*session.Session
	for {
		q.Limit = session.MaxPageLimit
		p, err := l.read(ctx, q)
		all = append(all, p.Sessions...)
		if err != nil || p.Next == "" {
			return all, err
		}
		q.After = p.Next
	}
}

var listFaults = []fault{
	{"has no list for unknown users", func(sound session.Store, d *double) {
		d.listByUser = func(ctx context.Context, userID string, q session.PageQuery) (session.Page, error) {
			p, err := sound.ListByUser(ctx, userID, q)
			if err == nil && len(p.Sessions) == 0 {
				err = session.ErrNotFound
			}
			return p, err
		}
	}, []string{"lists/AnEmptyStoreHasEmptyLists", "lists/AnUnknownUserHasAnEmptyList"}},

	{"takes the user as a prefix", func(sound session.Store, d *double) {
		d.listByUser = func(ctx context.Context, userID string, q session.PageQuery) (session.Page, error) {
			all, err := everything(ctx, sound, "", q)
			return session.Page{Sessions: slices.DeleteFunc(all, func(s *session.Session) bool {
				return !strings.HasPrefix(s.UserID+s.ID, userID)
			})}, err
		}
	}, []string{"lists/AnUnknownUserHasAnEmptyList", "keys/UsersOfEveryShapeAreKeptApart", "keys/AUserAndAnIDDoNotRunTogether"}},

	{"orders users' sessions by id", onUsersOrder(func(a, b *session.Session) int {
		return strings.Compare(a.ID, b.ID)
	}), []string{"lists/ListByUserIsInOrderOfCreation"}},

	{"orders users' sessions by second", onUsersOrder(func(a, b *session.Session) int {
		if a.CreatedAt.Unix() == b.CreatedAt.Unix() {
			return strings.Compare(a.ID, b.ID)
		}
		return a.CreatedAt.Compare(b.CreatedAt)
	}), []string{"lists/ListByUserIsInOrderOfCreation"}},

	{"orders ties anew for each page", func(sound session.Store, d *double) {
		var pages atomic.Int64
		d.listByUser = func(ctx context.Context, userID string, q session.PageQuery) (session.Page, error) {
			all, err := everything(ctx, sound, userID, q)
			if pages.Add(1)%2 == 0 {
				slices.Reverse(all)
			}
			slices.SortStableFunc(all, func(a, b *session.Session) int { return a.CreatedAt.Compare(b.CreatedAt) })
			return session.Page{Sessions: all}, err
		}
	}, []string{"lists/TiesComeInOneOrderInEveryWalk"}},

	{"moves a session when it is updated", onUsersOrder(func(a, b *session.Session) int {
		return a.UpdatedAt.Compare(b.UpdatedAt)
	}), []string{"lists/UpdatesKeepTheOrder"}},

	{"leaves the version out of its lists", onPages(func(_ session.PageQuery, sessions []*session.Session) []*session.Session {
		for _, s := range sessions {
			s.Version = 1
		}
		return sessions
	}), []string{"lists/ListByUserCarriesEverything", "lists/ListCarriesEverythingButData"}},

	{"shows data to who lists everything", func(sound session.Store, d *double) {
		d.list = func(ctx context.Context, q session.PageQuery) (session.Page, error) {
			p, err := sound.List(ctx, q)
			for i, s := range p.Sessions {
				p.Sessions[i], _ = sound.Get(ctx, s.ID)
			}
			return p, err
		}
	}, []string{"lists/ListCarriesEverythingButData", "paging/ListShowsLargeSessionsWithoutData"}},

	{"lists one user for all", func(sound session.Store, d *double) {
		d.list = func(ctx context.Context, q session.PageQuery) (session.Page, error) {
			return sound.ListByUser(ctx, user, q)
		}
	}, []string{"lists/ListHoldsEveryUser"}},

	{"lists a session one tick too long", onQueries(func(q session.PageQuery) session.PageQuery {
		q.Now = q.Now.Add(-tick)
		return q
	}), []string{"lists/ListsLeaveOutWhatHasExpired"}},

	{"drops a session from lists one tick too early", onQueries(func(q session.PageQuery) session.PageQuery {
		q.Now = q.Now.Add(tick)
		return q
	}), []string{"lists/ListsLeaveOutWhatHasExpired"}},

	{"lists what it listed before", func(sound session.Store, d *double) {
		var first *session.Page
		d.listByUser = func(ctx context.Context, userID string, q session.PageQuery) (session.Page, error) {
			if first == nil {
				p, _ := sound.ListByUser(ctx, userID, q)
				first = &p
			}
			return *first, nil
		}
	}, []string{"lists/ListsSeeEveryWriteThatReturned"}},
}

// byOffset installs lists whose positions count the sessions shown so far.
func byOffset(sound session.Store, d *double) {
	offset := func(ctx context.Context, userID string, q session.PageQuery) (session.Page, error) {
		from, _ := strconv.Atoi(q.After)
		limit := q.Limit
		q.After = ""
		all, err := everything(ctx, sound, userID, q)
		from = min(from, len(all))
		to := min(from+limit, len(all))
		p := session.Page{Sessions: all[from:to]}
		if to < len(all) {
			p.Next = strconv.Itoa(to)
		}
		return p, err
	}
	d.list = func(ctx context.Context, q session.PageQuery) (session.Page, error) { return offset(ctx, "", q) }
	d.listByUser = offset
}

var pagingFaults = []fault{
	{"gives one session too many", onQueries(func(q session.PageQuery) session.PageQuery {
		q.Limit++
		return q
	}), []string{"paging/PagesOfEverySizeShowEverythingOnce"}},

	{"goes on from a page's last time, not its last session", func(sound session.Store, d *double) {
		d.listByUser = func(ctx context.Context, userID string, q session.PageQuery) (session.Page, error) {
			all, err := everything(ctx, sound, userID, session.PageQuery{Now: q.Now})
			rest := slices.DeleteFunc(all, func(s *session.Session) bool {
				return s.CreatedAt.Format("2006-01-02T15:04:05.000000") <= q.After
			})
			if len(rest) <= q.Limit {
				return session.Page{Sessions: rest}, err
			}
			rest = rest[:q.Limit]
			return session.Page{Sessions: rest, Next: rest[q.Limit-1].CreatedAt.Format("2006-01-02T15:04:05.000000")}, err
		}
	}, []string{"paging/PagesOfEverySizeShowEverythingOnce"}},

	{"keeps its place in a list instead of giving it out", func(sound session.Store, d *double) {
		place := ""
		d.listByUser = func(ctx context.Context, userID string, q session.PageQuery) (session.Page, error) {
			if q.After != "" {
				q.After = place
			}
			p, err := sound.ListByUser(ctx, userID, q)
			place = p.Next
			return p, err
		}
	}, []string{"paging/APageCanBeAskedForAgain"}},

	{"takes an empty page for the end", func(sound session.Store, d *double) {
		d.list = func(ctx context.Context, q session.PageQuery) (session.Page, error) {
			p, err := sound.List(ctx, session.PageQuery{Limit: q.Limit, After: q.After})
			p.Sessions = slices.DeleteFunc(p.Sessions, func(s *session.Session) bool { return s.ExpiredAt(q.Now) })
			if len(p.Sessions) == 0 {
				p.Next = ""
			}
			return p, err
		}
	}, []string{"paging/RunsOfExpiredRowsDoNotEndAWalk"}},

	{"never ends a list", func(sound session.Store, d *double) {
		d.list = func(ctx context.Context, q session.PageQuery) (session.Page, error) {
			p, err := sound.List(ctx, q)
			if p.Next == "" {
				p.Next = q.After
			}
			return p, err
		}
	}, []string{"paging/PagesOfEverySizeShowEverythingOnce"}},

	{"fills pages whatever the sessions weigh", func(sound session.Store, d *double) {
		d.listByUser = func(ctx context.Context, userID string, q session.PageQuery) (session.Page, error) {
			all, err := everything(ctx, sound, userID, q)
			return session.Page{Sessions: all}, err
		}
	}, []string{"paging/APageEndsWithItsData"}},

	{"leaves large sessions out of the list of all", func(sound session.Store, d *double) {
		d.list = func(ctx context.Context, q session.PageQuery) (session.Page, error) {
			p, err := sound.List(ctx, q)
			p.Sessions = slices.DeleteFunc(p.Sessions, func(s *session.Session) bool {
				whole, _ := sound.Get(ctx, s.ID)
				return len(whole.Data) > 64<<10
			})
			return p, err
		}
	}, []string{"paging/ListShowsLargeSessionsWithoutData"}},

	{"begins anew after a bad position", func(sound session.Store, d *double) {
		d.list = func(ctx context.Context, q session.PageQuery) (session.Page, error) {
			p, err := sound.List(ctx, q)
			if errors.Is(err, session.ErrInvalidCursor) {
				return sound.List(ctx, session.PageQuery{Now: q.Now, Limit: q.Limit})
			}
			return p, err
		}
	}, []string{"paging/PositionsOfNoPageAreRefused"}},

	{"counts sessions for its positions", byOffset, []string{
		"walks/ListShowsStayersOnceWhileOthersComeAndGo", "walks/ListByUserShowsStayersOnceWhileOthersComeAndGo",
		"walks/ListGoesOnFromASessionThatEnded", "walks/ListByUserGoesOnFromASessionThatEnded",
		"walks/NewestFirstShowsStayersOnceWhileOthersComeAndGo", "walks/NewestFirstGoesOnFromASessionThatEnded",
		"walks/IDsOnlyShowsStayersOnceWhileOthersComeAndGo", "walks/IDsOnlyGoesOnFromASessionThatEnded",
		"walks/ANamespaceShowsStayersOnceWhileOthersComeAndGo", "walks/ANamespaceGoesOnFromASessionThatEnded",
		"paging/PositionsOfNoPageAreRefused",
	}},

	{"leaves a session out of lists after a write of another", func(sound session.Store, d *double) {
		var deleted atomic.Bool
		d.delete = func(ctx context.Context, id string, cond session.Condition) (*session.Session, error) {
			deleted.Store(true)
			return sound.Delete(ctx, id, cond)
		}
		d.list = func(ctx context.Context, q session.PageQuery) (session.Page, error) {
			p, err := sound.List(ctx, q)
			return session.Page{Sessions: hideStayer(p.Sessions, deleted.Load()), Next: p.Next}, err
		}
		d.listByUser = func(ctx context.Context, userID string, q session.PageQuery) (session.Page, error) {
			p, err := sound.ListByUser(ctx, userID, q)
			return session.Page{Sessions: hideStayer(p.Sessions, deleted.Load()), Next: p.Next}, err
		}
	}, []string{
		"walks/ListIsWholeBesideConcurrentWriters", "walks/ListByUserIsWholeBesideConcurrentWriters",
		"walks/NewestFirstIsWholeBesideConcurrentWriters", "walks/IDsOnlyIsWholeBesideConcurrentWriters",
		"walks/ANamespaceIsWholeBesideConcurrentWriters",
	}},
}

func hideStayer(sessions []*session.Session, hide bool) []*session.Session {
	return slices.DeleteFunc(sessions, func(s *session.Session) bool { return hide && s.ID == "row-0001" })
}
