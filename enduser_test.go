package session_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"session-api"
	"session-api/store/memory"
)

// lateStore is a store whose list of a user shows some ids late, as an index does,
// and whose deletes take their time.
type lateStore struct {
	session.Store
	hidden  atomic.Pointer[string] // an id that the list does not show yet
	slow    time.Duration
	refused atomic.Pointer[error] // what deletes return
}

func (s *lateStore) ListByUser(ctx context.Context, userID string, q session.PageQuery) (session.Page, error) {
	p, err := s.Store.ListByUser(ctx, userID, q)
	shown := p.Sessions[:0]
	for _, found := range p.Sessions {
		if hidden := s.hidden.Load(); hidden == nil || found.ID != *hidden {
			shown = append(shown, found)
		}
	}
	p.Sessions = shown
	return p, err
}

func (s *lateStore) Delete(ctx context.Context, id string, cond session.Condition) (*session.Session, error) {
	time.Sleep(s.slow)
	if err := s.refused.Load(); err != nil {
		return nil, *err
	}
	return s.Store.Delete(ctx, id, cond)
}

// crowd is a Service on the clock of a synctest bubble, with n sessions of "user".
func crowd(t *testing.T, n int) (*session.Service, *lateStore, *bytes.Buffer, []string) {
	t.Helper()
	store := &lateStore{Store: memory.New()}
	var log bytes.Buffer
	service, err := session.NewService(store, session.Options{
		TTL: time.Hour, CursorKey: make([]byte, session.CursorKeyBytes),
		Logger: slog.New(slog.NewTextHandler(&log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = service.Close(context.Background()) })
	ids := make([]string, n)
	for i := range ids {
		made, err := service.Create(t.Context(), session.New{UserID: "user"})
		if err != nil {
			t.Fatal(err)
		}
		ids[i] = made.ID
	}
	return service, store, &log, ids
}

func count(t *testing.T, s *session.Service) (n int) {
	t.Helper()
	q := session.ListQuery{Limit: session.MaxPageLimit}
	for {
		l, err := s.List(t.Context(), "", q)
		if err != nil {
			t.Fatal(err)
		}
		n += len(l.Sessions)
		if l.NextCursor == "" {
			return n
		}
		q.Cursor = l.NextCursor
	}
}

func TestEndUserEndsAllSessionsOfAUser(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, _, _, _ := crowd(t, 3)
		if _, err := s.Create(t.Context(), session.New{UserID: "other"}); err != nil {
			t.Fatal(err)
		}
		got, err := s.EndUser(t.Context(), "user", "")
		if err != nil || got != (session.Ended{Count: 3}) || count(t, s) != 1 {
			t.Errorf("EndUser returned %+v, %v and left %d sessions; want one, of the other user", got, err, count(t, s))
		}
		if got, err := s.EndUser(t.Context(), "nobody", ""); err != nil || got.Count != 0 {
			t.Errorf("EndUser of nobody returned %+v, %v", got, err)
		}
		_, err = s.EndUser(t.Context(), "", "")
		wantErrorIs(t, "EndUser without a user", err, &session.Error{Code: session.CodeInvalidUserID})
	})
}

func TestEndUserSparesOneSessionUnderAnyOfItsIDs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, _, _, ids := crowd(t, 3)
		rotated, err := s.Rotate(t.Context(), ids[0], session.Rotation{Grace: time.Minute}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := s.EndUser(t.Context(), "user", ids[0]); err != nil || got.Count != 2 {
			t.Errorf("EndUser except a former id returned %+v, %v", got, err)
		}
		if got, err := s.EndUser(t.Context(), "user", rotated.ID); err != nil || got.Count != 0 {
			t.Errorf("EndUser except an id returned %+v, %v", got, err)
		}
		if _, err := s.Get(t.Context(), rotated.ID); err != nil {
			t.Errorf("the spared session: %v", err)
		}
	})
}

func TestEndUserRefusesToSpareWhatIsNoSessionOfTheUser(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, _, _, ids := crowd(t, 2)
		other, err := s.Create(t.Context(), session.New{UserID: "other"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Delete(t.Context(), ids[0], nil); err != nil {
			t.Fatal(err)
		}
		for what, id := range map[string]string{"an absent id": "absent", "an ended session": ids[0], "a session of another": other.ID} {
			_, err := s.EndUser(t.Context(), "user", id)
			var e *session.Error
			if !errors.As(err, &e) || e.Code != session.CodeInvalidValue || e.Field != "except" {
				t.Errorf("EndUser except %s returned %v", what, err)
			}
		}
		if n := count(t, s); n != 2 {
			t.Errorf("%d sessions are left; want both", n)
		}
	})
}

func TestEndUserEndsWhatTheListShowsLate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, store, log, ids := crowd(t, 3)
		store.hidden.Store(&ids[1])
		if got, err := s.EndUser(t.Context(), "user", ""); err != nil || got.Count != 2 {
			t.Fatalf("EndUser returned %+v, %v; want the two that the list shows", got, err)
		}
		time.Sleep(500 * time.Millisecond) // of the bubble
		store.hidden.Store(nil)
		if _, err := s.Create(t.Context(), session.New{UserID: "user"}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		_, err := s.Get(t.Context(), ids[1])
		wantErrorIs(t, "Get of the late one", err, session.ErrNotFound)
		if n := count(t, s); n != 1 {
			t.Errorf("%d sessions are left; want the one made after the call", n)
		}
		if !strings.Contains(log.String(), "ended=1") || strings.Contains(log.String(), ids[1]) {
			t.Errorf("the log says %s", log)
		}
	})
}

func TestEndUserOfACrowdEndsInTimeOrSaysThatItGoesOn(t *testing.T) {
	t.Parallel()
	const sessions = 10_000
	for slow, continues := range map[time.Duration]bool{10 * time.Millisecond: false, 100 * time.Millisecond: true} {
		t.Run(fmt.Sprint(slow), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s, store, _, _ := crowd(t, sessions)
				store.slow = slow
				ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
				defer cancel()
				got, err := s.EndUser(ctx, "user", "")
				if err != nil || ctx.Err() != nil || got.Continues != continues || (got.Count == sessions) == continues {
					t.Errorf("EndUser returned %+v, %v", got, err)
				}
				cancel() // the request is over, the work is not
				time.Sleep(time.Minute)
				if n := count(t, s); n != 0 {
					t.Errorf("%d sessions are left", n)
				}
			})
		})
	}
}

func TestEndUserTellsWhatItCannotEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, store, log, ids := crowd(t, 100)
		down := session.Unavailable(errors.New("throttled"))
		store.refused.Store(&down)
		_, err := s.EndUser(t.Context(), "user", "")
		wantErrorIs(t, "EndUser on a store that is down", err, session.ErrUnavailable)
		synctest.Wait()
		if !strings.Contains(log.String(), "level=WARN") || strings.Contains(log.String(), ids[0]) {
			t.Errorf("the log says %s", log)
		}
		store.refused.Store(nil)
		if got, err := s.EndUser(t.Context(), "user", ""); err != nil || got.Count != 100 {
			t.Errorf("the call made again returned %+v, %v", got, err)
		}
	})
}

func TestCloseLooksAgainAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, store, _, ids := crowd(t, 2)
		store.hidden.Store(&ids[0])
		if _, err := s.EndUser(t.Context(), "user", ""); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		store.hidden.Store(nil)
		began := time.Now()
		if err := s.Close(t.Context()); err != nil || time.Since(began) > 0 {
			t.Errorf("Close took %v and returned %v", time.Since(began), err)
		}
		if n := count(t, s); n != 0 {
			t.Errorf("%d sessions are left", n)
		}
		_, err := s.EndUser(t.Context(), "user", "")
		wantErrorIs(t, "EndUser after Close", err, session.ErrUnavailable)
		if err := s.Close(t.Context()); err != nil {
			t.Errorf("a second Close: %v", err)
		}
	})
}

func TestCloseCutsWhatOutlastsItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, store, log, _ := crowd(t, 1000)
		store.slow = time.Second
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		if got, err := s.EndUser(ctx, "user", ""); err != nil || !got.Continues {
			t.Fatalf("EndUser returned %+v, %v", got, err)
		}
		ctx, cancel = context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		wantErrorIs(t, "Close", s.Close(ctx), context.DeadlineExceeded)
		if !strings.Contains(log.String(), "level=WARN") {
			t.Errorf("the log says %s", log)
		}
	})
}

func TestASessionIDInThePlaceOfAUserIsNotLogged(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		s := serviceOn(t, downStore{memory.New()}, func(o *session.Options) { o.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
		const id = "session-ada-SECRETSECRETSECRET"
		_, err := s.EndUser(t.Context(), id, "")
		wantErrorIs(t, "EndUser on a store that is down", err, session.ErrUnavailable)
		synctest.Wait()
		if !strings.Contains(log.String(), "level=WARN") || strings.Contains(log.String(), "SECRET") {
			t.Errorf("the log says %s", log.String())
		}
	})
}

// downStore lists nothing.
type downStore struct{ session.Store }

func (downStore) ListByUser(context.Context, string, session.PageQuery) (session.Page, error) {
	return session.Page{}, session.Unavailable(errors.New("down"))
}
