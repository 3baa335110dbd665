package session_test

import (
	"errors"
	"testing"
	"time"

	"session-api"
)

// idle is a session with an idle timeout of ten minutes and a lifetime of an hour.
func idle(t *testing.T, o session.Options) (*bench, *session.Session) {
	t.Helper()
	o.TTL = time.Hour
	b := newBenchOf(t, o)
	return b, b.createNew(t, session.New{UserID: "user", Data: []byte(`{}`), IdleTimeout: 10 * time.Minute})
}

func TestAnIdleSessionEndsAtTheEarlierOfItsEnds(t *testing.T) {
	t.Parallel()
	b, made := idle(t, session.Options{})
	absolute, idleEnd := noon.Add(time.Hour).Truncate(time.Second), noon.Add(10*time.Minute).Truncate(time.Second)
	if got, _ := made.IdleEnd(); made.ExpiresAt != idleEnd || got != idleEnd || made.AbsoluteEnd() != absolute {
		t.Fatalf("the session ends at %v, idle %v, absolutely %v; want %v and %v", made.ExpiresAt, got, made.AbsoluteEnd(), idleEnd, absolute)
	}
	b.now = idleEnd.Add(-1)
	if _, err := b.Get(t.Context(), made.ID); err != nil {
		t.Errorf("just before its idle end: %v", err)
	}
	b.now = idleEnd
	_, err := b.Get(t.Context(), made.ID)
	wantErrorIs(t, "Get at the idle end", err, session.ErrExpired)
	_, err = b.Touch(t.Context(), made.ID)
	wantErrorIs(t, "Touch at the idle end", err, session.ErrExpired)
}

func TestTouchMovesTheIdleEndAndNothingElse(t *testing.T) {
	t.Parallel()
	b, made := idle(t, session.Options{})
	b.now = noon.Add(5 * time.Minute)
	touched, err := b.Touch(t.Context(), made.ID)
	if err != nil {
		t.Fatal(err)
	}
	want := made.Clone()
	want.LastActiveAt = b.now
	want.ExpiresAt = noon.Add(15 * time.Minute).Truncate(time.Second)
	stored, err := b.Get(t.Context(), made.ID)
	if err != nil || !same(touched, want) || !same(stored, want) {
		t.Errorf("touched:\n%+v\nstored:\n%+v, %v\nwant:\n%+v", touched, stored, err, want)
	}
}

func TestNoActivityMovesTheAbsoluteEnd(t *testing.T) {
	t.Parallel()
	b, made := idle(t, session.Options{})
	for b.now.Before(made.AbsoluteEnd()) {
		touched, err := b.Touch(t.Context(), made.ID)
		if err != nil || touched.ExpiresAt.After(made.AbsoluteEnd()) {
			t.Fatalf("at %v the session ends at %v, %v", b.now, touched.ExpiresAt, err)
		}
		b.now = b.now.Add(7 * time.Minute)
	}
	_, err := b.Touch(t.Context(), made.ID)
	wantErrorIs(t, "Touch after the absolute end", err, session.ErrExpired)
}

func TestRecordsOfActivityAreThrottled(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what     string
		interval time.Duration // the option
		timeout  time.Duration // the session's
		want     time.Duration
	}{
		{"a tenth of the idle timeout", 0, 10 * time.Minute, time.Minute},
		{"the interval that is set", 3 * time.Minute, 10 * time.Minute, 3 * time.Minute},
		{"never so long that an active session ends", 3 * time.Minute, 2 * time.Minute, time.Minute},
		{"a minute without an idle timeout", 0, 0, time.Minute},
		{"the interval without an idle timeout", 3 * time.Minute, 0, 3 * time.Minute},
	} {
		b := newBenchOf(t, session.Options{TTL: time.Hour, TouchInterval: c.interval})
		made := b.createNew(t, session.New{UserID: "user", IdleTimeout: c.timeout})
		for _, late := range []time.Duration{c.want - time.Microsecond, c.want} {
			b.now = noon.Add(late)
			b.store.calls.Store(0)
			touched, err := b.Touch(t.Context(), made.ID)
			wrote := touched.LastActive().After(noon)
			if err != nil || wrote != (late == c.want) || wrote != (b.store.calls.Load() == 2) {
				t.Errorf("%s: after %v activity is recorded: %v, with %d calls, %v", c.what, late, wrote, b.store.calls.Load(), err)
			}
		}
	}
}

func TestReadingIsAnActivityIfItShallBe(t *testing.T) {
	t.Parallel()
	for _, counts := range []bool{false, true} {
		b, made := idle(t, session.Options{TouchOnRead: counts})
		b.now = noon.Add(5 * time.Minute)
		got, err := b.Get(t.Context(), made.ID)
		if err != nil || got.LastActiveAt.Equal(b.now) != counts {
			t.Errorf("with TouchOnRead %v a read leaves %v as the last activity, %v", counts, got.LastActiveAt, err)
		}
		b.store.calls.Store(0)
		if _, err := b.Get(t.Context(), made.ID); err != nil || b.store.calls.Load() != 1 {
			t.Errorf("with TouchOnRead %v a second read costs %d calls, %v", counts, b.store.calls.Load(), err)
		}
	}
}

func TestWritingDataIsAnActivity(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(b *bench, id string) (*session.Session, error){
		"Update": func(b *bench, id string) (*session.Session, error) {
			return b.Update(t.Context(), id, []byte(`1`), nil)
		},
		"Patch": func(b *bench, id string) (*session.Session, error) {
			return b.Patch(t.Context(), id, func([]byte) ([]byte, error) { return []byte(`1`), nil }, nil)
		},
	} {
		b, made := idle(t, session.Options{})
		b.now = noon.Add(5 * time.Minute)
		got, err := write(b, made.ID)
		if err != nil {
			t.Fatal(err)
		}
		stored, err := b.Get(t.Context(), made.ID)
		want := noon.Add(15 * time.Minute).Truncate(time.Second)
		if err != nil || !same(got, stored) || got.ExpiresAt != want || got.Version != 2 || string(got.Data) != `1` {
			t.Errorf("%s returned\n%+v\nand stored\n%+v, %v", name, got, stored, err)
		}
	}
}

func TestAReadThatCannotRecordItIsARead(t *testing.T) {
	t.Parallel()
	b, made := idle(t, session.Options{TouchOnRead: true})
	b.now = noon.Add(5 * time.Minute)
	for _, fail := range []error{session.Unavailable(errors.New("read only")), session.Conflict(1)} {
		b.store.failWrites = fail
		got, err := b.Get(t.Context(), made.ID)
		if err != nil || !same(got, made) {
			t.Errorf("when the record fails with %v, Get returned %v, %v", fail, got, err)
		}
	}
	b.store.failWrites = session.ErrNotFound
	_, err := b.Get(t.Context(), made.ID)
	wantErrorIs(t, "Get of a session that was ended meanwhile", err, session.ErrNotFound)
}

func TestAReadThatCouldNotRecordItEndsWithTheSession(t *testing.T) {
	t.Parallel()
	b, made := idle(t, session.Options{TouchOnRead: true})
	b.now = made.ExpiresAt.Add(-time.Millisecond)
	b.store.beforeWrite = func() { b.now = made.ExpiresAt }
	b.store.failWrites = session.Unavailable(errors.New("slow"))
	_, err := b.Get(t.Context(), made.ID)
	wantErrorIs(t, "Get of a session that ended while it was recorded", err, session.ErrExpired)
}

func TestAWriteInTimeHasNotIdledOut(t *testing.T) {
	t.Parallel()
	b, made := idle(t, session.Options{})
	b.now = made.ExpiresAt.Add(-time.Millisecond)
	first := true
	b.store.beforeWrite = func() {
		if first {
			first = false
			b.now = b.now.Add(2 * time.Millisecond) // the write takes its time
		}
	}
	got, err := b.Update(t.Context(), made.ID, []byte(`1`), nil)
	if err != nil || !got.ExpiresAt.After(made.ExpiresAt) {
		t.Fatalf("Update just before the idle end returned %+v, %v", got, err)
	}
	if _, err := b.Get(t.Context(), made.ID); err != nil {
		t.Errorf("after it: %v", err)
	}
}

// same reports whether two sessions are alike in every field that an answer shows.
func same(a, b *session.Session) bool {
	return a != nil && b != nil && a.ID == b.ID && a.UserID == b.UserID && string(a.Data) == string(b.Data) &&
		a.Version == b.Version && a.CreatedAt.Equal(b.CreatedAt) && a.UpdatedAt.Equal(b.UpdatedAt) &&
		a.Times().Equal(b.Times()) && a.IdleTimeout == b.IdleTimeout && a.Client == b.Client
}
