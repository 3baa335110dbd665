package atrest_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"session-api"
	"session-api/store/atrest"
	"session-api/store/memory"
)

// fromBefore returns a store without ids, before an engine with a session that was
// stored under its id, one of a secret that is gone, and one that can be used.
func fromBefore(t *testing.T) (*atrest.Store, *memory.Store, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	engine := memory.New()
	mustCreate(t, engine, newRow(formerID, "user"))
	gone := idKeys(t, 9)
	mustCreate(t, atrest.New(engine, atrest.Options{IDs: gone}), newRow(gone.NewIDs(session.NewOpaqueID)(""), "user"))
	store := atrest.New(engine, atrest.Options{IDs: idKeys(t, 1), Logger: slog.New(slog.NewTextHandler(&log, nil))})
	mustCreate(t, store, newRow("session-new", "user"))
	return store, engine, &log
}

const formerID = "session-user-FORMERFORMERFORMER"

func TestSessionsFromBeforeAreOutOfReachAndOnNoList(t *testing.T) {
	t.Parallel()
	store, _, log := fromBefore(t)
	_, err := store.Get(t.Context(), formerID)
	wantErrorIs(t, "Get", err, session.ErrNotFound)
	_, err = store.Delete(t.Context(), formerID, active)
	wantErrorIs(t, "Delete", err, session.ErrNotFound)
	q := session.PageQuery{Now: noon, Limit: 9}
	want := idKeys(t, 1).Handle("session-new")
	for range 2 {
		all, err1 := store.List(t.Context(), q)
		user, err2 := store.ListByUser(t.Context(), "user", q)
		for _, p := range []session.Page{all, user} {
			if err1 != nil || err2 != nil || len(p.Sessions) != 1 || p.Sessions[0].ID != want {
				t.Errorf("a list has %+v, %v, %v", p.Sessions, err1, err2)
			}
		}
	}
	if s := log.String(); strings.Count(s, "\n") != 1 || strings.Contains(s, "FORMER") {
		t.Errorf("the log says %s", s)
	}
}

func TestWhoEndsAllOfAUserEndsThoseFromBeforeToo(t *testing.T) {
	t.Parallel()
	store, engine, _ := fromBefore(t)
	p, err := store.ListByUser(t.Context(), "user", session.PageQuery{Now: noon, Limit: 9, IDsOnly: true})
	if err != nil || len(p.Sessions) != 3 {
		t.Fatalf("ListByUser returned %d sessions, %v", len(p.Sessions), err)
	}
	for _, s := range p.Sessions {
		if strings.Contains(s.ID, "FORMER") || s.Data != nil {
			t.Errorf("the list shows %+v", s)
		}
		if _, err := store.Get(t.Context(), s.ID); !session.IsHandle(s.ID) && err == nil {
			t.Errorf("%s can be read", s.ID)
		}
		if ended, err := store.Delete(t.Context(), s.ID, active); err != nil || ended.ID != s.ID || strings.Contains(ended.Handle, "FORMER") {
			t.Errorf("Delete of %s returned %+v, %v", s.ID, ended, err)
		}
	}
	if p, err := engine.List(t.Context(), session.PageQuery{Now: noon, Limit: 9}); err != nil || len(p.Sessions) != 0 {
		t.Errorf("%d sessions are left, %v", len(p.Sessions), err)
	}
}

func TestANameThatNobodyGaveOutEndsNothing(t *testing.T) {
	t.Parallel()
	store, _, _ := fromBefore(t)
	for _, name := range []string{"former-", "former-!", "former-AAAA", "former-" + strings.Repeat("A", 200), "former-" + formerID} {
		_, err := store.Delete(t.Context(), name, active)
		wantErrorIs(t, "Delete of "+name, err, session.ErrNotFound)
	}
}
