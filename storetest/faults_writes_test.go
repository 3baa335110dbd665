package storetest

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"session-api"
)

var writeFaults = []fault{
	{"keeps times in milliseconds", func(sound session.Store, d *double) {
		d.create = func(ctx context.Context, s *session.Session) error {
			c := s.Clone()
			c.CreatedAt = c.CreatedAt.Truncate(time.Millisecond)
			return sound.Create(ctx, c)
		}
	}, []string{"crud/CreateKeepsEveryField", "keys/TimesKeepEveryMicrosecond"}},

	{"gives times in the local zone", func(sound session.Store, d *double) {
		d.get = func(ctx context.Context, id string) (*session.Session, error) {
			s, err := sound.Get(ctx, id)
			if err == nil {
				s.ExpiresAt = s.ExpiresAt.In(time.FixedZone("here", 3600))
			}
			return s, err
		}
	}, []string{"crud/CreateKeepsEveryField"}},

	{"overwrites a taken id", func(sound session.Store, d *double) {
		d.create = func(ctx context.Context, s *session.Session) error {
			_, _ = sound.Delete(ctx, s.ID, session.Condition{})
			return sound.Create(ctx, s)
		}
	}, []string{"crud/CreateRefusesATakenID"}},

	{"takes the place of an expired row", func(sound session.Store, d *double) {
		d.create = func(ctx context.Context, s *session.Session) error {
			if old, err := sound.Get(ctx, s.ID); err == nil && old.ExpiredAt(during) {
				_, _ = sound.Delete(ctx, s.ID, session.Condition{})
			}
			return sound.Create(ctx, s)
		}
	}, []string{"crud/CreateRefusesTheIDOfAnExpiredRow"}},

	{"never gives an id back", func(sound session.Store, d *double) {
		var used sync.Map
		d.create = func(ctx context.Context, s *session.Session) error {
			if _, taken := used.LoadOrStore(s.ID, true); taken {
				return session.ErrExists
			}
			return sound.Create(ctx, s)
		}
	}, []string{"crud/CreateTakesTheIDOfADeletedRow"}},

	{"finds ids by their beginning", func(sound session.Store, d *double) {
		d.get = func(ctx context.Context, id string) (*session.Session, error) {
			p, err := sound.List(ctx, session.PageQuery{Limit: 1000})
			for _, s := range p.Sessions {
				if strings.HasPrefix(s.ID, id) {
					return s, nil
				}
			}
			return nil, errors.Join(err, session.ErrNotFound)
		}
	}, []string{"crud/GetFindsNothingThatIsNotStored"}},

	{"hides expired rows", func(sound session.Store, d *double) {
		d.get = func(ctx context.Context, id string) (*session.Session, error) {
			s, err := sound.Get(ctx, id)
			if err == nil && s.ExpiredAt(during) {
				return nil, session.ErrNotFound
			}
			return s, err
		}
	}, []string{"crud/GetReturnsExpiredRows"}},

	{"does not raise the version", func(sound session.Store, d *double) {
		var mu sync.Mutex
		d.update = func(ctx context.Context, id string, c session.Change, cond session.Condition) (*session.Session, error) {
			mu.Lock()
			defer mu.Unlock()
			old, _ := sound.Get(ctx, id)
			s, err := sound.Update(ctx, id, c, cond)
			if err != nil {
				return nil, err
			}
			s.Version = old.Version
			return s, replace(ctx, sound, s)
		}
	}, []string{
		"crud/UpdateReplacesDataAndRaisesTheVersion", "conditions/AnUpdateAtAVersionWorksOnce",
		"races/OneWriterWinsEachVersion", "races/NoUpdateIsLost",
	}},

	{"makes a row on update", func(sound session.Store, d *double) {
		d.update = func(ctx context.Context, id string, c session.Change, cond session.Condition) (*session.Session, error) {
			s, err := sound.Update(ctx, id, c, cond)
			if errors.Is(err, session.ErrNotFound) {
				s = updated(newSession(id), c)
				return s, sound.Create(ctx, s)
			}
			return s, err
		}
	}, []string{
		"crud/UpdateNeverMakesARow", "crud/DeleteReturnsTheRowAndRemovesIt",
		"races/ADeletedRowStaysAway", "races/AnEndedRowStaysAway",
	}},

	{"calls deleting nothing a success", func(sound session.Store, d *double) {
		d.delete = func(ctx context.Context, id string, cond session.Condition) (*session.Session, error) {
			s, err := sound.Delete(ctx, id, cond)
			if errors.Is(err, session.ErrNotFound) {
				return newSession(id), nil
			}
			return s, err
		}
	}, []string{"crud/DeleteReturnsTheRowAndRemovesIt", "conditions/AbsentComesBeforeConflict", "races/OneDeleteWins"}},

	{"updates the rows beside the one", func(sound session.Store, d *double) {
		d.update = func(ctx context.Context, id string, c session.Change, cond session.Condition) (*session.Session, error) {
			p, _ := sound.List(ctx, session.PageQuery{Limit: 1000})
			for _, s := range p.Sessions {
				if s.ID != id {
					_, _ = sound.Update(ctx, s.ID, c, session.Condition{})
				}
			}
			return sound.Update(ctx, id, c, cond)
		}
	}, []string{"crud/AWriteTouchesOneRow"}},

	{"keeps what it is handed", func(sound session.Store, d *double) {
		kept := map[string]*session.Session{}
		d.create = func(_ context.Context, s *session.Session) error { kept[s.ID] = s; return nil }
		d.get = func(_ context.Context, id string) (*session.Session, error) { return kept[id].Clone(), nil }
	}, []string{"crud/SessionsHandedInAreNotKept"}},

	{"keeps the data that an update hands it", func(sound session.Store, d *double) {
		var data []byte
		d.update = func(ctx context.Context, id string, c session.Change, cond session.Condition) (*session.Session, error) {
			data = c.Data
			return sound.Update(ctx, id, c, cond)
		}
		d.get = func(ctx context.Context, id string) (*session.Session, error) {
			s, err := sound.Get(ctx, id)
			if data != nil {
				s.Data = data
			}
			return s, err
		}
	}, []string{"crud/SessionsHandedInAreNotKept"}},

	{"shares what it hands out", func(sound session.Store, d *double) {
		var shared *session.Session
		d.get = func(ctx context.Context, id string) (*session.Session, error) {
			if shared == nil {
				shared, _ = sound.Get(ctx, id)
			}
			return shared, nil
		}
	}, []string{"crud/SessionsHandedOutAreNotShared"}},

	{"shares what its lists hand out", func(sound session.Store, d *double) {
		var shared *session.Session
		d.listByUser = func(ctx context.Context, userID string, q session.PageQuery) (session.Page, error) {
			p, err := sound.ListByUser(ctx, userID, q)
			shared = p.Sessions[0]
			return p, err
		}
		d.get = func(ctx context.Context, id string) (*session.Session, error) {
			if shared != nil {
				return shared, nil
			}
			return sound.Get(ctx, id)
		}
	}, []string{"crud/SessionsHandedOutAreNotShared"}},

	{"does not say its state", func(_ session.Store, d *double) {
		d.status = func(context.Context) (session.Status, error) { return session.Status{}, nil }
	}, []string{"crud/StatusIsActive"}},
}

// replace puts s in the place of the row with its id.
func replace(ctx context.Context, store session.Store, s *session.Session) error {
	if _, err := store.Delete(ctx, s.ID, session.Condition{}); err != nil {
		return err
	}
	return store.Create(ctx, s)
}
