package storetest

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"session-api"
)

// onRecord installs a change of every record that is read.
func onRecord(bend func(r *session.Record)) func(session.Store, *double) {
	return func(sound session.Store, d *double) {
		d.record = func(ctx context.Context, key string) (*session.Record, error) {
			r, err := sound.Record(ctx, key)
			if err == nil {
				bend(r)
			}
			return r, err
		}
	}
}

// onKeys installs a change of every record's key. What is read has the key that
// was asked for.
func onKeys(bend func(key string) string) func(session.Store, *double) {
	return func(sound session.Store, d *double) {
		onApply(func(t *session.Transaction) {
			var records []session.RecordWrite
			for _, w := range t.Records {
				w.Key = bend(w.Key)
				records = append(records, w)
			}
			t.Records = records
		})(sound, d)
		d.record = func(ctx context.Context, key string) (*session.Record, error) {
			r, err := sound.Record(ctx, bend(key))
			if err == nil {
				r.Key = key
			}
			return r, err
		}
	}
}

var recordFaults = []fault{
	{"keeps records as text", onRecord(func(r *session.Record) {
		r.Value = []byte(strings.ToValidUTF8(string(r.Value), "\ufffd"))
	}), []string{"records/RecordsComeBackExactly"}},

	{"keeps records' versions as float64", onRecord(func(r *session.Record) {
		r.Version = int64(float64(r.Version))
	}), []string{"records/RecordsComeBackExactly"}},

	{"hides records that are over", func(sound session.Store, d *double) {
		d.record = func(ctx context.Context, key string) (*session.Record, error) {
			r, err := sound.Record(ctx, key)
			if err == nil && !during.Before(r.ExpiresAt) {
				return nil, session.ErrNotFound
			}
			return r, err
		}
	}, []string{"records/RecordsThatAreOverAreThere"}},

	{"keeps the end that a record had first", func(sound session.Store, d *double) {
		var first sync.Map
		onRecord(func(r *session.Record) {
			end, _ := first.LoadOrStore(r.Key, r.ExpiresAt)
			r.ExpiresAt = end.(time.Time)
		})(sound, d)
	}, []string{"records/RecordsAreReplacedWhole"}},

	{"cuts keys at 255 bytes", onKeys(func(key string) string { return key[:min(len(key), 255)] }), []string{
		"records/KeysOfEveryShapeAreKeptApart",
	}},

	{"takes keys without regard to case", onKeys(strings.ToLower), []string{"records/KeysOfEveryShapeAreKeptApart"}},

	{"keeps records among the rows", func(sound session.Store, d *double) {
		d.get = func(ctx context.Context, id string) (*session.Session, error) {
			s, err := sound.Get(ctx, id)
			if key, marked := strings.CutPrefix(id, "record:"); marked && errors.Is(err, session.ErrNotFound) {
				if r, err := sound.Record(ctx, key); err == nil {
					return &session.Session{ID: id, Data: r.Value, ExpiresAt: r.ExpiresAt}, nil
				}
			}
			return s, err
		}
	}, []string{"records/RecordsAndSessionsDoNotMeet"}},

	{"removes a record with the session of its key", func(sound session.Store, d *double) {
		var gone sync.Map
		d.delete = func(ctx context.Context, id string, cond session.Condition) (*session.Session, error) {
			gone.Store(id, true)
			return sound.Delete(ctx, id, cond)
		}
		d.record = func(ctx context.Context, key string) (*session.Record, error) {
			if _, ended := gone.Load(key); ended {
				return nil, session.ErrNotFound
			}
			return sound.Record(ctx, key)
		}
	}, []string{"records/RecordsAndSessionsDoNotMeet"}},

	{"lists records", func(sound session.Store, d *double) {
		var records sync.Map
		d.apply = func(ctx context.Context, t session.Transaction) error {
			for _, w := range t.Records {
				records.Store(w.Key, &session.Session{ID: w.Key, ExpiresAt: w.ExpiresAt})
			}
			return sound.Apply(ctx, t)
		}
		d.list = func(ctx context.Context, q session.PageQuery) (session.Page, error) {
			all, err := everything(ctx, sound, "", q)
			records.Range(func(_, s any) bool { all = append(all, s.(*session.Session)); return true })
			return session.Page{Sessions: all}, err
		}
	}, []string{"records/NoListShowsARecord"}},

	{"shares the records that it hands out", func(sound session.Store, d *double) {
		var shared *session.Record
		d.record = func(ctx context.Context, key string) (*session.Record, error) {
			if shared == nil {
				shared, _ = sound.Record(ctx, key)
			}
			return shared, nil
		}
	}, []string{"records/RecordsAreNotShared"}},
}
