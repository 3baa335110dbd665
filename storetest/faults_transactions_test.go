package storetest

import (
	"context"
	"errors"
	"sync"

	"session-api"
)

// parts returns the writes of a transaction one by one.
func parts(t session.Transaction) []session.Transaction {
	var all []session.Transaction
	for _, e := range t.End {
		all = append(all, session.Transaction{End: []session.Ending{e}})
	}
	for _, w := range t.Records {
		all = append(all, session.Transaction{Records: []session.RecordWrite{w}})
	}
	if t.Create != nil {
		all = append(all, session.Transaction{Create: t.Create})
	}
	return all
}

// onApply installs a change of every transaction.
func onApply(bend func(t *session.Transaction)) func(session.Store, *double) {
	return func(sound session.Store, d *double) {
		d.apply = func(ctx context.Context, t session.Transaction) error {
			bend(&t)
			return sound.Apply(ctx, t)
		}
	}
}

// doesWithout does a transaction without what is too large, and says so.
func doesWithout(large func(t *session.Transaction) bool, drop func(t *session.Transaction)) func(session.Store, *double) {
	return func(sound session.Store, d *double) {
		d.apply = func(ctx context.Context, t session.Transaction) error {
			if !large(&t) {
				return sound.Apply(ctx, t)
			}
			drop(&t)
			return errors.Join(sound.Apply(ctx, t), session.ErrTooLarge)
		}
	}
}

var transactionFaults = []fault{
	{"does the first ending only", onApply(func(t *session.Transaction) {
		t.End = t.End[:min(len(t.End), 1)]
	}), []string{"transactions/AllOfItIsDone", "transactions/AsManyWritesAsAreAllowed"}},

	{"leaves no alias", onApply(func(t *session.Transaction) {
		var endings []session.Ending
		for _, e := range t.End {
			endings = append(endings, session.Ending{ID: e.ID, Cond: e.Cond})
		}
		t.End = endings
	}), []string{"transactions/AllOfItIsDone", "aliases/GetShowsAnAliasAndNothingElseOfIt"}},

	{"does nothing where nothing is created", func(sound session.Store, d *double) {
		d.apply = func(ctx context.Context, t session.Transaction) error {
			if t.Create == nil {
				return ctx.Err()
			}
			return sound.Apply(ctx, t)
		}
	}, []string{"transactions/EachKindOfWriteStandsAlone"}},

	{"does the parts of a transaction one after the other", func(sound session.Store, d *double) {
		d.apply = func(ctx context.Context, t session.Transaction) error {
			for _, part := range parts(t) {
				if err := sound.Apply(ctx, part); err != nil {
					return err
				}
			}
			return nil
		}
	}, []string{"transactions/ARefusalLeavesNothingDone"}},

	{"takes any record's version", func(sound session.Store, d *double) {
		d.apply = func(ctx context.Context, t session.Transaction) error {
			var records []session.RecordWrite
			for _, w := range t.Records {
				w.Was = 0
				if r, err := sound.Record(ctx, w.Key); err == nil {
					w.Was = r.Version
				}
				records = append(records, w)
			}
			t.Records = records
			return sound.Apply(ctx, t)
		}
	}, []string{
		"transactions/ARefusalLeavesNothingDone", "transactions/EndingsComeBeforeRecordsBeforeTheCreate",
		"records/RecordsThatAreOverAreThere", "races/OneTransactionWinsEachVersionOfARecord",
	}},

	{"overwrites a taken id in a transaction", func(sound session.Store, d *double) {
		d.apply = func(ctx context.Context, t session.Transaction) error {
			if t.Create != nil {
				_, _ = sound.Delete(ctx, t.Create.ID, session.Condition{})
			}
			return sound.Apply(ctx, t)
		}
	}, []string{"transactions/ARefusalLeavesNothingDone", "races/OneTransactionCreatesAnID"}},

	{"says a conflict of a transaction without the version found", func(sound session.Store, d *double) {
		d.apply = func(ctx context.Context, t session.Transaction) error {
			err := sound.Apply(ctx, t)
			if errors.Is(err, session.ErrConflict) {
				return session.ErrConflict
			}
			return err
		}
	}, []string{"transactions/AConflictSaysTheVersionFound", "conditions/StaleVersionIsRefused"}},

	{"looks at records before endings", func(sound session.Store, d *double) {
		d.apply = func(ctx context.Context, t session.Transaction) error {
			for _, w := range t.Records {
				r, err := sound.Record(ctx, w.Key)
				if err == nil && r.Version != w.Was || err != nil && w.Was != 0 {
					return session.ErrStale
				}
			}
			return sound.Apply(ctx, t)
		}
	}, []string{"transactions/EndingsComeBeforeRecordsBeforeTheCreate"}},

	{"looks at the id to create first", func(sound session.Store, d *double) {
		d.apply = func(ctx context.Context, t session.Transaction) error {
			if t.Create != nil {
				if _, err := sound.Get(ctx, t.Create.ID); err == nil {
					return session.ErrExists
				}
			}
			return sound.Apply(ctx, t)
		}
	}, []string{"transactions/EndingsComeBeforeRecordsBeforeTheCreate"}},

	{"does the rest where a session is too large", doesWithout(
		func(t *session.Transaction) bool { return t.Create != nil && len(t.Create.Data) > session.MaxDataBytes },
		func(t *session.Transaction) { t.Create = nil },
	), []string{"transactions/ASessionTooLargeLeavesNothingDone"}},

	{"does the rest where a record is too large", doesWithout(
		func(t *session.Transaction) bool {
			return len(t.Records) == 2 && len(t.Records[1].Value) > session.MaxDataBytes
		},
		func(t *session.Transaction) { t.Records = t.Records[:1] },
	), []string{"transactions/ARecordTooLargeLeavesNothingDone"}},

	{"never gives an ended id back", func(sound session.Store, d *double) {
		var ended sync.Map
		d.apply = func(ctx context.Context, t session.Transaction) error {
			for _, e := range t.End {
				ended.Store(e.ID, true)
			}
			return sound.Apply(ctx, t)
		}
		d.create = func(ctx context.Context, s *session.Session) error {
			if _, was := ended.Load(s.ID); was {
				return session.ErrExists
			}
			return sound.Create(ctx, s)
		}
	}, []string{"transactions/AnEndedIDCanBeMadeAnew"}},

	{"takes as many writes as DynamoDB once took", func(sound session.Store, d *double) {
		d.apply = func(ctx context.Context, t session.Transaction) error {
			if len(parts(t)) > 25 {
				return session.ErrTooLarge
			}
			return sound.Apply(ctx, t)
		}
	}, []string{"transactions/AsManyWritesAsAreAllowed"}},

	{"keeps the record that it is handed", func(sound session.Store, d *double) {
		var kept sync.Map
		d.apply = func(ctx context.Context, t session.Transaction) error {
			for _, w := range t.Records {
				kept.Store(w.Key, w.Value)
			}
			return sound.Apply(ctx, t)
		}
		d.record = func(ctx context.Context, key string) (*session.Record, error) {
			r, err := sound.Record(ctx, key)
			if err == nil {
				value, _ := kept.Load(key)
				r.Value = value.([]byte)
			}
			return r, err
		}
	}, []string{"transactions/ATransactionHandedInIsNotKept", "records/RecordsAreNotShared"}},
}
