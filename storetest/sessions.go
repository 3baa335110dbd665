package storetest

import (
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

// newFull returns a session that makes use of every field.
func newFull(id string) *session.Session {
	s := newSession(id)
	s.UpdatedAt, s.Version = epoch.Add(tick), 2
	s.AbsoluteExpiresAt = expiry.Add(lifetime)
	s.IdleTimeout = lifetime / 2
	s.LastActiveAt = epoch.Add(lifetime/4 + 7*tick)
	s.Client = session.Client{
		IP: "2001:db8::7", UserAgent: "Mozilla/5.0 (X11; Linux x86_64)", DeviceName: "Zoë's phone", Label: "at home",
	}
	s.Auth = session.Auth{Time: epoch.Add(-3 * tick), AMR: []string{"pwd", "otp", "mfa"}, ACR: "urn:example:loa:2"}
	return s
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

// atTimes is the condition of a write at during that names times.
func atTimes(t session.Times) session.Condition {
	return session.Condition{Now: during, Times: &t}
}

// updated returns what s is after c.
func updated(s *session.Session, c session.Change) *session.Session {
	u := s.Clone()
	u.Data, u.UpdatedAt, u.Version = c.Data, c.At, s.Version+1
	return u
}

// retimed returns what s is at other times.
func retimed(s *session.Session, to session.Times, raise bool) *session.Session {
	r := s.Clone()
	r.ExpiresAt, r.AbsoluteExpiresAt, r.LastActiveAt = to.ExpiresAt, to.AbsoluteExpiresAt, to.LastActiveAt
	if raise {
		r.Version++
	}
	return r
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

// createAll is mustCreate for many, side by side.
func createAll(t reporter, store session.Store, sessions []*session.Session) {
	t.Helper()
	inParallel(t, len(sessions), func(i int) {
		if err := store.Create(t.Context(), sessions[i]); err != nil {
			t.Errorf("Create of the new id %s: %v", short(sessions[i].ID), err)
		}
	})
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

// mustRetime gives other times to a row that nothing stands against, and returns it.
func mustRetime(t reporter, store session.Store, id string, to session.Times, raise bool) *session.Session {
	t.Helper()
	s, err := store.Retime(t.Context(), id, to, raise, anyVersion)
	if err != nil {
		t.Fatalf("Retime of the active session %s: %v", short(id), err)
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
