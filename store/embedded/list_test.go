package embedded

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"

	session "session-api"
)

func TestBrokenRowIsLeftOutAndLoggedOnce(t *testing.T) {
	t.Parallel()
	log := newJournal()
	s := open(t, Options{fs: vfs.NewMem(), Logger: log.logger()})
	create(t, s, newSession("row-secret"), newSession("row-whole"))
	broken := appendRowKey(nil, "row-secret")
	if err := s.db.Set(broken, []byte("\x01\x02"), pebble.Sync); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		all, byUser := listed(t, s, 10)
		if fmt.Sprint(all, byUser) != "[row-whole] [row-whole]" {
			t.Errorf("the lists have %q and %q", all, byUser)
		}
	}
	if n := s.UnreadableRows(); n != 6 {
		t.Errorf("%d rows were counted; want 6", n)
	}
	got := log.String()
	if strings.Count(got, "\n") != 1 || !strings.Contains(got, session.Redact("row-secret")) || strings.Contains(got, "row-secret") || !strings.Contains(got, "createdAt") {
		t.Errorf("the log should name the row once, redacted, and its field:\n%s", got)
	}

	_, err := s.Get(t.Context(), "row-secret")
	wantError(t, "Get", err, session.ErrUnreadable)
	wantError(t, "Update", update(t.Context(), s, "row-secret", `2`), session.ErrUnreadable)
	wantError(t, "Delete", end(t.Context(), s, "row-secret"), session.ErrUnreadable)
	wantError(t, "Create", s.Create(t.Context(), newSession("row-secret")), session.ErrExists)
	// The sweep does not need to understand it.
	s.options.Now = newClock(ends).now
	wantSwept(t, s, 2)
}

func TestPageOverManyExpiredRowsIsShort(t *testing.T) {
	t.Parallel()
	s := open(t, Options{fs: vfs.NewMem()})
	createExpired(t, s, 2*looks(1)+10)
	create(t, s, newSession("young"))
	for name, list := range map[string]func(session.PageQuery) (session.Page, error){
		"List":       func(q session.PageQuery) (session.Page, error) { return s.List(t.Context(), q) },
		"ListByUser": func(q session.PageQuery) (session.Page, error) { return s.ListByUser(t.Context(), "ann", q) },
	} {
		q := session.PageQuery{Now: now, Limit: 1}
		for page := 1; page <= 3; page++ {
			p, err := list(q)
			if err != nil {
				t.Fatal(err)
			}
			if last := page == 3; (len(p.Sessions) == 1) != last || (p.Next == "") != last {
				t.Errorf("%s: page %d has %d sessions and Next %q", name, page, len(p.Sessions), p.Next)
			}
			q.After = p.Next
		}
	}
}

// createExpired creates sessions of ann that are over.
func createExpired(t *testing.T, s *Store, n int) {
	t.Helper()
	together(t, 50, func(i int) error {
		for ; i < n; i += 50 {
			row := newSession(fmt.Sprintf("old-%05d", i))
			row.ExpiresAt = now.Truncate(time.Second)
			if err := s.Create(context.Background(), row); err != nil {
				return err
			}
		}
		return nil
	})
}

func TestPositionThatWasNeverGivenOutIsRefused(t *testing.T) {
	t.Parallel()
	s := open(t, Options{fs: vfs.NewMem()})
	create(t, s, newSession("row"))
	for _, after := range []string{"\x00", "\x01", "\x02", "row", "\x02row", "\x0212345678"} {
		q := session.PageQuery{Now: now, Limit: 1, After: after}
		_, err := s.ListByUser(t.Context(), "ann", q)
		wantError(t, fmt.Sprintf("ListByUser after %q", after), err, session.ErrInvalidCursor)
		q.Descending, q.IDsOnly = true, true
		_, err = s.ListByUser(t.Context(), "ann", q)
		wantError(t, fmt.Sprintf("ListByUser descending after %q", after), err, session.ErrInvalidCursor)
		_, err = s.List(t.Context(), q)
		wantError(t, fmt.Sprintf("List after %q", after), err, session.ErrInvalidCursor)
	}
}

func TestFullPageIsTheLastWhenNothingFollows(t *testing.T) {
	t.Parallel()
	s := open(t, Options{fs: vfs.NewMem()})
	create(t, s, newSession("row-1"), newSession("row-2"))
	q := session.PageQuery{Now: now, Limit: 2}
	for _, list := range []func() (session.Page, error){
		func() (session.Page, error) { return s.List(t.Context(), q) },
		func() (session.Page, error) { return s.ListByUser(t.Context(), "ann", q) },
	} {
		if p, err := list(); err != nil || len(p.Sessions) != 2 || p.Next != "" {
			t.Errorf("the page has %d sessions and Next %q, %v", len(p.Sessions), p.Next, err)
		}
	}
}
