package session_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"session-api"
	"session-api/store/memory"
)

func limited(t *testing.T, most int, policy session.LimitPolicy) *bench {
	t.Helper()
	return newBenchOf(t, session.Options{TTL: time.Hour, MaxTTL: 4 * time.Hour, MaxPerUser: most, LimitPolicy: policy})
}

// ids returns the ids of a user's sessions, the oldest first.
func (b *bench) ids(t *testing.T, user string) (ids []string) {
	t.Helper()
	l, err := b.ListByUser(t.Context(), user, session.ListQuery{Limit: session.MaxPageLimit})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range l.Sessions {
		ids = append(ids, s.ID)
	}
	return ids
}

func (b *bench) wantFull(t *testing.T, user string) {
	t.Helper()
	_, err := b.Create(t.Context(), session.New{UserID: user})
	var e *session.Error
	if !errors.As(err, &e) || e.Code != session.CodeTooManySessions || e.Field != "userId" {
		t.Errorf("a session too many is answered with %v; want %s", err, session.CodeTooManySessions)
	}
}

func TestALimitIsForEachUser(t *testing.T) {
	t.Parallel()
	b := limited(t, 2, session.RejectNew)
	for range 2 {
		b.create(t, "ann")
		b.create(t, "bob")
	}
	b.wantFull(t, "ann")
	b.wantFull(t, "bob")
	b.create(t, "cid")
	if got := len(b.ids(t, "ann")); got != 2 {
		t.Errorf("ann has %d sessions", got)
	}
}

func TestSessionsThatAreOverMakeRoom(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(b *bench, s *session.Session) error{
		"ended":   func(b *bench, s *session.Session) error { _, err := b.Delete(t.Context(), s.ID, nil); return err },
		"expired": func(b *bench, s *session.Session) error { b.now = s.ExpiresAt; return nil },
		"removed by the store": func(b *bench, s *session.Session) error {
			_, err := b.store.Store.Delete(t.Context(), s.ID, session.Condition{})
			return err
		},
	} {
		b := limited(t, 1, session.RejectNew)
		for range 3 {
			made := b.create(t, "user")
			b.wantFull(t, "user")
			if err := end(b, made); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
	}
}

func TestAnIdleSessionThatIsOverMakesRoom(t *testing.T) {
	t.Parallel()
	b := limited(t, 1, session.RejectNew)
	made := b.createNew(t, session.New{UserID: "user", IdleTimeout: time.Minute})
	b.now = made.ExpiresAt.Add(-1)
	b.wantFull(t, "user")
	b.now = made.ExpiresAt
	b.create(t, "user")
}

func TestAnExtendedSessionStillCounts(t *testing.T) {
	t.Parallel()
	b := limited(t, 1, session.RejectNew)
	made := b.create(t, "user")
	if _, err := b.Extend(t.Context(), made.ID, 2*time.Hour, nil); err != nil {
		t.Fatal(err)
	}
	b.now = made.ExpiresAt.Add(time.Minute)
	b.wantFull(t, "user")
}

func TestARotatedSessionCountsOnce(t *testing.T) {
	t.Parallel()
	b := limited(t, 2, session.RejectNew)
	made := b.create(t, "user")
	for range 5 {
		rotated, err := b.Rotate(t.Context(), made.ID, session.Rotation{Grace: time.Minute}, nil)
		if err != nil {
			t.Fatal(err)
		}
		made = rotated
	}
	b.create(t, "user")
	b.wantFull(t, "user")
}

func TestTheOldestSessionMakesRoom(t *testing.T) {
	t.Parallel()
	b := limited(t, 3, session.EvictOldest)
	for range 5 {
		b.now = b.now.Add(time.Second)
		b.create(t, "user")
	}
	if got, want := b.ids(t, "user"), []string{"id-3", "id-4", "id-5"}; !slices.Equal(got, want) {
		t.Errorf("the user has %v; want %v", got, want)
	}
}

func TestNobodyLosesASessionForACreateThatFails(t *testing.T) {
	t.Parallel()
	b := limited(t, 2, session.EvictOldest)
	b.create(t, "user")
	b.create(t, "user")
	b.store.failWrites = session.Unavailable(errors.New("the disk is full"))
	_, err := b.Create(t.Context(), session.New{UserID: "user"})
	wantErrorIs(t, "Create", err, session.ErrUnavailable)
	if got := b.ids(t, "user"); len(got) != 2 {
		t.Errorf("the user has %v", got)
	}
}

func TestALimitCountsTheSessionsFromBeforeIt(t *testing.T) {
	t.Parallel()
	for policy, want := range map[session.LimitPolicy]int{session.RejectNew: 5, session.EvictOldest: 2} {
		b := newBench(t, time.Hour)
		for range 5 {
			b.now = b.now.Add(time.Second)
			b.create(t, "user")
		}
		b.Service = b.serviceOf(t, session.Options{TTL: time.Hour, MaxPerUser: 2, LimitPolicy: policy}, 1)
		_, err := b.Create(t.Context(), session.New{UserID: "user"})
		if got := b.ids(t, "user"); len(got) != want || (err == nil) != (policy == session.EvictOldest) {
			t.Errorf("with %s the user has %v, %v; want %d sessions", policy, got, err, want)
		}
	}
}

func TestALimitHoldsUnderARace(t *testing.T) {
	t.Parallel()
	const most = 5
	for _, policy := range []session.LimitPolicy{session.RejectNew, session.EvictOldest} {
		b := limited(t, most, policy)
		// Two services, as two processes on one store are.
		o := session.Options{TTL: time.Hour, MaxPerUser: most, LimitPolicy: policy}
		services := []*session.Service{b.Service, b.serviceOf(t, o, 1)}
		var made, over atomic.Int64
		together(64, func(i int) {
			s, err := services[i%2].Create(t.Context(), session.New{UserID: "user"})
			switch {
			case err == nil && s != nil:
				made.Add(1)
			case policy == session.RejectNew && errors.Is(err, &session.Error{Code: session.CodeTooManySessions}):
			default:
				t.Errorf("%s: a racing create returned %v", policy, err)
			}
			if l, err := services[i%2].ListByUser(t.Context(), "user", session.ListQuery{}); err != nil || len(l.Sessions) > most {
				over.Add(1)
			}
		})
		want := map[session.LimitPolicy]int64{session.RejectNew: most, session.EvictOldest: 64}[policy]
		if got := len(b.ids(t, "user")); got != most || made.Load() != want || over.Load() > 0 {
			t.Errorf("%s: %d creates succeeded and left %d sessions, %d times there were too many; want %d and %d", policy, made.Load(), got, over.Load(), want, most)
		}
	}
}

func TestWhatALimitCosts(t *testing.T) {
	t.Parallel()
	b := limited(t, 3, session.EvictOldest)
	b.create(t, "user")
	for i, want := range []int64{2, 2, 5, 5} { // a read and a transaction; at the limit each member is read
		b.store.calls.Store(0)
		b.create(t, "user")
		if got := b.store.calls.Load(); got != want {
			t.Errorf("create %d cost %d calls; want %d", i+2, got, want)
		}
	}
}

func TestTheLargestRosterFitsARow(t *testing.T) {
	t.Parallel()
	const made = 10
	user := strings.Repeat("x", session.MaxUserIDBytes)
	store := memory.New()
	// Ids as the Service makes them, not the bench's short ones.
	service, err := session.NewService(store, session.Options{
		TTL: time.Hour, MaxPerUser: session.MaxPerUserLimit, CursorKey: make([]byte, session.CursorKeyBytes),
	})
	if err != nil {
		t.Fatal(err)
	}
	for range made {
		if _, err := service.Create(t.Context(), session.New{UserID: user}); err != nil {
			t.Fatal(err)
		}
	}
	stored, err := store.Record(t.Context(), "roster:"+user)
	if err != nil || len(stored.Value)/made*session.MaxPerUserLimit > session.MaxDataBytes || len(stored.Key) > 512 {
		t.Errorf("the record of %d sessions has %d bytes, %v; want at most %d for %d sessions",
			made, len(stored.Value), err, session.MaxDataBytes, session.MaxPerUserLimit)
	}
}

func TestAFormerIDTakesNoPlace(t *testing.T) {
	t.Parallel()
	b := limited(t, 1, session.RejectNew)
	made := b.create(t, "user")
	// A server without the limit rotates and ends it, and knows of no roster.
	other := b.service(t, time.Hour, 1)
	rotated, err := other.Rotate(t.Context(), made.ID, session.Rotation{Grace: time.Minute}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Delete(t.Context(), rotated.ID, nil); err != nil {
		t.Fatal(err)
	}
	b.create(t, "user")
}

// TestAnExpiredSessionStaysOverForTheLimit has an activity that began before the
// end and takes effect after it: a slow call, or a clock that is behind.
func TestAnExpiredSessionStaysOverForTheLimit(t *testing.T) {
	t.Parallel()
	b := newBenchOf(t, session.Options{TTL: 10 * time.Hour, MaxPerUser: 1, IdleTimeout: 10 * time.Minute})
	made := b.create(t, "user")
	b.now = made.ExpiresAt.Add(-time.Millisecond)
	slow := true
	b.store.beforeWrite = func() {
		if slow {
			slow = false
			b.now = b.now.Add(300 * time.Millisecond)
			b.create(t, "user")
		}
	}
	_, err := b.Touch(t.Context(), made.ID)
	wantErrorIs(t, "Touch of a session whose place was taken", err, session.ErrNotFound)
	if got := b.ids(t, "user"); len(got) != 1 {
		t.Errorf("the user has %v", got)
	}
}

func TestAMemberThatLivesOnIsNoMemberThatIsOver(t *testing.T) {
	t.Parallel()
	b := newBenchOf(t, session.Options{TTL: 10 * time.Hour, MaxPerUser: 1, IdleTimeout: 10 * time.Minute})
	made := b.create(t, "user")
	b.now = made.ExpiresAt
	fast, late := b.now, true
	b.store.beforeWrite = func() { // the touch of a server whose clock is behind comes first
		if late {
			late = false
			b.now = fast.Add(-time.Second)
			if _, err := b.Touch(t.Context(), made.ID); err != nil {
				t.Error(err)
			}
			b.now = fast
		}
	}
	b.wantFull(t, "user")
}

func TestARowThatCannotBeUnderstoodTakesNoPlace(t *testing.T) {
	t.Parallel()
	for _, policy := range []session.LimitPolicy{session.RejectNew, session.EvictOldest} {
		store := &brokenRow{lateStore: lateStore{Store: memory.New()}}
		s := serviceOn(t, store, func(o *session.Options) { o.MaxPerUser, o.LimitPolicy = 1, policy })
		made, err := s.Create(t.Context(), session.New{UserID: "user"})
		if err != nil {
			t.Fatal(err)
		}
		store.id = made.ID
		if _, err := s.Create(t.Context(), session.New{UserID: "user"}); err != nil {
			t.Errorf("%s: a broken row blocks the user: %v", policy, err)
		}
	}
}

func TestADamagedRosterIsMadeAnew(t *testing.T) {
	t.Parallel()
	b := limited(t, 2, session.RejectNew)
	b.create(t, "user")
	stored, err := b.store.Record(t.Context(), "roster:user")
	if err != nil {
		t.Fatal(err)
	}
	damaged := session.RecordWrite{Record: *stored, Was: stored.Version}
	damaged.Value, damaged.Version = []byte("no JSON"), stored.Version+1
	if err := b.store.Apply(t.Context(), session.Transaction{Records: []session.RecordWrite{damaged}}); err != nil {
		t.Fatal(err)
	}
	b.create(t, "user")
	b.wantFull(t, "user")
}

// halves is a store that shows the row of a transaction one read later than its
// records, as DynamoDB may.
type halves struct {
	session.Store
	late atomic.Pointer[string]
}

func (h *halves) Apply(ctx context.Context, tx session.Transaction) error {
	err := h.Store.Apply(ctx, tx)
	if err == nil && tx.Create != nil {
		h.late.Store(&tx.Create.ID)
	}
	return err
}

func (h *halves) Get(ctx context.Context, id string) (*session.Session, error) {
	if late := h.late.Load(); late != nil && *late == id {
		h.late.Store(nil)
		return nil, session.ErrNotFound
	}
	return h.Store.Get(ctx, id)
}

func TestAMemberWhoseRowShowsLateCounts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := serviceOn(t, &halves{Store: memory.New()}, func(o *session.Options) { o.MaxPerUser = 1 })
		if _, err := s.Create(t.Context(), session.New{UserID: "user"}); err != nil {
			t.Fatal(err)
		}
		_, err := s.Create(t.Context(), session.New{UserID: "user"})
		wantErrorIs(t, "a session too many", err, &session.Error{Code: session.CodeTooManySessions})
	})
}

func TestAReplayWaitsForARowThatShowsLate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := serviceOn(t, &halves{Store: memory.New()})
		if _, _, err := s.CreateOnce(t.Context(), "key", aCreate); err != nil {
			t.Fatal(err)
		}
		if _, replayed, err := s.CreateOnce(t.Context(), "key", aCreate); err != nil || !replayed {
			t.Errorf("the second create returned %v, %v", replayed, err)
		}
	})
}

func TestRotationsOfOneUserTakeTurnsUnderALimit(t *testing.T) {
	t.Parallel()
	const sessions = 256
	b := limited(t, sessions, session.RejectNew)
	var ids []string
	for range sessions {
		ids = append(ids, b.create(t, "user").ID)
	}
	b.store.writes.Store(0)
	together(sessions, func(i int) {
		if _, err := b.Rotate(t.Context(), ids[i], session.Rotation{}, nil); err != nil {
			t.Errorf("rotation %d: %v", i, err)
		}
	})
	if n := b.store.writes.Load(); n != sessions {
		t.Errorf("%d rotations made %d writes", sessions, n)
	}
}

func TestAUserWithThousandsOfSessionsCanBeLimited(t *testing.T) {
	t.Parallel()
	store := memory.New()
	free := serviceOn(t, store)
	user := strings.Repeat("x", session.MaxUserIDBytes)
	var last *session.Session
	for range 3000 {
		made, err := free.Create(t.Context(), session.New{UserID: user})
		if err != nil {
			t.Fatal(err)
		}
		last = made
	}
	s := serviceOn(t, store, func(o *session.Options) { o.MaxTTL, o.MaxPerUser, o.LimitPolicy = 2*time.Hour, 5, session.EvictOldest })
	if _, err := s.Extend(t.Context(), last.ID, 90*time.Minute, nil); err != nil {
		t.Errorf("Extend: %v", err)
	}
	stored, err := store.Record(t.Context(), "roster:"+user)
	if err != nil || len(stored.Value) > session.MaxDataBytes {
		t.Fatalf("the record has %d bytes, %v", len(stored.Value), err)
	}
	if _, err := s.Create(t.Context(), session.New{UserID: user}); err != nil {
		t.Errorf("Create: %v", err)
	}
}
