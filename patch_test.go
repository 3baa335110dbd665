package session_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"session-api"
)

// setKey returns a patch that sets a member of an object.
func setKey(key string, value int) session.Patch {
	return func(data []byte) ([]byte, error) {
		members := map[string]int{}
		if err := json.Unmarshal(data, &members); err != nil {
			return nil, err
		}
		members[key] = value
		return json.Marshal(members)
	}
}

func TestPatchesOfDifferentKeysAllSurvive(t *testing.T) {
	t.Parallel()
	const clients = 64
	b := newBench(t, time.Hour)
	// Two services, as two processes on one store are.
	services := []*session.Service{b.Service, b.service(t, time.Hour, 1)}
	id := b.create(t, "user").ID
	together(clients, func(i int) {
		if _, err := services[i%2].Patch(t.Context(), id, setKey(fmt.Sprint(i), i), nil); err != nil {
			t.Errorf("patch %d: %v", i, err)
		}
	})
	got, err := b.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	var members map[string]int
	if err := json.Unmarshal(got.Data, &members); err != nil || len(members) != clients || got.Version != 1+clients {
		t.Errorf("after %d patches there are %d keys at version %d, %v", clients, len(members), got.Version, err)
	}
}

func TestAPatchThatIsAlwaysOutrunGivesUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { // whose time the pauses take
		b := newBench(t, time.Hour)
		id := b.create(t, "user").ID
		b.store.failWrites = session.Conflict(7)
		b.store.writes.Store(0)
		_, err := b.Patch(t.Context(), id, setKey("a", 1), nil)
		wantErrorIs(t, "Patch that others outrun", err, session.ErrContention)
		if n := b.store.writes.Load(); n != 20 {
			t.Errorf("it was tried %d times; want 20", n)
		}
	})
}

func TestAPatchOfAVersionIsTriedOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t, time.Hour)
	id := b.create(t, "user").ID
	var e *session.Error
	_, err := b.Patch(t.Context(), id, setKey("a", 1), session.Match{4})
	if !errors.As(err, &e) || e.Code != session.CodeConflict || e.Version != 1 || b.store.writes.Load() > 1 {
		t.Errorf("Patch of another version returned %v after %d writes; want a conflict with version 1", err, b.store.writes.Load())
	}
	other := false
	b.store.beforeWrite = func() {
		if !other {
			other = true
			if _, err := b.Update(t.Context(), id, []byte(`{}`), nil); err != nil {
				t.Error(err)
			}
		}
	}
	_, err = b.Patch(t.Context(), id, setKey("a", 1), session.Match{1})
	if !errors.As(err, &e) || e.Code != session.CodeConflict || e.Version != 2 {
		t.Errorf("Patch of a version that another write replaces returned %v; want a conflict with version 2", err)
	}
}

func TestAPatchThatFailsChangesNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t, time.Hour)
	id := b.create(t, "user").ID
	fault := &session.Error{Code: session.CodePatchFailed}
	b.store.writes.Store(0)
	_, err := b.Patch(t.Context(), id, func([]byte) ([]byte, error) { return nil, fault }, nil)
	wantErrorIs(t, "Patch that does not fit", err, fault)
	_, err = b.Patch(t.Context(), id, func([]byte) ([]byte, error) { return make([]byte, session.MaxDataBytes+1), nil }, nil)
	wantErrorIs(t, "Patch that makes too much", err, session.ErrTooLarge)
	if n := b.store.writes.Load(); n != 0 {
		t.Errorf("%d writes were made", n)
	}
	for what, id := range map[string]string{"an absent id": "absent", "an unstorable id": "a\xff"} {
		_, err := b.Patch(t.Context(), id, setKey("a", 1), nil)
		wantErrorIs(t, "Patch of "+what, err, session.ErrNotFound)
	}
}

func TestAMatchOfSeveralVersionsTakesTheOneThatIsThere(t *testing.T) {
	t.Parallel()
	b := newBench(t, time.Hour)
	id := b.create(t, "user").ID
	for _, write := range []func(session.Match) error{
		func(m session.Match) error { _, err := b.Update(t.Context(), id, []byte(`1`), m); return err },
		func(m session.Match) error { _, err := b.Patch(t.Context(), id, setToOne, m); return err },
		func(m session.Match) error { _, err := b.Extend(t.Context(), id, time.Minute, m); return err },
		func(m session.Match) error { _, err := b.Delete(t.Context(), id, m); return err },
	} {
		found, err := b.Get(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		for _, never := range []session.Match{{}, {found.Version + 1}, {found.Version + 1, found.Version + 2}} {
			var e *session.Error
			if err := write(never); !errors.As(err, &e) || e.Code != session.CodeConflict || e.Version != found.Version {
				t.Errorf("a write at %v of a session at %d returned %v", never, found.Version, err)
			}
		}
		if err := write(session.Match{found.Version + 5, found.Version}); err != nil {
			t.Errorf("a write at one of two versions: %v", err)
		}
	}
}

func setToOne([]byte) ([]byte, error) { return []byte(`1`), nil }
