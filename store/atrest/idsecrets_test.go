package atrest_test

import (
	"strings"
	"testing"

	"session-api"
	"session-api/store/atrest"
	"session-api/store/memory"
)

func TestSecretsThatCannotBeAreRefusedWithoutShowingThem(t *testing.T) {
	t.Parallel()
	secret := []byte("must not be shown, 32 bytes long")
	for what, secrets := range map[string][][]byte{
		"none":     nil,
		"short":    {secret[1:]},
		"long":     {append([]byte("x"), secret...)},
		"the same": {secret, secret},
		"too many": {secretOf(1), secretOf(2), secretOf(3), secretOf(4), secretOf(5), secretOf(6), secretOf(7), secretOf(8), secretOf(9)},
	} {
		k, err := atrest.NewIDKeys(secrets)
		if err == nil || k != nil || strings.Contains(err.Error(), "must not be shown") {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestASecretIsReplacedWithoutALogout walks the three steps of a change over servers
// that are restarted one after the other.
func TestASecretIsReplacedWithoutALogout(t *testing.T) {
	t.Parallel()
	engine := &counted{Store: memory.New()}
	server := func(secrets ...byte) (*atrest.Store, func(string) string) {
		keys := idKeys(t, secrets...)
		return atrest.New(engine, atrest.Options{IDs: keys}), keys.NewIDs(session.NewOpaqueID)
	}
	var ids []string
	visit := func(store *atrest.Store, newID func(string) string) {
		t.Helper()
		id := newID("user")
		if err := store.Create(t.Context(), newRow(id, "user")); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
		for _, id := range ids {
			engine.calls.Store(0)
			if got, err := store.Get(t.Context(), id); err != nil || got.ID != id || engine.calls.Load() != 1 {
				t.Errorf("Get returned %+v, %v after %d calls", got, err, engine.calls.Load())
			}
		}
		if p, err := store.List(t.Context(), session.PageQuery{Now: noon, Limit: 99}); err != nil || len(p.Sessions) != len(ids) {
			t.Errorf("the list has %d sessions, %v; want %d", len(p.Sessions), err, len(ids))
		}
	}
	visit(server(1))
	visit(server(1, 2)) // all know the new one
	visit(server(1))
	visit(server(2, 1)) // it makes handles
	visit(server(1, 2))
	visit(server(2, 1))
	store, _ := server(2) // what the former one made is over, or is lost now
	if p, err := store.List(t.Context(), session.PageQuery{Now: noon, Limit: 99}); err != nil || len(p.Sessions) != 2 {
		t.Errorf("the list has %d sessions, %v; want the two that can still be used", len(p.Sessions), err)
	}
	if _, err := store.Get(t.Context(), ids[0]); err == nil {
		t.Error("a session can be used whose secret is gone")
	}
}
