package session_test

import (
	"strings"
	"testing"
	"time"

	"session-api"
)

const aHandle = "handle-AAABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

func TestOnlyTheExactFormIsAHandle(t *testing.T) {
	t.Parallel()
	if !session.IsHandle(aHandle) {
		t.Errorf("%s is no handle", aHandle)
	}
	for _, id := range []string{
		"", "handle-", aHandle[:len(aHandle)-1], aHandle + "A", strings.ToLower(aHandle), " " + aHandle, aHandle + " ",
		"session-" + aHandle, aHandle[:len(aHandle)-1] + "1", aHandle[:len(aHandle)-1] + "8", aHandle[:len(aHandle)-1] + "-",
		aHandle[:len(aHandle)-2] + "é", session.NewOpaqueID(""), session.NewLabelledID("handle"),
	} {
		if session.IsHandle(id) {
			t.Errorf("%q is taken for a handle", id)
		}
	}
}

// leftBehind returns a bench whose store has a row that is kept under a handle.
func leftBehind(t *testing.T) *bench {
	t.Helper()
	b := newBench(t, time.Hour)
	row := &session.Session{
		ID: aHandle, UserID: "user", Data: []byte(`{}`), Version: 3,
		CreatedAt: b.now.Add(-time.Minute), ExpiresAt: b.now.Add(time.Hour).Truncate(time.Second),
	}
	if err := b.store.Store.Create(t.Context(), row); err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAHandleIsNoSession(t *testing.T) {
	t.Parallel()
	b := leftBehind(t)
	for name, op := range map[string]func() error{
		"Get":    func() error { _, err := b.Get(t.Context(), aHandle); return err },
		"Update": func() error { _, err := b.Update(t.Context(), aHandle, []byte(`1`), nil); return err },
		"Update with several versions": func() error {
			_, err := b.Update(t.Context(), aHandle, []byte(`1`), session.Match{2, 3})
			return err
		},
		"Patch":  func() error { _, err := b.Patch(t.Context(), aHandle, setToOne, nil); return err },
		"Touch":  func() error { _, err := b.Touch(t.Context(), aHandle); return err },
		"Extend": func() error { _, err := b.Extend(t.Context(), aHandle, time.Minute, nil); return err },
		"Rotate": func() error { _, err := b.Rotate(t.Context(), aHandle, session.Rotation{}, nil); return err },
	} {
		b.store.calls.Store(0)
		wantErrorIs(t, name, op(), session.ErrNotFound)
		if n := b.store.calls.Load(); n != 0 {
			t.Errorf("%s asked the store %d times", name, n)
		}
	}
}

func TestAHandleEndsASession(t *testing.T) {
	t.Parallel()
	for name, match := range map[string]session.Match{"unconditionally": nil, "at a version": {3}, "at one of several": {2, 3}} {
		b := leftBehind(t)
		_, err := b.Delete(t.Context(), aHandle, session.Match{1, 2})
		wantErrorIs(t, name+": Delete at another version", err, session.ErrConflict)
		ended, err := b.Delete(t.Context(), aHandle, match)
		if err != nil || ended.ID != aHandle || len(b.ids(t, "user")) != 0 {
			t.Errorf("%s: Delete returned %+v, %v and left %v", name, ended, err, b.ids(t, "user"))
		}
	}
}

func TestAHandleIsSpared(t *testing.T) {
	t.Parallel()
	b := leftBehind(t)
	b.create(t, "user")
	got, err := b.EndUser(t.Context(), "user", aHandle)
	if left := b.ids(t, "user"); err != nil || got.Count != 1 || len(left) != 1 || left[0] != aHandle {
		t.Errorf("EndUser returned %+v, %v and left %v", got, err, left)
	}
}
