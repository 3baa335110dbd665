package memory

import (
	"testing"
	"time"

	"session-api"
)

// TestUsersWithoutSessionsTakeNoRoom looks inside, because nothing else shows a
// map that only grows.
func TestUsersWithoutSessionsTakeNoRoom(t *testing.T) {
	t.Parallel()
	store := New()
	end := time.Date(2100, time.January, 1, 0, 0, 0, 0, time.UTC)
	if err := store.Create(t.Context(), &session.Session{ID: "a", UserID: "u", ExpiresAt: end}); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Delete(t.Context(), "a", session.Condition{Now: end.Add(-1)}); err != nil {
		t.Fatal(err)
	}
	if len(store.rows)+len(store.ids)+len(store.users) > 0 {
		t.Errorf("an emptied store keeps %d rows, %d ids and %d users", len(store.rows), len(store.ids), len(store.users))
	}
}
