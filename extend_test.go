package session_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"session-api"
)

func TestExtendSetsANewLifetime(t *testing.T) {
	t.Parallel()
	b := newBenchOf(t, session.Options{TTL: time.Hour, MaxTTL: 3 * time.Hour})
	made := b.create(t, "user")
	for _, ttl := range []time.Duration{2 * time.Hour, time.Minute} { // longer, then shorter
		b.now = b.now.Add(10 * time.Second)
		got, err := b.Extend(t.Context(), made.ID, ttl, nil)
		if want := b.now.Add(ttl).Truncate(time.Second); err != nil || got.ExpiresAt != want || got.AbsoluteEnd() != want {
			t.Errorf("Extend by %v returned %+v, %v; want the end %v", ttl, got, err, want)
		}
	}
	stored, err := b.Get(t.Context(), made.ID)
	if err != nil || stored.Version != 3 || !stored.UpdatedAt.IsZero() || !stored.LastActiveAt.IsZero() {
		t.Errorf("the session is %+v, %v; want version 3, and no update or activity", stored, err)
	}
}

func TestExtendLeavesTheIdleEnd(t *testing.T) {
	t.Parallel()
	b, made := idle(t, session.Options{MaxTTL: 3 * time.Hour})
	b.now = noon.Add(time.Minute)
	got, err := b.Extend(t.Context(), made.ID, 2*time.Hour, nil)
	if err != nil || got.ExpiresAt != made.ExpiresAt || got.AbsoluteEnd() != b.now.Add(2*time.Hour).Truncate(time.Second) {
		t.Errorf("Extend returned %+v, %v", got, err)
	}
	got, err = b.Extend(t.Context(), made.ID, time.Minute, nil)
	if end := b.now.Add(time.Minute).Truncate(time.Second); err != nil || got.ExpiresAt != end || got.AbsoluteEnd() != end {
		t.Errorf("Extend to an end before the idle one returned %+v, %v", got, err)
	}
}

func TestExtendStaysWithinTheMaximum(t *testing.T) {
	t.Parallel()
	b := newBenchOf(t, session.Options{TTL: time.Hour, MaxTTL: 2 * time.Hour})
	made := b.create(t, "user")
	b.now = noon.Add(30 * time.Minute)
	for _, ttl := range []time.Duration{0, -time.Second, 1500 * time.Millisecond, 2*time.Hour + time.Second, 90*time.Minute + time.Second} {
		_, err := b.Extend(t.Context(), made.ID, ttl, nil)
		var e *session.Error
		if !errors.As(err, &e) || e.Code != session.CodeInvalidValue || e.Field != "ttlSeconds" || !strings.ContainsAny(e.Message, "0123456789") {
			t.Errorf("Extend by %v returned %v; want an error that names ttlSeconds and the limit", ttl, err)
		}
	}
	if got, err := b.Extend(t.Context(), made.ID, 90*time.Minute, nil); err != nil || got.ExpiresAt != noon.Add(2*time.Hour).Truncate(time.Second) {
		t.Errorf("Extend to the maximum returned %v, %v", got, err)
	}
}

func TestExtendRevivesNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t, time.Hour)
	made := b.create(t, "user")
	_, err := b.Extend(t.Context(), "absent", time.Minute, nil)
	wantErrorIs(t, "Extend of no session", err, session.ErrNotFound)
	_, err = b.Extend(t.Context(), made.ID, time.Minute, session.Match{2})
	wantErrorIs(t, "Extend at another version", err, session.ErrConflict)
	b.now = made.ExpiresAt
	_, err = b.Extend(t.Context(), made.ID, time.Minute, nil)
	wantErrorIs(t, "Extend of an expired session", err, session.ErrExpired)
}

func TestExtendIsTriedAgainAfterAnActivityMeanwhile(t *testing.T) {
	t.Parallel()
	b, made := idle(t, session.Options{MaxTTL: 3 * time.Hour})
	b.now = noon.Add(5 * time.Minute)
	touched := false
	b.store.beforeWrite = func() {
		if !touched {
			touched = true
			if _, err := b.Touch(t.Context(), made.ID); err != nil {
				t.Error(err)
			}
		}
	}
	got, err := b.Extend(t.Context(), made.ID, 2*time.Hour, nil)
	if err != nil || !got.LastActiveAt.Equal(b.now) || got.ExpiresAt != noon.Add(15*time.Minute).Truncate(time.Second) {
		t.Errorf("Extend beside a touch returned %+v, %v; want the activity kept", got, err)
	}
}
