package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"session-api"
)

const (
	// lifetime is how long the sessions of the suite live.
	lifetime = time.Hour
	// user owns every session for which the user does not matter.
	user = "user-1"
)

var (
	// epoch is when the sessions of the suite are made. It uses all six digits
	// of a second, and lies beyond every sweep of rows by the real clock.
	epoch = time.Date(2100, time.February, 3, 4, 5, 6, 123456000, time.UTC)
	// expiry is when they end, in whole seconds.
	expiry = epoch.Add(lifetime).Truncate(time.Second)
	// during is a time at which they are active.
	during = epoch.Add(lifetime / 2)
)

// tick is the smallest step of time that a row keeps.
const tick = session.TimePrecision

// newSession returns a session of user as the Service makes them.
func newSession(id string) *session.Session {
	return &session.Session{
		ID:        id,
		UserID:    user,
		Data:      []byte(`{"made":"first"}`),
		CreatedAt: epoch,
		ExpiresAt: expiry,
		Version:   1,
	}
}

// newExpired returns a session that was over before during.
func newExpired(id string) *session.Session {
	s := newSession(id)
	s.ExpiresAt = during.Add(-lifetime / 4).Truncate(time.Second)
	return s
}

// numbered returns n sessions of user, each made one tick after the one before;
// their ids sort in the same order.
func numbered(prefix string, n int) []*session.Session {
	all := make([]*session.Session, n)
	for i := range all {
		all[i] = newSession(fmt.Sprintf("%s-%04d", prefix, i))
		all[i].CreatedAt = epoch.Add(time.Duration(i) * tick)
	}
	return all
}

// change is an update at during that sets data.
func change(data string) session.Change {
	return session.Change{Data: []byte(data), At: during}
}

// anyVersion is the condition of a write at during without a version.
var anyVersion = session.Condition{Now: during}

// atVersion is the condition of a write at during that names a version.
func atVersion(v int64) session.Condition {
	return session.Condition{Now: during, Version: &v}
}

// updated returns what s is after c.
func updated(s *session.Session, c session.Change) *session.Session {
	u := s.Clone()
	u.Data, u.UpdatedAt, u.Version = c.Data, c.At, s.Version+1
	return u
}

// mustCreate stores sessions that nothing stands against.
func mustCreate(t reporter, store session.Store, sessions ...*session.Session) {
	t.Helper()
	for _, s := range sessions {
		if err := store.Create(t.Context(), s); err != nil {
			t.Fatalf("Create of the new id %s: %v", short(s.ID), err)
		}
	}
}

// mustUpdate updates a row that nothing stands against and returns it.
func mustUpdate(t reporter, store session.Store, id string, c session.Change) *session.Session {
	t.Helper()
	s, err := store.Update(t.Context(), id, c, anyVersion)
	if err != nil {
		t.Fatalf("Update of the active session %s: %v", short(id), err)
	}
	return s
}

// mustDelete deletes a row that nothing stands against and returns it.
func mustDelete(t reporter, store session.Store, id string) *session.Session {
	t.Helper()
	s, err := store.Delete(t.Context(), id, anyVersion)
	if err != nil {
		t.Fatalf("Delete of the active session %s: %v", short(id), err)
	}
	return s
}

// wantStored fails unless Get returns want.
func wantStored(t reporter, store session.Store, want *session.Session) {
	t.Helper()
	got, err := store.Get(t.Context(), want.ID)
	if err != nil {
		t.Errorf("Get of the stored %s: %v", short(want.ID), err)
		return
	}
	wantSame(t, "Get", got, want)
}

// wantAbsent fails unless Get finds no row.
func wantAbsent(t reporter, store session.Store, id string) {
	t.Helper()
	_, err := store.Get(t.Context(), id)
	wantError(t, "Get of "+short(id)+", which is not stored,", err, session.ErrNotFound)
}

// wantError fails unless err matches target.
func wantError(t reporter, what string, err, target error) {
	t.Helper()
	if !errors.Is(err, target) {
		t.Errorf("%s returned the error %v; want %v", what, err, target)
	}
}

// wantConflict fails unless err is a conflict with a row at version found.
func wantConflict(t reporter, what string, err error, found int64) {
	t.Helper()
	wantError(t, what, err, session.ErrConflict)
	var e *session.Error
	if errors.As(err, &e) && e.Code == session.CodeConflict && e.Version != found {
		t.Errorf("%s: the conflict says version %d; the row is at %d", what, e.Version, found)
	}
}

// wantSame fails for each field in which got differs from want.
func wantSame(t reporter, what string, got, want *session.Session) {
	t.Helper()
	if got == nil {
		t.Errorf("%s of %s returned no session", what, short(want.ID))
		return
	}
	id := short(want.ID)
	differs := func(field string, got, want any) {
		t.Errorf("%s of %s: %s is %v; want %v", what, id, field, got, want)
	}
	if got.ID != want.ID {
		differs("ID", short(got.ID), short(want.ID))
	}
	if got.UserID != want.UserID {
		differs("UserID", short(got.UserID), short(want.UserID))
	}
	if got.Version != want.Version {
		differs("Version", got.Version, want.Version)
	}
	if !bytes.Equal(got.Data, want.Data) {
		differs("Data", short(string(got.Data)), short(string(want.Data)))
	}
	sameTime(differs, "CreatedAt", got.CreatedAt, want.CreatedAt)
	sameTime(differs, "UpdatedAt", got.UpdatedAt, want.UpdatedAt)
	sameTime(differs, "ExpiresAt", got.ExpiresAt, want.ExpiresAt)
}

func sameTime(differs func(field string, got, want any), field string, got, want time.Time) {
	switch {
	case !got.Equal(want):
		differs(field, got.Format(time.RFC3339Nano), want.Format(time.RFC3339Nano))
	case got.Location() != time.UTC:
		differs("the zone of "+field, got.Location(), time.UTC)
	}
}

// maxShown is how much of a long value a failure shows, in bytes.
const maxShown = 80

// short returns s quoted for a failure, cut if it is long.
func short(s string) string {
	if len(s) <= maxShown {
		return fmt.Sprintf("%q", s)
	}
	return fmt.Sprintf("%q… (%d bytes)", s[:maxShown], len(s))
}
