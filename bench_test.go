package session_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"session-api"
	"session-api/store/memory"
)

// noon is when most of these tests begin: a time with all digits of a second.
var noon = time.Date(2025, time.December, 24, 12, 0, 0, 123456000, time.UTC)

// spy is a store that counts its calls, keeps the last query and can answer
// with an error of the test's.
type spy struct {
	session.Store
	calls atomic.Int64
	mu    sync.Mutex // for query: the Service has goroutines of its own
	query session.PageQuery
	// fail, if set, is what every call returns.
	fail error
	// before, if set, runs before every call reaches the store.
	before func()
	// hides, if set, says which ids Get does not find.
	hides func(id string) bool
	// writes counts the calls that write; failWrites, if set, is what they return,
	// and beforeWrite runs before they reach the store.
	writes      atomic.Int64
	failWrites  error
	beforeWrite func()
	// unreadable are the errors of rows that cannot be understood, and unreadWrites
	// counts the writes of those that reach them.
	unreadable   map[string]error
	unreadWrites atomic.Int64
}

// unread returns the error of a row that cannot be understood, as a write under cond
// gets it; nil for others.
func (s *spy) unread(id string, cond session.Condition) error {
	err := s.unreadable[id]
	if err == nil {
		return nil
	}
	if err = cond.CheckRead(nil, err); !errors.Is(err, session.ErrNotFound) {
		s.unreadWrites.Add(1)
	}
	return err
}

func (s *spy) write() error {
	s.writes.Add(1)
	if err := s.call(); err != nil {
		return err
	}
	if s.beforeWrite != nil {
		s.beforeWrite()
	}
	return s.failWrites
}

func (s *spy) note(q session.PageQuery) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.query = q
}

func (s *spy) call() error {
	s.calls.Add(1)
	if s.before != nil {
		s.before()
	}
	return s.fail
}

func (s *spy) Create(ctx context.Context, row *session.Session) error {
	if err := s.write(); err != nil {
		return err
	}
	return s.Store.Create(ctx, row)
}

func (s *spy) Get(ctx context.Context, id string) (*session.Session, error) {
	if err := s.call(); err != nil {
		return nil, err
	}
	if s.hides != nil && s.hides(id) {
		return nil, session.ErrNotFound
	}
	if err := s.unreadable[id]; err != nil {
		return nil, err
	}
	return s.Store.Get(ctx, id)
}

func (s *spy) Update(ctx context.Context, id string, c session.Change, cond session.Condition) (*session.Session, error) {
	if err := s.write(); err != nil {
		return nil, err
	}
	if err := s.unread(id, cond); err != nil {
		return nil, err
	}
	return s.Store.Update(ctx, id, c, cond)
}

func (s *spy) Delete(ctx context.Context, id string, cond session.Condition) (*session.Session, error) {
	if err := s.write(); err != nil {
		return nil, err
	}
	if err := s.unread(id, cond); err != nil {
		return nil, err
	}
	return s.Store.Delete(ctx, id, cond)
}

func (s *spy) Retime(ctx context.Context, id string, to session.Times, raise bool, cond session.Condition) (*session.Session, error) {
	if err := s.write(); err != nil {
		return nil, err
	}
	return s.Store.Retime(ctx, id, to, raise, cond)
}

func (s *spy) Apply(ctx context.Context, tx session.Transaction) error {
	if err := s.write(); err != nil {
		return err
	}
	return s.Store.Apply(ctx, tx)
}

func (s *spy) Record(ctx context.Context, key string) (*session.Record, error) {
	if err := s.call(); err != nil {
		return nil, err
	}
	return s.Store.Record(ctx, key)
}

func (s *spy) List(ctx context.Context, q session.PageQuery) (session.Page, error) {
	s.note(q)
	if err := s.call(); err != nil {
		return session.Page{}, err
	}
	return s.Store.List(ctx, q)
}

func (s *spy) ListByUser(ctx context.Context, userID string, q session.PageQuery) (session.Page, error) {
	s.note(q)
	if err := s.call(); err != nil {
		return session.Page{}, err
	}
	return s.Store.ListByUser(ctx, userID, q)
}

func (s *spy) Status(ctx context.Context) (session.Status, error) {
	if err := s.call(); err != nil {
		return session.Status{}, err
	}
	return s.Store.Status(ctx)
}

// bench is a Service on a fresh memory store, with a clock that the test moves
// and ids "id-1", "id-2", …
type bench struct {
	*session.Service
	store *spy
	now   time.Time
	made  atomic.Int64
}

func newBench(t *testing.T, ttl time.Duration) *bench {
	t.Helper()
	return newBenchOf(t, session.Options{TTL: ttl})
}

// newBenchOf is newBench with options; those that the bench needs are its own.
func newBenchOf(t *testing.T, o session.Options) *bench {
	t.Helper()
	store := memory.New()
	t.Cleanup(func() { _ = store.Close() })
	b := &bench{store: &spy{Store: store}, now: noon}
	b.Service = b.serviceOf(t, o, 1)
	return b
}

// service returns a Service on the bench's store and clock.
func (b *bench) service(t *testing.T, ttl time.Duration, keyByte byte) *session.Service {
	t.Helper()
	return b.serviceOf(t, session.Options{TTL: ttl}, keyByte)
}

func (b *bench) serviceOf(t *testing.T, o session.Options, keyByte byte) *session.Service {
	t.Helper()
	o.CursorKey = bytes.Repeat([]byte{keyByte}, session.CursorKeyBytes)
	o.Now = func() time.Time { return b.now }
	o.NewID = func(string) string { return fmt.Sprintf("id-%d", b.made.Add(1)) }
	s, err := session.NewService(b.store, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// create makes a session of user with the data {}.
func (b *bench) create(t *testing.T, user string) *session.Session {
	t.Helper()
	return b.createNew(t, session.New{UserID: user, Data: []byte(`{}`)})
}

// createNew makes a session.
func (b *bench) createNew(t *testing.T, n session.New) *session.Session {
	t.Helper()
	s, err := b.Create(t.Context(), n)
	if err != nil {
		t.Fatalf("create a session of %q: %v", n.UserID, err)
	}
	return s
}

// together runs do(0) to do(n-1) at once and returns when all have.
func together(n int, do func(i int)) {
	start := make(chan struct{})
	var running sync.WaitGroup
	for i := range n {
		running.Go(func() {
			<-start
			do(i)
		})
	}
	close(start)
	running.Wait()
}

func wantErrorIs(t *testing.T, what string, err, target error) {
	t.Helper()
	if !errors.Is(err, target) {
		t.Errorf("%s returned %v; want %v", what, err, target)
	}
}
