package session_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"session-api"
)

func TestASparedSessionMayRotateAfterwards(t *testing.T) {
	t.Parallel()
	for name, grace := range map[string]time.Duration{"at once": 0, "with grace": 10 * time.Second} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s, _, _, ids := crowd(t, 3)
				if _, err := s.EndUser(t.Context(), "user", ids[0]); err != nil {
					t.Fatal(err)
				}
				rotated, err := s.Rotate(t.Context(), ids[0], session.Rotation{Grace: grace}, nil)
				if err != nil {
					t.Fatal(err)
				}
				time.Sleep(10 * time.Second) // of the bubble: both looks are over
				if _, err := s.Get(t.Context(), rotated.ID); err != nil {
					t.Errorf("the spared session under its new id: %v", err)
				}
			})
		})
	}
}

// meddler is a lateStore of which each delete runs meddle first.
type meddler struct {
	lateStore
	meddle func(id string)
}

func (m *meddler) Delete(ctx context.Context, id string, cond session.Condition) (*session.Session, error) {
	if m.meddle != nil {
		m.meddle(id)
	}
	return m.lateStore.Delete(ctx, id, cond)
}

func TestARotationDoesNotEscapeTheEndOfAll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, store, _, ids := crowd(t, 100)
		meddling := &meddler{lateStore: lateStore{Store: store.Store}}
		other := serviceOn(t, meddling)
		var rotated atomic.Pointer[session.Session]
		meddling.meddle = func(id string) {
			if id == ids[50] {
				if next, err := s.Rotate(t.Context(), id, session.Rotation{}, nil); err == nil {
					rotated.Store(next)
				}
			}
		}
		if _, err := other.EndUser(t.Context(), "user", ""); err != nil {
			t.Fatal(err)
		}
		if n := count(t, s); n != 0 || rotated.Load() == nil {
			t.Errorf("%d sessions are left after the answer that all have ended", n)
		}
	})
}

// answered is a crowd whose end goes on after the answer.
func answered(t *testing.T) (*session.Service, *lateStore) {
	t.Helper()
	s, store, _, _ := crowd(t, 5000)
	store.slow = 100 * time.Millisecond
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if got, err := s.EndUser(ctx, "user", ""); err != nil || !got.Continues {
		t.Fatalf("EndUser returned %+v, %v", got, err)
	}
	return s, store
}

func TestAFailureAfterTheAnswerIsTriedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, store := answered(t)
		down := session.Unavailable(errors.New("throttled"))
		store.refused.Store(&down)
		time.Sleep(3 * time.Second)
		store.refused.Store(nil)
		time.Sleep(time.Minute)
		if n := count(t, s); n != 0 {
			t.Errorf("%d sessions are left active for a failure of seconds", n)
		}
	})
}

func TestWhoComesBackAfterTheAnswerStays(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, _ := answered(t)
		back, err := s.Create(t.Context(), session.New{UserID: "user"})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if _, err := s.Get(t.Context(), back.ID); err != nil || count(t, s) != 1 {
			t.Errorf("the session begun after the answer: %v; %d are left", err, count(t, s))
		}
	})
}

// brokenRow is a lateStore with a row that cannot be understood.
type brokenRow struct {
	lateStore
	id string
}

func (b *brokenRow) Get(ctx context.Context, id string) (*session.Session, error) {
	if id == b.id {
		return nil, session.Unreadable(errors.New("the attribute ttl is no number"))
	}
	return b.lateStore.Get(ctx, id)
}

func (b *brokenRow) Delete(ctx context.Context, id string, cond session.Condition) (*session.Session, error) {
	if id == b.id {
		return nil, session.Unreadable(errors.New("the attribute ttl is no number"))
	}
	return b.lateStore.Delete(ctx, id, cond)
}

func TestARowThatCannotBeUnderstoodSparesNoOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, store, _, ids := crowd(t, 200)
		broken := serviceOn(t, &brokenRow{lateStore: lateStore{Store: store.Store}, id: ids[3]})
		if got, err := broken.EndUser(t.Context(), "user", ""); err != nil || got.Count != 199 || count(t, s) != 1 {
			t.Errorf("EndUser returned %+v, %v and left %d", got, err, count(t, s))
		}
	})
}

func TestWhatIsToBeSparedMustBeKnown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, store, _, ids := crowd(t, 2)
		for _, fail := range []error{session.Unavailable(errors.New("down")), context.DeadlineExceeded} {
			_, err := serviceOn(t, &failingGet{Store: store.Store, err: fail}).EndUser(t.Context(), "user", ids[0])
			wantErrorIs(t, "EndUser that cannot read whom to spare", err, fail)
		}
		if n := count(t, s); n != 2 {
			t.Errorf("%d sessions are left", n)
		}
	})
}

// failingGet is a store that reads nothing.
type failingGet struct {
	session.Store
	err error
}

func (f *failingGet) Get(context.Context, string) (*session.Session, error) { return nil, f.err }

// serviceOn returns a Service on store that is closed with the test.
func serviceOn(t *testing.T, store session.Store, change ...func(*session.Options)) *session.Service {
	t.Helper()
	o := session.Options{TTL: time.Hour, CursorKey: make([]byte, session.CursorKeyBytes)}
	for _, c := range change {
		c(&o)
	}
	s, err := session.NewService(store, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(context.Background()) })
	return s
}

func TestCloseOfNothingCutsNothing(t *testing.T) {
	t.Parallel()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for range 100 {
		if err := newBench(t, time.Hour).Close(ended); err != nil {
			t.Fatalf("Close without any work returned %v", err)
		}
	}
}
