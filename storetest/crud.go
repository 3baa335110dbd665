package storetest

import (
	"time"

	"session-api"
)

var crudChecks = []check{
	{"CreateKeepsEveryField", createKeepsEveryField},
	{"CreateRefusesATakenID", createRefusesATakenID},
	{"CreateRefusesTheIDOfAnExpiredRow", createRefusesTheIDOfAnExpiredRow},
	{"CreateTakesTheIDOfADeletedRow", createTakesTheIDOfADeletedRow},
	{"GetFindsNothingThatIsNotStored", getFindsNothingThatIsNotStored},
	{"GetReturnsExpiredRows", getReturnsExpiredRows},
	{"UpdateReplacesDataAndRaisesTheVersion", updateReplacesDataAndRaisesTheVersion},
	{"UpdateNeverMakesARow", updateNeverMakesARow},
	{"DeleteReturnsTheRowAndRemovesIt", deleteReturnsTheRowAndRemovesIt},
	{"AWriteTouchesOneRow", aWriteTouchesOneRow},
	{"SessionsHandedInAreNotKept", sessionsHandedInAreNotKept},
	{"SessionsHandedOutAreNotShared", sessionsHandedOutAreNotShared},
	{"StatusIsActive", statusIsActive},
}

func createKeepsEveryField(t reporter, store session.Store) {
	s := newSession("fresh")
	mustCreate(t, store, s)
	wantStored(t, store, s)

	// Rows of older writers come with any version and may have been updated.
	old := newSession("older")
	old.Version, old.UpdatedAt = 41, epoch.Add(tick)
	mustCreate(t, store, old)
	wantStored(t, store, old)

	mustCreate(t, store, newFull("full"))
	wantStored(t, store, newFull("full"))
}

func createRefusesATakenID(t reporter, store session.Store) {
	wantTaken(t, store, newSession("taken"))
}

func createRefusesTheIDOfAnExpiredRow(t reporter, store session.Store) {
	wantTaken(t, store, newExpired("taken"))
}

// wantTaken stores s and fails unless another session of its id is refused and
// leaves no trace.
func wantTaken(t reporter, store session.Store, s *session.Session) {
	t.Helper()
	mustCreate(t, store, s)
	other := newSession(s.ID)
	other.UserID, other.Data, other.Version = "user-2", []byte(`"other"`), 7
	wantError(t, "Create of a taken id", store.Create(t.Context(), other), session.ErrExists)
	wantStored(t, store, s)
	wantWalk(t, listOf(store, other.UserID))
}

func createTakesTheIDOfADeletedRow(t reporter, store session.Store) {
	mustCreate(t, store, newSession("again"))
	mustUpdate(t, store, "again", change(`"left behind"`))
	mustDelete(t, store, "again")

	second := newSession("again")
	second.UserID, second.Data = "user-2", []byte(`"second"`)
	mustCreate(t, store, second)
	wantStored(t, store, second)
	wantWalk(t, listOf(store, user))
	wantWalk(t, listOf(store, second.UserID), second)
}

func getFindsNothingThatIsNotStored(t reporter, store session.Store) {
	wantAbsent(t, store, "absent")
	mustCreate(t, store, newSession("present"))
	for _, id := range []string{"absent", "presen", "present1", "Present", user} {
		wantAbsent(t, store, id)
	}
}

func getReturnsExpiredRows(t reporter, store session.Store) {
	s := newExpired("over")
	mustCreate(t, store, s)
	wantStored(t, store, s)
}

func updateReplacesDataAndRaisesTheVersion(t reporter, store session.Store) {
	want := newSession("row")
	mustCreate(t, store, want)
	for i, data := range []string{`{"second":true}`, `[]`} {
		c := session.Change{Data: []byte(data), At: epoch.Add(time.Duration(i+1) * tick)}
		want = updated(want, c)
		got, err := store.Update(t.Context(), want.ID, c, anyVersion)
		if err != nil {
			t.Fatalf("Update of an active session: %v", err)
		}
		wantSame(t, "Update", got, want)
		wantStored(t, store, want)
	}
}

func updateNeverMakesARow(t reporter, store session.Store) {
	for _, cond := range []session.Condition{anyVersion, atVersion(0), atVersion(1)} {
		_, err := store.Update(t.Context(), "never", change(`1`), cond)
		wantError(t, "Update of an absent id", err, session.ErrNotFound)
	}
	wantAbsent(t, store, "never")
	wantWalk(t, listOf(store, user))
	wantWalk(t, listAll(store))
}

func deleteReturnsTheRowAndRemovesIt(t reporter, store session.Store) {
	mustCreate(t, store, newSession("row"))
	want := updated(newSession("row"), change(`"last words"`))
	mustUpdate(t, store, "row", change(`"last words"`))

	wantSame(t, "Delete", mustDelete(t, store, "row"), want)
	wantAbsent(t, store, "row")
	_, err := store.Delete(t.Context(), "row", anyVersion)
	wantError(t, "The second Delete", err, session.ErrNotFound)
	_, err = store.Update(t.Context(), "row", change(`1`), anyVersion)
	wantError(t, "Update after Delete", err, session.ErrNotFound)
	wantWalk(t, listOf(store, user))
	wantWalk(t, listAll(store))
}

func aWriteTouchesOneRow(t reporter, store session.Store) {
	rows := numbered("row", 3)
	mustCreate(t, store, rows...)
	mustDelete(t, store, rows[0].ID)
	mustUpdate(t, store, rows[1].ID, change(`2`))

	wantAbsent(t, store, rows[0].ID)
	wantStored(t, store, updated(rows[1], change(`2`)))
	wantStored(t, store, rows[2])
}

func sessionsHandedInAreNotKept(t reporter, store session.Store) {
	s := newFull("row")
	want := s.Clone()
	mustCreate(t, store, s)
	scribble(s)
	wantStored(t, store, want)

	c := change(`"as handed in"`)
	want = updated(want, change(`"as handed in"`))
	mustUpdate(t, store, want.ID, c)
	scribbleData(c.Data)
	wantStored(t, store, want)
}

func sessionsHandedOutAreNotShared(t reporter, store session.Store) {
	want := newFull("row")
	mustCreate(t, store, want)
	read, err := store.Get(t.Context(), want.ID)
	if err != nil {
		t.Fatalf("Get of a stored session: %v", err)
	}
	scribble(read)
	wantStored(t, store, want)

	for _, list := range bothLists(store) {
		for _, s := range list.walk(t, during, 10) {
			scribble(s)
		}
		wantStored(t, store, want)
	}

	c := change(`"second"`)
	want = updated(want, c)
	scribble(mustUpdate(t, store, want.ID, c))
	wantStored(t, store, want)

	scribble(mustRetime(t, store, want.ID, want.Times(), false))
	wantStored(t, store, want)
}

// scribble overwrites everything that a receiver of s may.
func scribble(s *session.Session) {
	scribbleData(s.Data)
	for i := range s.Auth.AMR {
		s.Auth.AMR[i] = "scribbled"
	}
	s.UserID, s.Version, s.RotatedTo = "scribbled", -1, "scribbled"
	s.CreatedAt, s.UpdatedAt, s.ExpiresAt = during, during, during
	s.AbsoluteExpiresAt, s.LastActiveAt, s.IdleTimeout = during, during, lifetime
	s.Client, s.Auth.Time, s.Auth.ACR = session.Client{Label: "scribbled"}, during, "scribbled"
}

func scribbleData(data []byte) {
	for i := range data {
		data[i] = '#'
	}
}

func statusIsActive(t reporter, store session.Store) {
	status, err := store.Status(t.Context())
	if err != nil {
		t.Fatalf("Status of an open store: %v", err)
	}
	if status.State != session.StateActive {
		t.Errorf("Status says the state %q; want %q", status.State, session.StateActive)
	}
	if status.Table == "" {
		t.Errorf("Status names no table; people need to know where the sessions are")
	}
}
