package session_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"session-api"
)

func TestASessionNeverOutlivesItsLifetime(t *testing.T) {
	t.Parallel()
	second := noon.Truncate(time.Second)
	for _, c := range []struct {
		ttl, since, want time.Duration
	}{
		{time.Hour, 0, time.Hour},
		{time.Hour, 1 * time.Microsecond, time.Hour},
		{time.Hour, 999999 * time.Microsecond, time.Hour},
		{1500 * time.Millisecond, 0, time.Second},
		{1500 * time.Millisecond, 499999 * time.Microsecond, time.Second},
		{1500 * time.Millisecond, 500 * time.Millisecond, 2 * time.Second},
	} {
		b := newBench(t, c.ttl)
		b.now = second.Add(c.since)
		got := b.create(t, "user").ExpiresAt
		if want := second.Add(c.want); got != want {
			t.Errorf("made %v into a second for %v, a session expires at %v; want %v", c.since, c.ttl, got, want)
		}
	}
}

func TestTheShortestSessionIsNeverDeadAtBirth(t *testing.T) {
	t.Parallel()
	second := noon.Truncate(time.Second)
	// Nanoseconds, because the clock has more digits than a row keeps.
	for _, since := range []time.Duration{0, 1, 999, 1000, 499_999_999, 500_000_000, 999_998_999, 999_999_000, 999_999_999} {
		b := newBench(t, session.MinTTL)
		b.now = second.Add(since)
		made := b.create(t, "user")
		if _, err := b.Get(t.Context(), made.ID); err != nil {
			t.Errorf("a session made %v into a second cannot be read at once: %v", since, err)
		}
		b.now = second.Add(since + session.MinTTL)
		if _, err := b.Get(t.Context(), made.ID); !errors.Is(err, session.ErrExpired) {
			t.Errorf("a session made %v into a second is alive after %v: %v", since, session.MinTTL, err)
		}
	}
}

func TestEveryCallAgreesAboutTheInstantOfExpiry(t *testing.T) {
	t.Parallel()
	b := newBench(t, time.Hour)
	made := b.create(t, "user")
	calls := map[string]func() error{
		"Get":    func() error { _, err := b.Get(t.Context(), made.ID); return err },
		"Update": func() error { _, err := b.Update(t.Context(), made.ID, []byte(`1`), nil); return err },
		"Delete": func() error { _, err := b.Delete(t.Context(), made.ID, nil); return err },
	}
	lists := map[string]func() (session.List, error){
		"List":       func() (session.List, error) { return b.List(t.Context(), "", session.ListQuery{}) },
		"ListByUser": func() (session.List, error) { return b.ListByUser(t.Context(), "user", session.ListQuery{}) },
	}
	for _, late := range []time.Duration{0, time.Nanosecond, time.Microsecond, time.Hour} {
		b.now = made.ExpiresAt.Add(late)
		for name, call := range calls {
			wantErrorIs(t, fmt.Sprintf("%s %v after expiry", name, late), call(), session.ErrExpired)
		}
		for name, list := range lists {
			if got, err := list(); err != nil || len(got.Sessions) != 0 {
				t.Errorf("%s %v after expiry shows %d sessions, %v", name, late, len(got.Sessions), err)
			}
		}
	}
	// Before the end everything works; Delete comes last.
	b.now = made.ExpiresAt.Add(-time.Microsecond)
	for name, list := range lists {
		if got, err := list(); err != nil || len(got.Sessions) != 1 {
			t.Errorf("%s just before expiry shows %d sessions, %v", name, len(got.Sessions), err)
		}
	}
	for _, name := range []string{"Get", "Update", "Delete"} {
		wantErrorIs(t, name+" just before expiry", calls[name](), nil)
	}
}

func TestAReadThatOutlastsTheSessionIsARefusal(t *testing.T) {
	t.Parallel()
	b := newBench(t, time.Hour)
	made := b.create(t, "user")
	b.store.before = func() { b.now = made.ExpiresAt }
	_, err := b.Get(t.Context(), made.ID)
	wantErrorIs(t, "Get of a session that ended while it was read", err, session.ErrExpired)
}
