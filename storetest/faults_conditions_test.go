package storetest

import (
	"context"
	"errors"
	"math"
	"slices"
	"time"

	"session-api"
)

// onWrites installs a change of the condition of every conditional write.
func onWrites(bend func(cond session.Condition) session.Condition) func(session.Store, *double) {
	return onWritesOfRows(func(cond session.Condition, _ *session.Session) session.Condition { return bend(cond) })
}

// onWritesOfRows is onWrites for who looks at the row before. There is an empty
// one if none is stored.
func onWritesOfRows(bend func(cond session.Condition, row *session.Session) session.Condition) func(session.Store, *double) {
	return func(sound session.Store, d *double) {
		bent := func(ctx context.Context, id string, cond session.Condition) session.Condition {
			row, err := sound.Get(ctx, id)
			if err != nil {
				row = &session.Session{}
			}
			return bend(cond, row)
		}
		d.update = func(ctx context.Context, id string, c session.Change, cond session.Condition) (*session.Session, error) {
			return sound.Update(ctx, id, c, bent(ctx, id, cond))
		}
		d.delete = func(ctx context.Context, id string, cond session.Condition) (*session.Session, error) {
			return sound.Delete(ctx, id, bent(ctx, id, cond))
		}
		d.retime = func(ctx context.Context, id string, to session.Times, raise bool, cond session.Condition) (*session.Session, error) {
			return sound.Retime(ctx, id, to, raise, bent(ctx, id, cond))
		}
		d.apply = func(ctx context.Context, t session.Transaction) error {
			t.End = slices.Clone(t.End)
			for i, e := range t.End {
				t.End[i].Cond = bent(ctx, e.ID, e.Cond)
			}
			return sound.Apply(ctx, t)
		}
	}
}

// onlyRetime and onlyApply install a fault in one method and leave the others sound.
func onlyRetime(install func(session.Store, *double)) func(session.Store, *double) {
	return func(sound session.Store, d *double) {
		broken := *d
		install(sound, &broken)
		d.retime = broken.retime
	}
}

func onlyApply(install func(session.Store, *double)) func(session.Store, *double) {
	return func(sound session.Store, d *double) {
		broken := *d
		install(sound, &broken)
		d.apply = broken.apply
	}
}

// onRefusal installs a change of the error of the conditional writes of one row.
func onRefusal(bend func(cond session.Condition, err error) error) func(session.Store, *double) {
	return func(sound session.Store, d *double) {
		d.update = func(ctx context.Context, id string, c session.Change, cond session.Condition) (*session.Session, error) {
			s, err := sound.Update(ctx, id, c, cond)
			return s, bend(cond, err)
		}
		d.retime = func(ctx context.Context, id string, to session.Times, raise bool, cond session.Condition) (*session.Session, error) {
			s, err := sound.Retime(ctx, id, to, raise, cond)
			return s, bend(cond, err)
		}
		d.delete = func(ctx context.Context, id string, cond session.Condition) (*session.Session, error) {
			s, err := sound.Delete(ctx, id, cond)
			return s, bend(cond, err)
		}
	}
}

// tooLate shows a row to live one tick too long.
func tooLate(cond session.Condition) session.Condition {
	cond.Now = cond.Now.Add(-tick)
	return cond
}

func withoutVersion(cond session.Condition) session.Condition {
	cond.Version = nil
	return cond
}

func withoutConditionTimes(cond session.Condition) session.Condition {
	cond.Times = nil
	return cond
}

var conditionFaults = []fault{
	{"lets an expired row live one tick too long", onWrites(tooLate), []string{"conditions/WritesAreRefusedFromTheInstantOfExpiry"}},

	{"lets a Retime come one tick too late", onlyRetime(onWrites(tooLate)), []string{
		"conditions/WritesAreRefusedFromTheInstantOfExpiry", "retime/WritesGoByTheNewEnd",
	}},

	{"lets a transaction come one tick too late", onlyApply(onWrites(tooLate)), []string{
		"conditions/WritesAreRefusedFromTheInstantOfExpiry", "transactions/ARefusalLeavesNothingDone",
	}},

	{"asks its own clock about expiry", onWrites(func(cond session.Condition) session.Condition {
		cond.Now = time.Now()
		return cond
	}), []string{"conditions/WritesAreRefusedFromTheInstantOfExpiry", "conditions/ExpiredComesBeforeConflict"}},

	{"compares expiry in seconds rounded up", onWrites(func(cond session.Condition) session.Condition {
		cond.Now = cond.Now.Add(time.Second - tick).Truncate(time.Second)
		return cond
	}), []string{"conditions/WritesAreTakenUntilTheInstantOfExpiry"}},

	{"ignores the version of a condition", onWrites(withoutVersion), []string{
		"conditions/StaleVersionIsRefused", "conditions/AnUpdateAtAVersionWorksOnce",
		"conditions/ARowMayHaveVersionZero", "races/OneWriterWinsEachVersion",
		"races/OneOfSeveralWritesAtAVersionWins",
	}},

	{"ignores the version that a Retime names", onlyRetime(onWrites(withoutVersion)), []string{
		"conditions/StaleVersionIsRefused", "conditions/VersionAndTimesMustBothHold",
	}},

	{"ignores the version that an ending names", onlyApply(onWrites(withoutVersion)), []string{
		"conditions/StaleVersionIsRefused", "transactions/ARefusalLeavesNothingDone", "transactions/AConflictSaysTheVersionFound",
	}},

	{"takes version 0 for no version", onWrites(func(cond session.Condition) session.Condition {
		if cond.Version != nil && *cond.Version == 0 {
			cond.Version = nil
		}
		return cond
	}), []string{"conditions/StaleVersionIsRefused"}},

	{"compares with the version of the next write", onWrites(func(cond session.Condition) session.Condition {
		if cond.Version != nil {
			next := *cond.Version - 1
			cond.Version = &next
		}
		return cond
	}), []string{"conditions/TheRightVersionIsTaken"}},

	{"gives every new row version 1", func(sound session.Store, d *double) {
		d.create = func(ctx context.Context, s *session.Session) error {
			c := s.Clone()
			c.Version = 1
			return sound.Create(ctx, c)
		}
	}, []string{"conditions/ARowMayHaveVersionZero", "crud/CreateKeepsEveryField"}},

	{"keeps versions as float64", func(sound session.Store, d *double) {
		d.create = func(ctx context.Context, s *session.Session) error {
			c := s.Clone()
			c.Version = int64(math.Round(float64(c.Version)))
			return sound.Create(ctx, c)
		}
	}, []string{"conditions/VersionsKeepEveryDigit"}},

	{"says a conflict without the version found", onRefusal(func(_ session.Condition, err error) error {
		if errors.Is(err, session.ErrConflict) {
			return session.ErrConflict
		}
		return err
	}), []string{"conditions/StaleVersionIsRefused", "races/OneWriterWinsEachVersion"}},

	{"takes an absent row for one at version 0", onRefusal(func(cond session.Condition, err error) error {
		if errors.Is(err, session.ErrNotFound) && cond.Version != nil {
			return session.Conflict(0)
		}
		return err
	}), []string{"conditions/AbsentComesBeforeConflict"}},

	{"asks for the version before the expiry", onRefusal(func(cond session.Condition, err error) error {
		if errors.Is(err, session.ErrExpired) && cond.Version != nil {
			return session.Conflict(1)
		}
		return err
	}), []string{"conditions/ExpiredComesBeforeConflict"}},

	{"removes expired rows when it meets them", func(sound session.Store, d *double) {
		d.update = func(ctx context.Context, id string, c session.Change, cond session.Condition) (*session.Session, error) {
			s, err := sound.Update(ctx, id, c, cond)
			if errors.Is(err, session.ErrExpired) {
				_, _ = sound.Delete(ctx, id, session.Condition{})
			}
			return s, err
		}
	}, []string{"conditions/WritesAreRefusedFromTheInstantOfExpiry"}},
}

// conditionTimesFaults are wrong about Condition.Times.
var conditionTimesFaults = []fault{
	{"ignores the times of a condition", onWrites(withoutConditionTimes), []string{
		"conditions/OtherTimesAreRefused", "conditions/VersionAndTimesMustBothHold",
	}},

	{"ignores the times that a Retime names", onlyRetime(onWrites(withoutConditionTimes)), []string{
		"conditions/OtherTimesAreRefused", "conditions/VersionAndTimesMustBothHold", "races/OneRetimeWinsTheTimesThatItRead",
	}},

	{"ignores the times that an ending names", onlyApply(onWrites(withoutConditionTimes)), []string{
		"conditions/OtherTimesAreRefused", "transactions/ARefusalLeavesNothingDone",
	}},

	{"looks at the version or the times", onWrites(func(cond session.Condition) session.Condition {
		if cond.Version != nil {
			cond.Times = nil
		}
		return cond
	}), []string{"conditions/VersionAndTimesMustBothHold"}},

	{"takes a time that is missing for the one that stands for it", onWritesOfRows(func(cond session.Condition, row *session.Session) session.Condition {
		if cond.Times != nil && cond.Times.LastActiveAt.Equal(row.LastActive()) {
			times := *cond.Times
			times.LastActiveAt = row.LastActiveAt
			cond.Times = &times
		}
		return cond
	}), []string{"conditions/OtherTimesAreRefused"}},

	{"compares two of the three times", onWritesOfRows(func(cond session.Condition, row *session.Session) session.Condition {
		if cond.Times != nil {
			times := *cond.Times
			times.AbsoluteExpiresAt = row.AbsoluteExpiresAt
			cond.Times = &times
		}
		return cond
	}), []string{"conditions/OtherTimesAreRefused", "conditions/VersionAndTimesMustBothHold"}},

	{"compares activity by the second", onWritesOfRows(func(cond session.Condition, row *session.Session) session.Condition {
		if cond.Times != nil && cond.Times.LastActiveAt.Unix() == row.LastActiveAt.Unix() {
			times := *cond.Times
			times.LastActiveAt = row.LastActiveAt
			cond.Times = &times
		}
		return cond
	}), []string{"conditions/OtherTimesAreRefused"}},

	{"finds no times where some are zero", onWritesOfRows(func(cond session.Condition, row *session.Session) session.Condition {
		if cond.Times != nil && row.LastActiveAt.IsZero() {
			cond.Times = &session.Times{}
		}
		return cond
	}), []string{"conditions/TheRightTimesAreTaken"}},
}
