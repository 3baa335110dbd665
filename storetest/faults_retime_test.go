package storetest

import (
	"context"
	"errors"
	"sync"
	"time"

	"session-api"
)

// onRetimed installs a change of every row that a Retime has written.
func onRetimed(bend func(before, s *session.Session)) func(session.Store, *double) {
	return func(sound session.Store, d *double) {
		var mu sync.Mutex
		d.retime = func(ctx context.Context, id string, to session.Times, raise bool, cond session.Condition) (*session.Session, error) {
			mu.Lock()
			defer mu.Unlock()
			before, _ := sound.Get(ctx, id)
			s, err := sound.Retime(ctx, id, to, raise, cond)
			if err != nil {
				return nil, err
			}
			bend(before, s)
			return s, replace(ctx, sound, s)
		}
	}
}

// firstTimes remembers the times of each session that is created.
func firstTimes(sound session.Store, d *double) func(id string) session.Times {
	var all sync.Map
	d.create = func(ctx context.Context, s *session.Session) error {
		all.Store(s.ID, s.Times())
		return sound.Create(ctx, s)
	}
	return func(id string) session.Times {
		times, _ := all.Load(id)
		return times.(session.Times)
	}
}

var retimeFaults = []fault{
	{"counts a Retime as an update", onRetimed(func(_, s *session.Session) { s.UpdatedAt = during }), []string{
		"retime/RetimeSetsTheTimesAndNothingElse", "fields/WhatIsNotGivenIsZero",
	}},

	{"keeps a time that a Retime takes away", onRetimed(func(before, s *session.Session) {
		if s.LastActiveAt.IsZero() {
			s.LastActiveAt = before.LastActiveAt
		}
	}), []string{"retime/RetimeSetsTheTimesAndNothingElse"}},

	{"moves ends only forward", onRetimed(func(before, s *session.Session) {
		if s.ExpiresAt.Before(before.ExpiresAt) {
			s.ExpiresAt = before.ExpiresAt
		}
	}), []string{"retime/RetimeSetsTheTimesAndNothingElse", "retime/ListsGoByTheNewEnd", "retime/ARetimeMayEndASession"}},

	{"raises the version by every Retime", onRetimed(func(before, s *session.Session) {
		s.Version = before.Version + 1
	}), []string{"retime/RetimeSetsTheTimesAndNothingElse", "retime/RetimeRaisesTheVersionOnlyWhenAsked"}},

	{"never raises the version by a Retime", onRetimed(func(before, s *session.Session) {
		s.Version = before.Version
	}), []string{"retime/RetimeRaisesTheVersionOnlyWhenAsked", "conditions/TheRightVersionIsTaken"}},

	{"makes a row by a Retime", func(sound session.Store, d *double) {
		d.retime = func(ctx context.Context, id string, to session.Times, raise bool, cond session.Condition) (*session.Session, error) {
			s, err := sound.Retime(ctx, id, to, raise, cond)
			if errors.Is(err, session.ErrNotFound) {
				s = retimed(newSession(id), to, raise)
				return s, sound.Create(ctx, s)
			}
			return s, err
		}
	}, []string{"retime/RetimeNeverMakesARow", "conditions/AbsentComesBeforeConflict", "races/AnEndedRowStaysAway", "races/ADeletedRowStaysAway"}},

	{"puts the first times back when it updates", func(sound session.Store, d *double) {
		first := firstTimes(sound, d)
		d.update = func(ctx context.Context, id string, c session.Change, cond session.Condition) (*session.Session, error) {
			if _, err := sound.Update(ctx, id, c, cond); err != nil {
				return nil, err
			}
			return sound.Retime(ctx, id, first(id), false, session.Condition{})
		}
	}, []string{"retime/UpdatesKeepTheTimesOfARetime"}},

	{"lists by the end that a session had first", func(sound session.Store, d *double) {
		first := firstTimes(sound, d)
		onPages(func(q session.PageQuery, sessions []*session.Session) []*session.Session {
			var shown []*session.Session
			for _, s := range sessions {
				if first(s.ID).ExpiresAt.After(q.Now) {
					shown = append(shown, s)
				}
			}
			return shown
		})(sound, d)
	}, []string{"retime/ListsGoByTheNewEnd"}},

	{"refuses writes by the end that a session had first", func(sound session.Store, d *double) {
		first := firstTimes(sound, d)
		onWritesOfRows(func(cond session.Condition, row *session.Session) session.Condition {
			cond.Now = cond.Now.Add(row.ExpiresAt.Sub(first(row.ID).ExpiresAt))
			return cond
		})(sound, d)
	}, []string{"retime/WritesGoByTheNewEnd"}},

	{"refuses an end that is past", func(sound session.Store, d *double) {
		d.retime = func(ctx context.Context, id string, to session.Times, raise bool, cond session.Condition) (*session.Session, error) {
			if !cond.Now.Before(to.ExpiresAt) {
				return nil, session.ErrExpired
			}
			return sound.Retime(ctx, id, to, raise, cond)
		}
	}, []string{"retime/ARetimeMayEndASession"}},

	{"orders users' sessions by activity", onUsersOrder(func(a, b *session.Session) int {
		return a.LastActiveAt.Compare(b.LastActiveAt)
	}), []string{"retime/RetimesKeepTheOrderOfLists"}},

	{"keeps activity by the second", onRetimed(func(_, s *session.Session) {
		s.LastActiveAt = s.LastActiveAt.Truncate(time.Second)
	}), []string{"retime/RetimeSetsTheTimesAndNothingElse"}},
}
