package storetest

import (
	"context"
	"slices"
	"sync"
	"time"

	"session-api"
)

// onUserPages installs a change of the query and the page of users' lists.
func onUserPages(ask func(q *session.PageQuery), bend func(q session.PageQuery, p *session.Page)) func(session.Store, *double) {
	return func(sound session.Store, d *double) {
		d.listByUser = func(ctx context.Context, userID string, q session.PageQuery) (session.Page, error) {
			asked := q
			ask(&asked)
			p, err := sound.ListByUser(ctx, userID, asked)
			bend(q, &p)
			return p, err
		}
	}
}

func sameQuery(*session.PageQuery) {}

func samePage(session.PageQuery, *session.Page) {}

func ascending(q *session.PageQuery) { q.Descending = false }

var orderFaults = []fault{
	{"takes no notice of an order", onUserPages(ascending, samePage), []string{
		"order/NewestFirstCarriesEverything", "order/NewestFirstIsTheOrderTurnedRound",
		"paging/PagesOfEverySizeShowEverythingOnce",
	}},

	{"turns each page round and not the list", onUserPages(ascending, func(q session.PageQuery, p *session.Page) {
		if q.Descending {
			slices.Reverse(p.Sessions)
		}
	}), []string{"order/NewestFirstShowsTheNewestOfManyAtOnce", "order/NewestFirstIsTheOrderTurnedRound"}},

	{"does not turn round what was made at once", func(sound session.Store, d *double) {
		d.listByUser = func(ctx context.Context, userID string, q session.PageQuery) (session.Page, error) {
			newest := q.Descending
			q.Descending = false
			all, err := everything(ctx, sound, userID, q)
			if newest {
				slices.SortStableFunc(all, func(a, b *session.Session) int { return b.CreatedAt.Compare(a.CreatedAt) })
			}
			return session.Page{Sessions: all}, err
		}
	}, []string{"order/NewestFirstIsTheOrderTurnedRound"}},

	{"turns the list of all round", func(sound session.Store, d *double) {
		d.list = func(ctx context.Context, q session.PageQuery) (session.Page, error) {
			p, err := sound.List(ctx, q)
			if q.Descending {
				slices.Reverse(p.Sessions)
			}
			return p, err
		}
	}, []string{"order/ListTakesNoNoticeOfAnOrder"}},
}

var rangeFaults = []fault{
	{"takes the ends of a range in", onQueries(func(q session.PageQuery) session.PageQuery {
		if !q.CreatedAfter.IsZero() {
			q.CreatedAfter = q.CreatedAfter.Add(-tick)
		}
		if !q.CreatedBefore.IsZero() {
			q.CreatedBefore = q.CreatedBefore.Add(tick)
		}
		return q
	}), []string{"ranges/BothEndsOfARangeAreLeftOut", "ranges/RangesHoldInEveryPage"}},

	{"knows ranges by the second", onQueries(func(q session.PageQuery) session.PageQuery {
		q.CreatedAfter, q.CreatedBefore = q.CreatedAfter.Truncate(time.Second), q.CreatedBefore.Truncate(time.Second)
		return q
	}), []string{"ranges/BothEndsOfARangeAreLeftOut", "ranges/OneEndIsARange"}},

	{"wants both ends of a range", onQueries(func(q session.PageQuery) session.PageQuery {
		if q.CreatedAfter.IsZero() || q.CreatedBefore.IsZero() {
			q.CreatedAfter, q.CreatedBefore = time.Time{}, time.Time{}
		}
		return q
	}), []string{"ranges/OneEndIsARange"}},

	{"forgets the range after the first page", onQueries(func(q session.PageQuery) session.PageQuery {
		if q.After != "" {
			q.CreatedAfter, q.CreatedBefore = time.Time{}, time.Time{}
		}
		return q
	}), []string{"ranges/RangesHoldInEveryPage"}},

	{"knows no ranges of lists of ids", onUserPages(func(q *session.PageQuery) {
		if q.IDsOnly {
			q.CreatedAfter, q.CreatedBefore = time.Time{}, time.Time{}
		}
	}, samePage), []string{"ranges/BothEndsOfARangeAreLeftOut"}},

	{"looks at ranges and not at the time", onQueries(func(q session.PageQuery) session.PageQuery {
		if !q.CreatedAfter.IsZero() {
			q.Now = time.Time{}
		}
		return q
	}), []string{"ranges/RangesLeaveOutWhatHasExpired"}},

	{"takes a page out of range for the end", func(sound session.Store, d *double) {
		d.list = func(ctx context.Context, q session.PageQuery) (session.Page, error) {
			p, err := sound.List(ctx, session.PageQuery{Now: q.Now, Limit: q.Limit, After: q.After})
			p.Sessions = slices.DeleteFunc(p.Sessions, func(s *session.Session) bool { return !q.Created(s) })
			if len(p.Sessions) == 0 {
				p.Next = ""
			}
			return p, err
		}
	}, []string{"ranges/ARangeFarIntoAListIsFound"}},
}

// onIDPages installs a change of the pages of ids only.
func onIDPages(bend func(p *session.Page)) func(session.Store, *double) {
	return onUserPages(sameQuery, func(q session.PageQuery, p *session.Page) {
		if q.IDsOnly {
			bend(p)
		}
	})
}

var idsFaults = []fault{
	{"leaves full sessions out of lists of ids", onIDPages(func(p *session.Page) {
		p.Sessions = slices.DeleteFunc(p.Sessions, func(s *session.Session) bool { return s.Client.IP != "" })
	}), []string{"ids/IDsOnlyHoldsEveryActiveSession"}},

	{"gives ids with times by the second", onIDPages(func(p *session.Page) {
		for _, s := range p.Sessions {
			s.CreatedAt = s.CreatedAt.Truncate(time.Second)
		}
	}), []string{"ids/IDsOnlyHoldsEveryActiveSession"}},

	{"never takes an ended session from its index", func(sound session.Store, d *double) {
		var ended []*session.Session
		var mu sync.Mutex
		d.apply = func(ctx context.Context, t session.Transaction) error {
			mu.Lock()
			defer mu.Unlock()
			for _, e := range t.End {
				if s, err := sound.Get(ctx, e.ID); err == nil {
					ended = append(ended, s)
				}
			}
			return sound.Apply(ctx, t)
		}
		onIDPages(func(p *session.Page) {
			if p.Next == "" {
				p.Sessions = append(p.Sessions, ended...)
			}
		})(sound, d)
	}, []string{"ids/IDsOnlyHoldsNothingThatIsGone"}},

	{"ends a list of ids with its data", onIDPages(func(p *session.Page) {
		size := 0
		for _, s := range p.Sessions {
			size += len(s.Data)
		}
		if size >= session.PageDataBytes {
			p.Next = ""
		}
	}), []string{"ids/IDsOnlyPassesLargeSessions"}},

	{"lists all by id only where that is asked for", func(sound session.Store, d *double) {
		d.list = func(ctx context.Context, q session.PageQuery) (session.Page, error) {
			p, err := sound.List(ctx, q)
			for i, s := range p.Sessions {
				if q.IDsOnly {
					p.Sessions[i] = &session.Session{ID: s.ID, CreatedAt: s.CreatedAt, ExpiresAt: s.ExpiresAt}
				}
			}
			return p, err
		}
	}, []string{"ids/ListTakesNoNoticeOfIDsOnly"}},
}
