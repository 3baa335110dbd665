package storetest

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"time"

	"session-api"
)

// onNew installs a change of every session that is stored, by whichever method.
func onNew(bend func(s *session.Session)) func(session.Store, *double) {
	return func(sound session.Store, d *double) {
		onCreate(bend)(sound, d)
		d.apply = func(ctx context.Context, t session.Transaction) error {
			if t.Create != nil {
				t.Create = t.Create.Clone()
				bend(t.Create)
			}
			return sound.Apply(ctx, t)
		}
	}
}

// onGet installs a change of every session that is read.
func onGet(bend func(s *session.Session)) func(session.Store, *double) {
	return func(sound session.Store, d *double) {
		d.get = func(ctx context.Context, id string) (*session.Session, error) {
			s, err := sound.Get(ctx, id)
			if err == nil {
				bend(s)
			}
			return s, err
		}
	}
}

// onTexts applies bend to each optional text but the address.
func onTexts(bend func(text string) string) func(s *session.Session) {
	return func(s *session.Session) {
		for _, text := range []*string{&s.Client.UserAgent, &s.Client.DeviceName, &s.Client.Label, &s.Auth.ACR} {
			*text = bend(*text)
		}
	}
}

var fieldFaults = []fault{
	{"forgets the client when it stores in a transaction", onlyApply(onNew(func(s *session.Session) {
		s.Client = session.Client{}
	})), []string{"fields/EveryFieldComesBackFromEveryMethod", "transactions/AllOfItIsDone", "fields/EachFieldStandsAlone"}},

	{"leaves the methods out of its lists", onPages(func(_ session.PageQuery, sessions []*session.Session) []*session.Session {
		for _, s := range sessions {
			s.Auth.AMR = nil
		}
		return sessions
	}), []string{"fields/EveryFieldComesBackFromEveryMethod"}},

	{"takes an update for an activity", func(sound session.Store, d *double) {
		d.update = func(ctx context.Context, id string, c session.Change, cond session.Condition) (*session.Session, error) {
			s, err := sound.Update(ctx, id, c, cond)
			if err == nil {
				s.LastActiveAt = c.At
				err = replace(ctx, sound, s)
			}
			return s, err
		}
	}, []string{"fields/EveryFieldComesBackFromEveryMethod", "fields/EachFieldStandsAlone"}},

	{"keeps a client only where it has an address", onNew(func(s *session.Session) {
		if s.Client.IP == "" {
			s.Client = session.Client{}
		}
	}), []string{"fields/EachFieldStandsAlone"}},

	{"gives a list of no methods for none", onGet(func(s *session.Session) {
		if s.Auth.AMR == nil {
			s.Auth.AMR = []string{}
		}
	}), []string{"fields/WhatIsNotGivenIsZero", "crud/CreateKeepsEveryField"}},

	{"gives the epoch of Unix for no time", onGet(func(s *session.Session) {
		if s.Auth.Time.IsZero() {
			s.Auth.Time = time.Unix(0, 0).UTC()
		}
	}), []string{"fields/WhatIsNotGivenIsZero", "fields/EachFieldStandsAlone"}},

	{"writes addresses in its own way", onNew(func(s *session.Session) {
		if address, err := netip.ParseAddr(s.Client.IP); err == nil {
			s.Client.IP = address.String()
		}
	}), []string{"fields/TextsOfEveryShapeAreKept"}},

	{"trims texts", onNew(onTexts(strings.TrimSpace)), []string{"fields/TextsOfEveryShapeAreKept"}},

	{"cuts texts at 255 bytes", onNew(onTexts(func(text string) string {
		return text[:min(len(text), 255)]
	})), []string{"fields/TextsOfEveryLengthAreKept"}},

	{"has room for the data but not for where it comes from", func(sound session.Store, d *double) {
		d.create = func(ctx context.Context, s *session.Session) error {
			if len(s.Data)+len(s.Client.UserAgent) > session.MaxDataBytes {
				return session.ErrTooLarge
			}
			return sound.Create(ctx, s)
		}
	}, []string{"values/TheLargestSessionFits"}},

	{"keeps methods as a set", onNew(func(s *session.Session) {
		slices.Sort(s.Auth.AMR)
		s.Auth.AMR = slices.Compact(s.Auth.AMR)
	}), []string{"fields/MethodsKeepTheirOrderAndNumber"}},

	{"keeps methods as one text", onNew(func(s *session.Session) {
		if len(s.Auth.AMR) > 0 {
			s.Auth.AMR = strings.Split(strings.Join(s.Auth.AMR, ","), ",")
		}
	}), []string{"fields/MethodsKeepTheirOrderAndNumber"}},

	{"keeps the times of authentications in seconds", onNew(func(s *session.Session) {
		s.Auth.Time = s.Auth.Time.Truncate(time.Second)
	}), []string{"fields/OptionalTimesAreExact", "crud/CreateKeepsEveryField"}},

	{"keeps the times of authentications as nanoseconds of 64 bits", onNew(func(s *session.Session) {
		if !s.Auth.Time.IsZero() {
			s.Auth.Time = time.Unix(0, s.Auth.Time.UnixNano()).UTC()
		}
	}), []string{"fields/OptionalTimesAreExact"}},
}
