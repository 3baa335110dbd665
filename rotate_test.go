package session_test

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"session-api"
)

func TestRotateGivesTheSessionANewID(t *testing.T) {
	t.Parallel()
	b, made := idle(t, session.Options{})
	b.now = noon.Add(5 * time.Minute)
	auth := session.Auth{Time: b.now, AMR: []string{"pwd", "otp"}, ACR: "urn:level:2"}
	got, err := b.Rotate(t.Context(), made.ID, session.Rotation{Auth: &auth}, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := made.Clone()
	want.ID, want.Version = "id-2", 2
	want.LastActiveAt, want.ExpiresAt = b.now, noon.Add(15*time.Minute).Truncate(time.Second)
	stored, err := b.Get(t.Context(), "id-2")
	if err != nil || !same(got, want) || !same(stored, want) || stored.Auth.ACR != auth.ACR {
		t.Errorf("rotated:\n%+v\nstored:\n%+v, %v\nwant:\n%+v", got, stored, err, want)
	}
	wantGone(t, b, made.ID)
}

// wantGone fails unless every call says that there is no session at id.
func wantGone(t *testing.T, b *bench, id string) {
	t.Helper()
	_, err := b.Get(t.Context(), id)
	wantErrorIs(t, "Get of a former id", err, session.ErrNotFound)
	wantNoWrite(t, b, id)
}

func wantNoWrite(t *testing.T, b *bench, id string) {
	t.Helper()
	for name, write := range map[string]func() error{
		"Update": func() error { _, err := b.Update(t.Context(), id, []byte(`1`), nil); return err },
		"Patch":  func() error { _, err := b.Patch(t.Context(), id, setToOne, nil); return err },
		"Delete": func() error { _, err := b.Delete(t.Context(), id, nil); return err },
		"Touch":  func() error { _, err := b.Touch(t.Context(), id); return err },
		"Extend": func() error { _, err := b.Extend(t.Context(), id, time.Minute, nil); return err },
		"Rotate": func() error { _, err := b.Rotate(t.Context(), id, session.Rotation{}, nil); return err },
	} {
		wantErrorIs(t, name+" of a former id", write(), session.ErrNotFound)
	}
}

func TestAFormerIDReadsForTheTimeOfGrace(t *testing.T) {
	t.Parallel()
	b := newBench(t, time.Hour)
	made := b.create(t, "user")
	rotated, err := b.Rotate(t.Context(), made.ID, session.Rotation{Grace: 10 * time.Second}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Update(t.Context(), rotated.ID, []byte(`"new"`), nil); err != nil {
		t.Fatal(err)
	}
	for _, after := range []time.Duration{0, 10 * time.Second} {
		b.now = noon.Add(after)
		got, err := b.Get(t.Context(), made.ID)
		if err != nil || got.ID != rotated.ID || string(got.Data) != `"new"` {
			t.Errorf("%v after the rotation the former id reads %+v, %v; want the session as it is", after, got, err)
		}
		wantNoWrite(t, b, made.ID)
	}
	b.now = noon.Add(11 * time.Second)
	wantGone(t, b, made.ID)
	for name, list := range map[string]func() (session.List, error){
		"List":       func() (session.List, error) { return b.List(t.Context(), "", session.ListQuery{}) },
		"ListByUser": func() (session.List, error) { return b.ListByUser(t.Context(), "user", session.ListQuery{}) },
	} {
		if l, err := list(); err != nil || len(l.Sessions) != 1 || l.Sessions[0].ID != rotated.ID {
			t.Errorf("%s shows %v, %v; want the rotated session alone", name, l.Sessions, err)
		}
	}
}

func TestAFormerIDOfAnEndedSessionReadsNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t, time.Hour)
	made := b.create(t, "user")
	rotated, err := b.Rotate(t.Context(), made.ID, session.Rotation{Grace: session.MaxGrace}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Delete(t.Context(), rotated.ID, nil); err != nil {
		t.Fatal(err)
	}
	wantGone(t, b, made.ID)
}

func TestFormerIDsAreFollowedOverAFewRotations(t *testing.T) {
	t.Parallel()
	b := newBench(t, time.Hour)
	first := b.create(t, "user").ID
	last := first
	for range 4 {
		rotated, err := b.Rotate(t.Context(), last, session.Rotation{Grace: session.MaxGrace}, nil)
		if err != nil {
			t.Fatal(err)
		}
		last = rotated.ID
		if got, err := b.Get(t.Context(), first); err != nil || got.ID != last {
			t.Errorf("the first id reads %+v, %v; want %s", got, err, last)
		}
	}
	if _, err := b.Rotate(t.Context(), last, session.Rotation{Grace: session.MaxGrace}, nil); err != nil {
		t.Fatal(err)
	}
	_, err := b.Get(t.Context(), first)
	wantErrorIs(t, "Get of an id that five rotations made a former one", err, session.ErrNotFound)
}

// TestAFormerIDWaitsForTheSessionThatItNames has a store that shows the parts of a
// rotation one after the other, as DynamoDB may.
func TestAFormerIDWaitsForTheSessionThatItNames(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, time.Hour)
		made := b.create(t, "user")
		rotated, err := b.Rotate(t.Context(), made.ID, session.Rotation{Grace: session.MaxGrace}, nil)
		if err != nil {
			t.Fatal(err)
		}
		late := 1
		b.store.hides = func(id string) bool {
			if id == rotated.ID {
				late--
			}
			return id == rotated.ID && late >= 0
		}
		if got, err := b.Get(t.Context(), made.ID); err != nil || got.ID != rotated.ID {
			t.Errorf("the former id reads %v, %v; want the session that came a moment later", got, err)
		}
	})
}

func TestOneRotationOfAnIDWins(t *testing.T) {
	t.Parallel()
	for _, grace := range []time.Duration{0, time.Minute} {
		b := newBench(t, time.Hour)
		services := []*session.Service{b.Service, b.service(t, time.Hour, 1)}
		id := b.create(t, "user").ID
		var wins atomic.Int64
		together(64, func(i int) {
			_, err := services[i%2].Rotate(t.Context(), id, session.Rotation{Grace: grace}, nil)
			if err == nil {
				wins.Add(1)
				return
			}
			wantErrorIs(t, "A rotation that came late", err, session.ErrNotFound)
		})
		l, err := b.ListByUser(t.Context(), "user", session.ListQuery{})
		if wins.Load() != 1 || err != nil || len(l.Sessions) != 1 {
			t.Errorf("with %v of grace %d rotations won and left %d sessions, %v; want one", grace, wins.Load(), len(l.Sessions), err)
		}
	}
}

func TestARotationIsCheckedFirst(t *testing.T) {
	t.Parallel()
	b := newBench(t, time.Hour)
	id := b.create(t, "user").ID
	b.store.calls.Store(0)
	for _, grace := range []time.Duration{-time.Second, time.Millisecond, session.MaxGrace + time.Second} {
		_, err := b.Rotate(t.Context(), id, session.Rotation{Grace: grace}, nil)
		var e *session.Error
		if !errors.As(err, &e) || e.Code != session.CodeInvalidValue || e.Field != "graceSeconds" {
			t.Errorf("Rotate with %v of grace returned %v", grace, err)
		}
	}
	future := session.Auth{Time: noon.Add(time.Hour)}
	_, err := b.Rotate(t.Context(), id, session.Rotation{Auth: &future}, nil)
	wantErrorIs(t, "Rotate with an authentication to come", err, &session.Error{Code: session.CodeInvalidValue})
	_, err = b.Rotate(t.Context(), "a\xff", session.Rotation{}, nil)
	wantErrorIs(t, "Rotate of an unstorable id", err, session.ErrNotFound)
	if n := b.store.calls.Load(); n != 0 {
		t.Errorf("rotations that cannot be cost %d store calls", n)
	}
	_, err = b.Rotate(t.Context(), id, session.Rotation{}, session.Match{2})
	wantErrorIs(t, "Rotate of another version", err, session.ErrConflict)
}

func TestARotationBesideUpdatesLosesNone(t *testing.T) {
	t.Parallel()
	b := newBench(t, time.Hour)
	for round := range 20 {
		made := b.create(t, fmt.Sprint("user", round))
		var updates atomic.Int64
		var rotated atomic.Pointer[session.Session]
		together(8, func(i int) {
			if i == 0 {
				s, err := b.Rotate(t.Context(), made.ID, session.Rotation{}, nil)
				if err != nil {
					t.Errorf("Rotate beside updates: %v", err)
				}
				rotated.Store(s)
				return
			}
			if _, err := b.Update(t.Context(), made.ID, []byte(`1`), nil); err == nil {
				updates.Add(1)
			}
		})
		if s := rotated.Load(); s != nil && s.Version != 2+updates.Load() {
			t.Errorf("after %d updates the rotated session is at version %d", updates.Load(), s.Version)
		}
	}
}

func TestARotationTakesOverWhatAnotherWroteMeanwhile(t *testing.T) {
	t.Parallel()
	b := newBench(t, time.Hour)
	made := b.create(t, "user")
	other := false
	b.store.beforeWrite = func() {
		if !other {
			other = true
			if _, err := b.Update(t.Context(), made.ID, []byte(`"late"`), nil); err != nil {
				t.Error(err)
			}
		}
	}
	got, err := b.Rotate(t.Context(), made.ID, session.Rotation{}, nil)
	if err != nil || string(got.Data) != `"late"` || got.Version != 3 {
		t.Errorf("Rotate beside an update returned %+v, %v; want its data at version 3", got, err)
	}
}
