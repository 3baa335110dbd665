package session_test

import (
	"strings"
	"testing"
	"time"

	"session-api"
)

func TestEveryOperationCostsOneStoreCall(t *testing.T) {
	t.Parallel()
	b := newBench(t, time.Hour)
	id := b.create(t, "user").ID
	b.create(t, "user")
	absent := strings.Repeat("x", session.MaxIDBytes)
	for name, op := range map[string]func() error{
		"Create":           func() error { _, err := b.Create(t.Context(), session.New{UserID: "user", Data: nil}); return err },
		"Get":              func() error { _, err := b.Get(t.Context(), id); return err },
		"Get absent":       func() error { _, err := b.Get(t.Context(), absent); return err },
		"Update":           func() error { _, err := b.Update(t.Context(), id, nil, nil); return err },
		"Update absent":    func() error { _, err := b.Update(t.Context(), absent, nil, nil); return err },
		"Update stale":     func() error { _, err := b.Update(t.Context(), id, nil, session.Match{0}); return err },
		"Delete absent":    func() error { _, err := b.Delete(t.Context(), absent, nil); return err },
		"Delete stale":     func() error { _, err := b.Delete(t.Context(), id, session.Match{0}); return err },
		"List":             func() error { _, err := b.List(t.Context(), "", session.ListQuery{Limit: 1}); return err },
		"ListByUser":       func() error { _, err := b.ListByUser(t.Context(), "user", session.ListQuery{}); return err },
		"ListByUser empty": func() error { _, err := b.ListByUser(t.Context(), "nobody", session.ListQuery{}); return err },
		"Touch throttled":  func() error { _, err := b.Touch(t.Context(), id); return err },
		"Touch absent":     func() error { _, err := b.Touch(t.Context(), absent); return err },
		"Patch absent":     func() error { _, err := b.Patch(t.Context(), absent, setToOne, nil); return err },
		"Rotate absent":    func() error { _, err := b.Rotate(t.Context(), absent, session.Rotation{}, nil); return err },
		"Ready":            func() error { _, err := b.Ready(t.Context()); return err },
	} {
		b.store.calls.Store(0)
		err := op()
		if b.store.calls.Load() != 1 {
			t.Errorf("%s cost %d store calls (and returned %v); want one", name, b.store.calls.Load(), err)
		}
	}
}

func TestWhatCannotBeServedCostsNoStoreCall(t *testing.T) {
	t.Parallel()
	b := newBench(t, time.Hour)
	large := make([]byte, session.MaxDataBytes+1)
	type op struct {
		what string
		do   func() error
		want session.Code
	}
	ops := []op{
		{"Create without a user", func() error { _, err := b.Create(t.Context(), session.New{UserID: "", Data: nil}); return err }, session.CodeInvalidUserID},
		{"Create of too much", func() error { _, err := b.Create(t.Context(), session.New{UserID: "u", Data: large}); return err }, session.CodeTooLarge},
		{"Update to too much", func() error { _, err := b.Update(t.Context(), "id-1", large, nil); return err }, session.CodeTooLarge},
		{"ListByUser without a user", func() error { _, err := b.ListByUser(t.Context(), "", session.ListQuery{}); return err }, session.CodeInvalidUserID},
		{"List with a bad cursor", func() error { _, err := b.List(t.Context(), "", session.ListQuery{Cursor: "x"}); return err }, session.CodeInvalidCursor},
	}
	for what, id := range map[string]string{
		"no id": "", "a byte too many": strings.Repeat("x", session.MaxIDBytes+1), "bytes that are no UTF-8": "a\xff",
	} {
		ops = append(ops,
			op{"Get of " + what, func() error { _, err := b.Get(t.Context(), id); return err }, session.CodeNotFound},
			op{"Update of " + what, func() error { _, err := b.Update(t.Context(), id, nil, nil); return err }, session.CodeNotFound},
			op{"Delete of " + what, func() error { _, err := b.Delete(t.Context(), id, nil); return err }, session.CodeNotFound},
		)
	}
	for _, o := range ops {
		b.store.calls.Store(0)
		wantErrorIs(t, o.what, o.do(), &session.Error{Code: o.want})
		if b.store.calls.Load() != 0 {
			t.Errorf("%s cost %d store calls; want none", o.what, b.store.calls.Load())
		}
	}
	if b.made.Load() != 0 {
		t.Errorf("%d ids were made for sessions that were refused", b.made.Load())
	}
}

func TestWhatReadsFirstCostsTwoStoreCalls(t *testing.T) {
	t.Parallel()
	b := newBenchOf(t, session.Options{TTL: time.Hour, MaxTTL: 2 * time.Hour})
	made := b.createNew(t, session.New{UserID: "user", IdleTimeout: 30 * time.Minute})
	id := made.ID
	for _, op := range []struct {
		name string
		do   func() error
	}{
		{"Patch", func() error { _, err := b.Patch(t.Context(), id, setToOne, nil); return err }},
		{"Extend", func() error { _, err := b.Extend(t.Context(), id, time.Hour, nil); return err }},
		{"Touch", func() error { b.now = b.now.Add(5 * time.Minute); _, err := b.Touch(t.Context(), id); return err }},
		{"Update that records activity", func() error {
			b.now = b.now.Add(5 * time.Minute)
			_, err := b.Update(t.Context(), id, nil, nil)
			return err
		}},
		{"Rotate", func() error {
			_, err := b.Rotate(t.Context(), id, session.Rotation{Grace: time.Minute}, nil)
			return err
		}},
		{"Get by a former id", func() error { _, err := b.Get(t.Context(), id); return err }},
	} {
		b.store.calls.Store(0)
		if err := op.do(); err != nil || b.store.calls.Load() != 2 {
			t.Errorf("%s cost %d store calls and returned %v; want two", op.name, b.store.calls.Load(), err)
		}
	}
}
