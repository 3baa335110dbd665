package storetest

import (
	"context"
	"errors"
	"slices"
	"sync"

	"session-api"
)

// onAliases installs a change of every alias that is read.
func onAliases(bend func(s *session.Session)) func(session.Store, *double) {
	return onGet(func(s *session.Session) {
		if s.RotatedTo != "" {
			bend(s)
		}
	})
}

// aliasOver tells whether there is an alias with this id whose time is over.
func aliasOver(ctx context.Context, sound session.Store, id string, cond session.Condition) bool {
	s, err := sound.Get(ctx, id)
	return err == nil && s.RotatedTo != "" && s.ExpiredAt(cond.Now)
}

var aliasFaults = []fault{
	{"keeps what a session was in its alias", onAliases(func(s *session.Session) { s.UserID = user }), []string{
		"aliases/GetShowsAnAliasAndNothingElseOfIt", "transactions/AllOfItIsDone",
	}},

	{"hides aliases that are over", func(sound session.Store, d *double) {
		d.get = func(ctx context.Context, id string) (*session.Session, error) {
			if aliasOver(ctx, sound, id, anyVersion) {
				return nil, session.ErrNotFound
			}
			return sound.Get(ctx, id)
		}
	}, []string{"aliases/GetShowsAnAliasAndNothingElseOfIt"}},

	{"cuts what an alias names", onAliases(func(s *session.Session) {
		s.RotatedTo = s.RotatedTo[:min(len(s.RotatedTo), 255)]
	}), []string{"aliases/AliasesComeBackExactly"}},

	{"takes an alias for an expired session", func(sound session.Store, d *double) {
		d.delete = func(ctx context.Context, id string, cond session.Condition) (*session.Session, error) {
			if aliasOver(ctx, sound, id, cond) {
				return nil, session.ErrExpired
			}
			return sound.Delete(ctx, id, cond)
		}
	}, []string{"aliases/NoWriteFindsAnAlias"}},

	{"takes an alias for a session at another version", func(sound session.Store, d *double) {
		d.apply = func(ctx context.Context, t session.Transaction) error {
			err := sound.Apply(ctx, t)
			for _, e := range t.End {
				s, getErr := sound.Get(ctx, e.ID)
				if getErr == nil && s.RotatedTo != "" && errors.Is(err, session.ErrNotFound) && e.Cond.Version != nil {
					return session.Conflict(s.Version)
				}
			}
			return err
		}
	}, []string{"aliases/NoWriteFindsAnAlias"}},

	{"creates over an alias", func(sound session.Store, d *double) {
		d.create = func(ctx context.Context, s *session.Session) error {
			err := sound.Create(ctx, s)
			if old, getErr := sound.Get(ctx, s.ID); getErr == nil && old.RotatedTo != "" {
				return nil
			}
			return err
		}
	}, []string{"aliases/TheIDOfAnAliasIsTaken"}},

	{"lists aliases", func(sound session.Store, d *double) {
		var aliases sync.Map
		d.apply = func(ctx context.Context, t session.Transaction) error {
			for _, e := range t.End {
				if e.Alias != nil {
					aliases.Store(e.ID, e.Alias.Row(e.ID))
				}
			}
			return sound.Apply(ctx, t)
		}
		d.list = func(ctx context.Context, q session.PageQuery) (session.Page, error) {
			all, err := everything(ctx, sound, "", q)
			aliases.Range(func(_, s any) bool { all = append(all, s.(*session.Session)); return true })
			all = slices.DeleteFunc(all, func(s *session.Session) bool { return s.ExpiredAt(q.Now) })
			return session.Page{Sessions: all}, err
		}
	}, []string{"aliases/NoListShowsAnAlias"}},
}
