package storetest

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"session-api"
)

// onCreate installs a change of every session that is stored.
func onCreate(bend func(s *session.Session)) func(session.Store, *double) {
	return func(sound session.Store, d *double) {
		d.create = func(ctx context.Context, s *session.Session) error {
			c := s.Clone()
			bend(c)
			return sound.Create(ctx, c)
		}
	}
}

var valueFaults = []fault{
	{"reads and writes data as JSON", onCreate(func(s *session.Session) {
		var value any
		if json.Unmarshal(s.Data, &value) == nil {
			s.Data, _ = json.Marshal(value)
		}
	}), []string{"values/DataComesBackByteForByte"}},

	{"knows one Unicode plane", onCreate(func(s *session.Session) {
		s.Data = []byte(strings.Map(func(r rune) rune {
			if r > 0xffff {
				return '\ufffd'
			}
			return r
		}, string(s.Data)))
	}), []string{"values/EveryUnicodePlaneIsKept", "values/DataComesBackByteForByte"}},

	{"cuts data at 64 KiB", onCreate(func(s *session.Session) {
		s.Data = s.Data[:min(len(s.Data), 64<<10)]
	}), []string{"values/DataOfEverySizeIsKept", "values/TheLargestSessionFits"}},

	{"has room for the data but not for the names", func(sound session.Store, d *double) {
		d.create = func(ctx context.Context, s *session.Session) error {
			if len(s.ID)+len(s.UserID)+len(s.Data) > session.MaxDataBytes {
				return session.ErrTooLarge
			}
			return sound.Create(ctx, s)
		}
	}, []string{"values/TheLargestSessionFits"}},

	{"cuts what is too large", onCreate(func(s *session.Session) {
		s.Data = s.Data[:min(len(s.Data), session.MaxItemBytes)]
	}), []string{"values/WhatIsTooLargeIsRefusedWhole"}},

	{"stores what it says is too large", func(sound session.Store, d *double) {
		d.update = func(ctx context.Context, id string, c session.Change, cond session.Condition) (*session.Session, error) {
			s, err := sound.Update(ctx, id, c, cond)
			if err == nil && len(c.Data) > session.MaxDataBytes {
				return nil, session.ErrTooLarge
			}
			return s, err
		}
	}, []string{"values/WhatIsTooLargeIsRefusedWhole"}},

	{"ends ids at a zero byte", func(sound session.Store, d *double) {
		cut := func(id string) string { before, _, _ := strings.Cut(id, "\x00"); return before }
		d.create = func(ctx context.Context, s *session.Session) error {
			c := s.Clone()
			c.ID = cut(c.ID)
			return sound.Create(ctx, c)
		}
		d.get = func(ctx context.Context, id string) (*session.Session, error) { return sound.Get(ctx, cut(id)) }
	}, []string{"keys/IDsOfEveryShapeAreKeptApart"}},

	{"takes users without regard to case", func(sound session.Store, d *double) {
		d.listByUser = func(ctx context.Context, userID string, q session.PageQuery) (session.Page, error) {
			all, err := everything(ctx, sound, "", q)
			return session.Page{Sessions: slices.DeleteFunc(all, func(s *session.Session) bool {
				return !strings.EqualFold(s.UserID, userID)
			})}, err
		}
	}, []string{"keys/UsersOfEveryShapeAreKeptApart"}},
}
