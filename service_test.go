package session_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"session-api"
	"session-api/store/memory"
)

func TestCreateMakesASessionOfTheClockAndTheIDSource(t *testing.T) {
	t.Parallel()
	b := newBench(t, 24*time.Hour)
	b.now = noon.Add(789).In(time.FixedZone("east", 3600))
	made, err := b.Create(t.Context(), session.New{UserID: "user", Data: []byte(`{"a":1}`)})
	if err != nil {
		t.Fatal(err)
	}
	stored, err := b.Get(t.Context(), "id-1")
	if err != nil {
		t.Fatal(err)
	}
	for what, s := range map[string]*session.Session{"created": made, "stored": stored} {
		if s.ID != "id-1" || s.UserID != "user" || string(s.Data) != `{"a":1}` || s.Version != 1 || !s.UpdatedAt.IsZero() {
			t.Errorf("the %s session is %+v", what, s)
		}
		if s.CreatedAt != noon {
			t.Errorf("the %s session was created at %v; want %v, in UTC and microseconds", what, s.CreatedAt, noon)
		}
		if want := noon.Add(24 * time.Hour).Truncate(time.Second); s.ExpiresAt != want {
			t.Errorf("the %s session expires at %v; want %v", what, s.ExpiresAt, want)
		}
	}
}

func TestUpdateKeepsTheExpiry(t *testing.T) {
	t.Parallel()
	b := newBench(t, time.Hour)
	made := b.create(t, "user")
	b.now = noon.Add(30*time.Minute + 7)
	got, err := b.Update(t.Context(), made.ID, []byte(`[1]`), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got.ExpiresAt != made.ExpiresAt || got.CreatedAt != made.CreatedAt {
		t.Errorf("an update changed the session's times to %v and %v", got.CreatedAt, got.ExpiresAt)
	}
	if want := noon.Add(30 * time.Minute); got.UpdatedAt != want || string(got.Data) != `[1]` || got.Version != 2 {
		t.Errorf("the updated session is %+v; want it at version 2, updated at %v", got, want)
	}
}

func TestWritesNameTheVersionTheyReplace(t *testing.T) {
	t.Parallel()
	b := newBench(t, time.Hour)
	id := b.create(t, "user").ID
	one, two := session.Match{1}, session.Match{2}
	if _, err := b.Update(t.Context(), id, []byte(`1`), one); err != nil {
		t.Fatalf("update at the session's version: %v", err)
	}
	for what, write := range map[string]func() (*session.Session, error){
		"a late update": func() (*session.Session, error) { return b.Update(t.Context(), id, []byte(`2`), one) },
		"a late delete": func() (*session.Session, error) { return b.Delete(t.Context(), id, one) },
	} {
		_, err := write()
		var e *session.Error
		if !errors.As(err, &e) || e.Code != session.CodeConflict || e.Version != 2 {
			t.Errorf("%s returned %v; want a conflict with version 2", what, err)
		}
	}
	ended, err := b.Delete(t.Context(), id, two)
	if err != nil || string(ended.Data) != `1` {
		t.Errorf("delete at the session's version returned %v, %v", ended, err)
	}
}

func TestATakenIDIsAnError(t *testing.T) {
	t.Parallel()
	b := newBench(t, time.Hour)
	b.create(t, "user")
	b.made.Store(0)
	_, err := b.Create(t.Context(), session.New{UserID: "other", Data: []byte(`{}`)})
	wantErrorIs(t, "Create with an id that is taken", err, session.ErrExists)
}

func TestAServiceNeedsSoundOptions(t *testing.T) {
	t.Parallel()
	key := []byte("this key must not be shown: 0123")
	for what, o := range map[string]session.Options{
		"no lifetime":                      {CursorKey: key},
		"a negative lifetime":              {CursorKey: key, TTL: -time.Hour},
		"too short a lifetime":             {CursorKey: key, TTL: session.MinTTL - 1},
		"a maximum below the lifetime":     {CursorKey: key, TTL: time.Hour, MaxTTL: time.Minute},
		"half a second of idle timeout":    {CursorKey: key, TTL: time.Hour, IdleTimeout: time.Second / 2},
		"a negative idle timeout":          {CursorKey: key, TTL: time.Hour, IdleTimeout: -time.Second},
		"an idle timeout over the maximum": {CursorKey: key, TTL: time.Hour, IdleTimeout: 2 * time.Hour},
		"a negative touch interval":        {CursorKey: key, TTL: time.Hour, TouchInterval: -1},
		"too long a touch interval":        {CursorKey: key, TTL: time.Hour, IdleTimeout: time.Minute, TouchInterval: 31 * time.Second},
		"a negative limit":                 {CursorKey: key, TTL: time.Hour, MaxPerUser: -1},
		"too high a limit":                 {CursorKey: key, TTL: time.Hour, MaxPerUser: session.MaxPerUserLimit + 1},
		"no such policy":                   {CursorKey: key, TTL: time.Hour, LimitPolicy: "newest"},
		"too much data":                    {CursorKey: key, TTL: time.Hour, MaxDataBytes: session.MaxDataBytes + 1},
		"a negative limit of data":         {CursorKey: key, TTL: time.Hour, MaxDataBytes: -1},
		"no cursor key":                    {TTL: time.Hour},
		"too short a cursor key":           {TTL: time.Hour, CursorKey: key[:31]},
	} {
		s, err := session.NewService(memory.New(), o)
		if err == nil || s != nil {
			t.Errorf("a Service with %s is made; want an error", what)
		} else if strings.Contains(err.Error(), "must not be shown") {
			t.Errorf("the error for %s shows the cursor key: %v", what, err)
		}
	}
	if _, err := session.NewService(memory.New(), session.Options{CursorKey: key, TTL: session.MinTTL}); err != nil {
		t.Errorf("a Service with the least options is refused: %v", err)
	}
}

func TestAServiceMakesLabelledIDsOnTheRealClockByItself(t *testing.T) {
	t.Parallel()
	s, err := session.NewService(memory.New(), session.Options{CursorKey: make([]byte, session.CursorKeyBytes), TTL: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	before := time.Now().Truncate(session.TimePrecision)
	made, err := s.Create(t.Context(), session.New{UserID: "ann", Data: []byte(`{}`)})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(made.ID, "session-ann-") {
		t.Errorf("the id is %q; want a labelled one", made.ID)
	}
	if made.CreatedAt.Before(before) || made.CreatedAt.After(time.Now()) {
		t.Errorf("the session was created at %v; want now", made.CreatedAt)
	}
}

func TestReadinessIsTheStores(t *testing.T) {
	t.Parallel()
	b := newBench(t, time.Hour)
	if got, err := b.Ready(t.Context()); err != nil || got.State != session.StateActive || got.Table != "memory" {
		t.Errorf("Ready on an open store returned %+v, %v", got, err)
	}
	cause := errors.New("no route to the table")
	for _, fail := range []error{cause, session.Unavailable(cause)} {
		b.store.fail = fail
		_, err := b.Ready(t.Context())
		wantErrorIs(t, "Ready on a failing store", err, session.ErrUnavailable)
		wantErrorIs(t, "Ready on a failing store", err, cause)
	}
}

func TestErrorsOfTheStoreReachTheCaller(t *testing.T) {
	t.Parallel()
	b := newBench(t, time.Hour)
	b.store.fail = session.Unavailable(errors.New("the disk is full"))
	for name, op := range map[string]func() error{
		"Create":             func() error { _, err := b.Create(t.Context(), session.New{UserID: "user", Data: nil}); return err },
		"Get":                func() error { _, err := b.Get(t.Context(), "id"); return err },
		"Update":             func() error { _, err := b.Update(t.Context(), "id", nil, nil); return err },
		"Delete":             func() error { _, err := b.Delete(t.Context(), "id", nil); return err },
		"List":               func() error { _, err := b.List(t.Context(), "", session.ListQuery{}); return err },
		"ListByUser":         func() error { _, err := b.ListByUser(t.Context(), "user", session.ListQuery{}); return err },
		"Touch":              func() error { _, err := b.Touch(t.Context(), "id"); return err },
		"Patch":              func() error { _, err := b.Patch(t.Context(), "id", setToOne, nil); return err },
		"Extend":             func() error { _, err := b.Extend(t.Context(), "id", time.Minute, nil); return err },
		"Rotate":             func() error { _, err := b.Rotate(t.Context(), "id", session.Rotation{}, nil); return err },
		"CreateOnce":         func() error { _, _, err := b.CreateOnce(t.Context(), "key", aCreate); return err },
		"EndUser":            func() error { _, err := b.EndUser(t.Context(), "user", ""); return err },
		"EndUser except one": func() error { _, err := b.EndUser(t.Context(), "user", "id"); return err },
	} {
		wantErrorIs(t, name, op(), b.store.fail)
	}
}
