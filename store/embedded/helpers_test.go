package embedded

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	session "session-api"
)

// The tests' time: rows end an hour after it.
var (
	now  = time.Date(2026, 1, 2, 3, 4, 5, 678900000, time.UTC)
	ends = now.Truncate(time.Second).Add(time.Hour)
)

// open opens a store whose sweep runs only when a test calls it.
func open(t testing.TB, o Options) *Store {
	t.Helper()
	s, err := tryOpen(o)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func tryOpen(o Options) (*Store, error) {
	if o.Dir == "" {
		o.Dir = "data"
	}
	if o.sweepEvery == 0 {
		o.sweepEvery = -1
	}
	return Open(o)
}

func newSession(id string) *session.Session {
	return &session.Session{ID: id, UserID: "ann", Data: []byte(`{"n":1}`), CreatedAt: now, ExpiresAt: ends, Version: 1}
}

func create(t testing.TB, s *Store, rows ...*session.Session) {
	t.Helper()
	for _, row := range rows {
		if err := s.Create(t.Context(), row); err != nil {
			t.Fatalf("Create(%s): %v", row.ID, err)
		}
	}
}

func update(ctx context.Context, s *Store, id, data string) error {
	_, err := s.Update(ctx, id, session.Change{Data: []byte(data), At: now}, session.Condition{Now: now})
	return err
}

func end(ctx context.Context, s *Store, id string) error {
	_, err := s.Delete(ctx, id, session.Condition{Now: now})
	return err
}

// retime moves the end of a row.
func retime(ctx context.Context, s *Store, id string, to time.Time) error {
	_, err := s.Retime(ctx, id, session.Times{ExpiresAt: to}, false, session.Condition{Now: now})
	return err
}

// ending ends a row in a transaction; to, if it isn't "", is where its alias leads.
func ending(id, to string) session.Ending {
	e := session.Ending{ID: id, Cond: session.Condition{Now: now}}
	if to != "" {
		e.Alias = &session.Alias{To: to, Until: ends}
	}
	return e
}

// record is the write of a record in the place of the one at version was.
func record(key string, version, was int64) session.RecordWrite {
	return session.RecordWrite{
		Record: session.Record{Key: key, Value: []byte(key), Version: version, ExpiresAt: ends},
		Was:    was,
	}
}

func apply(t testing.TB, s *Store, tx session.Transaction) {
	t.Helper()
	if err := s.Apply(t.Context(), tx); err != nil {
		t.Fatalf("Apply: %v", err)
	}
}

// wantAlias fails unless the row is an alias that leads to to.
func wantAlias(t testing.TB, s *Store, id, to string) {
	t.Helper()
	got, err := s.Get(t.Context(), id)
	if err != nil || got.RotatedTo != to {
		t.Errorf("Get(%s) = %+v, %v; want an alias that leads to %s", id, got, err, to)
	}
}

// wantVersion fails unless the record is at this version; 0 wants no record.
func wantVersion(t testing.TB, s *Store, key string, version int64) {
	t.Helper()
	got, err := s.Record(t.Context(), key)
	switch {
	case version == 0 && errors.Is(err, session.ErrNotFound):
	case err != nil || got.Version != version || string(got.Value) != key:
		t.Errorf("Record(%s) = %+v, %v; want version %d", key, got, err, version)
	}
}

// wantData fails unless the row is stored with this data; "" wants no row.
func wantData(t testing.TB, s *Store, id, data string) {
	t.Helper()
	got, err := s.Get(t.Context(), id)
	switch {
	case data == "" && errors.Is(err, session.ErrNotFound):
	case err != nil || data == "":
		t.Errorf("Get(%s) = %v, %v; want data %q", id, got, err, data)
	case string(got.Data) != data:
		t.Errorf("Get(%s) has data %q; want %q", id, got.Data, data)
	}
}

// wantError fails unless err matches want and names none of the tests' ids.
func wantError(t testing.TB, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: %v; want %v", what, err, want)
	}
	if err != nil && strings.Contains(err.Error(), "row-") {
		t.Errorf("%s: the error shows an id: %v", what, err)
	}
}

// listed returns the ids of all active sessions, and those of ann, page by page.
func listed(t testing.TB, s *Store, limit int) (all, byUser []string) {
	t.Helper()
	walk := func(page func(q session.PageQuery) (session.Page, error)) (ids []string) {
		q := session.PageQuery{Now: now, Limit: limit}
		for {
			p, err := page(q)
			if err != nil {
				t.Fatalf("list: %v", err)
			}
			for _, row := range p.Sessions {
				ids = append(ids, row.ID)
			}
			if q.After = p.Next; q.After == "" {
				return ids
			}
		}
	}
	all = walk(func(q session.PageQuery) (session.Page, error) { return s.List(t.Context(), q) })
	byUser = walk(func(q session.PageQuery) (session.Page, error) { return s.ListByUser(t.Context(), "ann", q) })
	return all, byUser
}

// together runs do at once, n times, and fails the test with their errors.
func together(t testing.TB, n int, do func(i int) error) {
	t.Helper()
	errs := make(chan error, n)
	for i := range n {
		go func() { errs <- do(i) }()
	}
	for range n {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

// journal is a log that tests read.
type journal struct {
	mu   sync.Mutex
	more sync.Cond
	buf  bytes.Buffer
}

func newJournal() *journal {
	j := &journal{}
	j.more.L = &j.mu
	return j
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.more.Broadcast()
	return j.buf.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.String()
}

// await waits until text is logged.
func (j *journal) await(text string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for !strings.Contains(j.buf.String(), text) {
		j.more.Wait()
	}
}

func (j *journal) logger() *slog.Logger { return slog.New(slog.NewTextHandler(j, nil)) }
