package atrest_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"session-api"
	"session-api/store/atrest"
	"session-api/store/memory"
)

// noon is when these tests happen.
var noon = time.Date(2026, time.November, 25, 12, 0, 0, 123456000, time.UTC)

func newRow(id, user string) *session.Session {
	return &session.Session{
		ID: id, UserID: user, Data: []byte(`{"secret":"` + canary + `"}`), Version: 1,
		CreatedAt: noon, ExpiresAt: noon.Add(time.Hour).Truncate(time.Second),
	}
}

// canary is what data has that must not be found anywhere.
const canary = "CANARY-OF-DATA"

// active is the condition of a write at noon.
var active = session.Condition{Now: noon}

func wantErrorIs(t *testing.T, what string, err, target error) {
	t.Helper()
	if !errors.Is(err, target) {
		t.Errorf("%s returned %v; want %v", what, err, target)
	}
}

// hashed returns a store without ids before a memory engine, with a session in it.
func hashed(t *testing.T) (store *atrest.Store, engine *memory.Store, id, handle string) {
	t.Helper()
	keys, engine := idKeys(t, 1), memory.New()
	id = keys.NewIDs(session.NewLabelledID)("user")
	store = atrest.New(engine, atrest.Options{IDs: keys})
	row := newRow(id, "user")
	row.Handle = keys.Handle(id) // as the service has it
	mustCreate(t, store, row)
	return store, engine, id, row.Handle
}

func TestAHandleTellsNothingOfTheID(t *testing.T) {
	t.Parallel()
	keys := idKeys(t, 1)
	id := keys.NewIDs(session.NewLabelledID)("ada")
	handle := keys.Handle(id)
	if !session.IsHandle(handle) || strings.Contains(handle, "ada") || session.IsHandle(id) || keys.Handle(handle) != handle {
		t.Errorf("the handle of %s is %s", id, handle)
	}
	if other := idKeys(t, 2).Handle(id); other == handle || other[9:] == handle[9:] {
		t.Error("another secret makes the same handle")
	}
	if again := idKeys(t, 1).Handle(id); again != handle {
		t.Errorf("the same secret makes %s and %s", handle, again)
	}
	if !strings.HasPrefix(session.Redact(id), "session-ada-") || strings.Contains(session.Redact(handle), handle[7:13]) {
		t.Errorf("they are redacted to %s and %s", session.Redact(id), session.Redact(handle))
	}
}

func TestASessionIsHadBackByItsIDWithItsHandle(t *testing.T) {
	t.Parallel()
	store, engine, id, handle := hashed(t)
	got, err := store.Get(t.Context(), id)
	if err != nil || got.ID != id || got.Handle != handle || got.Listed() != handle {
		t.Errorf("Get returned %+v, %v", got, err)
	}
	if _, err := engine.Get(t.Context(), id); !errors.Is(err, session.ErrNotFound) {
		t.Error("the engine has the id")
	}
	for name, walk := range map[string]func() (session.Page, error){
		"List": func() (session.Page, error) { return store.List(t.Context(), session.PageQuery{Now: noon, Limit: 9}) },
		"ListByUser": func() (session.Page, error) {
			return store.ListByUser(t.Context(), "user", session.PageQuery{Now: noon, Limit: 9})
		},
	} {
		p, err := walk()
		if err != nil || len(p.Sessions) != 1 || p.Sessions[0].ID != handle || p.Sessions[0].Handle != "" || p.Sessions[0].Listed() != handle {
			t.Errorf("%s returned %+v, %v", name, p, err)
		}
	}
}

func TestAHandleShowsNoMoreThanAList(t *testing.T) {
	t.Parallel()
	store, _, _, handle := hashed(t)
	got, err := store.Get(t.Context(), handle)
	if err != nil || got.ID != handle || got.Handle != "" || got.UserID != "user" || got.Data != nil {
		t.Errorf("Get of a handle returned %+v, %v", got, err)
	}
	_, err = store.Update(t.Context(), handle, session.Change{Data: []byte(`1`), At: noon}, active)
	wantErrorIs(t, "Update by a handle", err, session.ErrNotFound)
	_, err = store.Retime(t.Context(), handle, session.Times{}, true, active)
	wantErrorIs(t, "Retime by a handle", err, session.ErrNotFound)
	if err := store.Create(t.Context(), newRow(handle, "user")); err == nil {
		t.Error("a session is made whose id is a handle")
	}
	ended, err := store.Delete(t.Context(), handle, active)
	if err != nil || ended.ID != handle || ended.UserID != "user" || ended.Data != nil {
		t.Errorf("Delete by a handle returned %+v, %v", ended, err)
	}
	_, err = store.Get(t.Context(), handle)
	wantErrorIs(t, "Get of what has ended", err, session.ErrNotFound)
}

func TestAFormerIDLeadsOnAndItsHandleOnlyToAHandle(t *testing.T) {
	t.Parallel()
	store, engine, id, handle := hashed(t)
	next := newRow(id+"2", "user")
	ending := session.Ending{ID: handle, Cond: active, Alias: &session.Alias{To: next.ID, Until: noon.Add(time.Minute)}}
	rotation := session.Transaction{Create: next, End: []session.Ending{ending}}
	wantErrorIs(t, "a rotation by a handle", store.Apply(t.Context(), rotation), session.ErrNotFound)
	rotation.End[0].ID = id
	if err := store.Apply(t.Context(), rotation); err != nil || rotation.End[0].ID != id || rotation.End[0].Alias.To != next.ID || rotation.Create.ID != next.ID {
		t.Fatalf("Apply returned %v and left %+v of what it was given", err, rotation)
	}
	if got, err := store.Get(t.Context(), id); err != nil || got.ID != id || got.RotatedTo != next.ID {
		t.Errorf("the former id leads to %+v, %v; want %s", got, err, next.ID)
	}
	newHandle := idKeys(t, 1).Handle(next.ID)
	if got, err := store.Get(t.Context(), handle); err != nil || got.RotatedTo != newHandle {
		t.Errorf("the former handle leads to %+v, %v; want %s", got, err, newHandle)
	}
	kept, err := engine.Get(t.Context(), handle)
	if err != nil || kept.RotatedTo == "" || strings.Contains(kept.RotatedTo, next.ID) {
		t.Errorf("the engine has %+v, %v", kept, err)
	}
	byHandle := session.Transaction{End: []session.Ending{{ID: newHandle, Cond: active}}}
	if err := store.Apply(t.Context(), byHandle); err != nil {
		t.Errorf("an ending by a handle returned %v", err)
	}
}

// TestAnAliasCannotBeMovedToAnotherID because whoever can write the table could
// lead others to a session of theirs.
func TestAnAliasCannotBeMovedToAnotherID(t *testing.T) {
	t.Parallel()
	store, engine, id, handle := hashed(t)
	alias := &session.Alias{To: "session-mine", Until: noon.Add(time.Minute)}
	if err := store.Apply(t.Context(), session.Transaction{End: []session.Ending{{ID: id, Cond: active, Alias: alias}}}); err != nil {
		t.Fatal(err)
	}
	stolen, err := engine.Get(t.Context(), handle)
	if err != nil {
		t.Fatal(err)
	}
	keys := idKeys(t, 1)
	for _, to := range []string{stolen.RotatedTo, "session-mine", stolen.RotatedTo[:5]} {
		victim := newRow(id+"victim", "user")
		if err := store.Create(t.Context(), victim); err != nil {
			t.Fatal(err)
		}
		planted := session.Ending{ID: keys.Handle(victim.ID), Cond: active, Alias: &session.Alias{To: to, Until: alias.Until}}
		if err := engine.Apply(t.Context(), session.Transaction{End: []session.Ending{planted}}); err != nil {
			t.Fatal(err)
		}
		_, err = store.Get(t.Context(), victim.ID)
		wantErrorIs(t, "Get of an alias that was moved", err, session.ErrUnreadable)
		id += "x"
	}
}
