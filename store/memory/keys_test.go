package memory

import (
	"slices"
	"testing"
	"time"

	"session-api"
)

// TestWhatHasEndedTakesNoRoom looks inside, because nothing else shows a map that
// only grows.
func TestWhatHasEndedTakesNoRoom(t *testing.T) {
	t.Parallel()
	end := time.Date(2100, time.January, 1, 0, 0, 0, 0, time.UTC)
	cond := session.Condition{Now: end.Add(-1)}
	for how, ends := range map[string]func(m *Store) error{
		"a Delete": func(m *Store) error {
			_, err := m.Delete(t.Context(), "a", cond)
			return err
		},
		"a transaction": func(m *Store) error {
			return m.Apply(t.Context(), session.Transaction{End: []session.Ending{{ID: "a", Cond: cond}}})
		},
	} {
		store := New()
		if err := store.Create(t.Context(), &session.Session{ID: "a", UserID: "u", ExpiresAt: end}); err != nil {
			t.Fatal(err)
		}
		if err := ends(store); err != nil {
			t.Fatal(err)
		}
		if len(store.rows)+len(store.ids)+len(store.users) > 0 {
			t.Errorf("a store emptied by %s keeps %d rows, %d ids and %d users", how, len(store.rows), len(store.ids), len(store.users))
		}
	}
}

// TestAnAliasHasNoPlaceInAnOrder because lists read whole rows by those places.
func TestAnAliasHasNoPlaceInAnOrder(t *testing.T) {
	t.Parallel()
	store := New()
	if err := store.Create(t.Context(), &session.Session{ID: "a", UserID: "u", ExpiresAt: time.Unix(1, 0)}); err != nil {
		t.Fatal(err)
	}
	alias := &session.Alias{To: "b", Until: time.Unix(2, 0)}
	if err := store.Apply(t.Context(), session.Transaction{End: []session.Ending{{ID: "a", Alias: alias}}}); err != nil {
		t.Fatal(err)
	}
	if len(store.rows) != 1 || len(store.ids)+len(store.users) > 0 {
		t.Errorf("a store of one alias keeps %d rows, %d ids and %d users; want 1, 0 and 0", len(store.rows), len(store.ids), len(store.users))
	}
}

func TestKeysGoOnFromAnyKeyInBothDirections(t *testing.T) {
	t.Parallel()
	all := keys{}.with("b").with("d").with("a").with("b").without("c")
	for _, c := range []struct {
		key           string
		after, before keys
	}{
		{"", keys{"a", "b", "d"}, keys{"d", "b", "a"}},
		{"0", keys{"a", "b", "d"}, nil},
		{"a", keys{"b", "d"}, nil},
		{"b", keys{"d"}, keys{"a"}},
		// No longer there, or never was.
		{"c", keys{"d"}, keys{"b", "a"}},
		{"d", nil, keys{"b", "a"}},
		{"e", nil, keys{"d", "b", "a"}},
	} {
		if got := all.after(c.key); !slices.Equal(got, c.after) {
			t.Errorf("after %q come %q; want %q", c.key, got, c.after)
		}
		if got := all.before(c.key); !slices.Equal(got, c.before) {
			t.Errorf("before %q come %q; want %q", c.key, got, c.before)
		}
	}
	if !slices.Equal(all, keys{"a", "b", "d"}) {
		t.Errorf("reading the keys left %q", all)
	}
}
