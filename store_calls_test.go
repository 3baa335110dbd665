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
		"Ready":            func() error { _, err := b.Ready(t.Context()); return err },
	} {
		b.store.calls = 0
		err := op()
		if b.store.calls != 1 {
			t.Errorf("%s cost %d store calls (and returned %v); want one", name, b.store.calls, err)
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
		b.store.calls = 0
		wantErrorIs(t, o.what, o.do(), &session.Error{Code: o.want})
		if b.store.calls != 0 {
			t.Errorf("%s cost %d store calls; want none", o.what, b.store.calls)
		}
	}
	if b.made != 0 {
		t.Errorf("%d ids were made for sessions that were refused", b.made)
	}
}
