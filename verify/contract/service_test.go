package contract

import (
	"context"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"session-api"
	"session-api/internal/door"
	"session-api/internal/httpapi"
	"session-api/store/memory"
)

const (
	// ttl is the lifetime of sessions here.
	ttl = 24 * time.Hour

	// maxBody is the limit of bodies here, small so that going over it is cheap.
	maxBody = 4096
)

// maxTTL is the longest lifetime here.
const maxTTL = 2 * ttl

// service is the real API over real HTTP, on the reference engine, with a clock
// that the test moves and a store that fails when it is told to.
type service struct {
	*httptest.Server
	api   *httpapi.API
	store *failingStore
	clock *atomic.Int64
}

func startService(t *testing.T, timeout time.Duration, change ...func(*session.Options, *httpapi.Options)) *service {
	t.Helper()
	s := &service{store: &failingStore{Store: memory.New()}, clock: &atomic.Int64{}}
	s.clock.Store(time.Date(2025, 12, 24, 10, 0, 0, 123456789, time.UTC).UnixNano())
	now := func() time.Time { return time.Unix(0, s.clock.Load()) }
	rules := session.Options{TTL: ttl, MaxTTL: maxTTL, CursorKey: make([]byte, session.CursorKeyBytes), Now: now}
	options := httpapi.Options{MaxBodyBytes: maxBody, RequestTimeout: timeout, Now: now}
	for _, c := range change {
		c(&rules, &options)
	}
	svc, err := session.NewService(s.store, rules)
	if err != nil {
		t.Fatal(err)
	}
	s.api = httpapi.New(svc, options)
	s.Server = httptest.NewUnstartedServer(s.api)
	d := door.New(s.Listener, door.Options{Refusal: httpapi.Refusal})
	s.Listener, s.Config.ConnContext, s.Config.ConnState = d, d.Context, d.State
	s.Config.MaxHeaderBytes = httpapi.MaxHeaderBytes
	s.Start()
	t.Cleanup(func() {
		s.Close()
		_ = svc.Close(context.WithoutCancel(t.Context()))
	})
	return s
}

// pass moves the clock.
func (s *service) pass(d time.Duration) { s.clock.Add(int64(d)) }

// failingStore answers every call with fault once there is one, writes with
// writeFault, and Status with what the test sets. Transactions and deletions wait
// until hold is closed, if the test sets it.
type failingStore struct {
	session.Store
	fault, writeFault atomic.Pointer[error]
	status            atomic.Pointer[session.Status]
	hold              atomic.Pointer[hold]
}

// hold stops calls on their way into the store.
type hold struct{ arrived, over chan struct{} }

func newHold() *hold { return &hold{arrived: make(chan struct{}, 1), over: make(chan struct{})} }

func (s *failingStore) wait() {
	if h := s.hold.Load(); h != nil {
		h.arrived <- struct{}{}
		<-h.over
	}
}

// fail makes every call fail with err from now on; nil ends that.
func (s *failingStore) fail(err error) {
	if err == nil {
		s.fault.Store(nil)
		return
	}
	s.fault.Store(&err)
}

// or returns the fault, or what call returns if there is none.
func or[T any](s *failingStore, call func() (T, error)) (T, error) {
	if err := s.fault.Load(); err != nil {
		var none T
		return none, *err
	}
	return call()
}

// orWrite is or for a write.
func orWrite[T any](s *failingStore, call func() (T, error)) (T, error) {
	return or(s, func() (T, error) {
		if err := s.writeFault.Load(); err != nil {
			var none T
			return none, *err
		}
		return call()
	})
}

func (s *failingStore) Create(ctx context.Context, created *session.Session) error {
	_, err := or(s, func() (struct{}, error) { return struct{}{}, s.Store.Create(ctx, created) })
	return err
}

func (s *failingStore) Get(ctx context.Context, id string) (*session.Session, error) {
	return or(s, func() (*session.Session, error) { return s.Store.Get(ctx, id) })
}

func (s *failingStore) Update(ctx context.Context, id string, c session.Change, cond session.Condition) (*session.Session, error) {
	return orWrite(s, func() (*session.Session, error) { return s.Store.Update(ctx, id, c, cond) })
}

func (s *failingStore) Retime(ctx context.Context, id string, to session.Times, raise bool, cond session.Condition) (*session.Session, error) {
	return orWrite(s, func() (*session.Session, error) { return s.Store.Retime(ctx, id, to, raise, cond) })
}

func (s *failingStore) Apply(ctx context.Context, t session.Transaction) error {
	s.wait()
	_, err := orWrite(s, func() (struct{}, error) { return struct{}{}, s.Store.Apply(ctx, t) })
	return err
}

func (s *failingStore) Record(ctx context.Context, key string) (*session.Record, error) {
	return or(s, func() (*session.Record, error) { return s.Store.Record(ctx, key) })
}

func (s *failingStore) Delete(ctx context.Context, id string, cond session.Condition) (*session.Session, error) {
	s.wait()
	return or(s, func() (*session.Session, error) { return s.Store.Delete(ctx, id, cond) })
}

func (s *failingStore) List(ctx context.Context, q session.PageQuery) (session.Page, error) {
	return or(s, func() (session.Page, error) { return s.Store.List(ctx, q) })
}

func (s *failingStore) ListByUser(ctx context.Context, userID string, q session.PageQuery) (session.Page, error) {
	return or(s, func() (session.Page, error) { return s.Store.ListByUser(ctx, userID, q) })
}

func (s *failingStore) Status(ctx context.Context) (session.Status, error) {
	return or(s, func() (session.Status, error) {
		if set := s.status.Load(); set != nil {
			return *set, nil
		}
		return s.Store.Status(ctx)
	})
}
