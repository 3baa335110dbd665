package session_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"session-api"
)

func TestLimitsOfAPage(t *testing.T) {
	t.Parallel()
	b := newBench(t, time.Hour)
	for _, c := range []struct {
		limit, asked int
	}{
		{0, 100}, {1, 1}, {1000, 1000}, // as published
		{-1, 0}, {1001, 0},
	} {
		b.store.query = session.PageQuery{}
		_, all := b.List(t.Context(), "", session.ListQuery{Limit: c.limit})
		_, users := b.ListByUser(t.Context(), "user", session.ListQuery{Limit: c.limit})
		if b.store.query.Limit != c.asked {
			t.Errorf("with the limit %d the store is asked for %d sessions; want %d", c.limit, b.store.query.Limit, c.asked)
		}
		for _, err := range []error{all, users} {
			var e *session.Error
			refused := errors.As(err, &e) && e.Code == session.CodeInvalidLimit && e.Field == "limit"
			if refused != (c.asked == 0) {
				t.Errorf("the limit %d gives %v", c.limit, err)
			}
		}
	}
}

func TestAPageIsReadAtTheTimeOfTheClock(t *testing.T) {
	t.Parallel()
	b := newBench(t, time.Hour)
	b.now = noon.Add(5 * time.Minute).In(time.FixedZone("west", -3600))
	if _, err := b.List(t.Context(), "", session.ListQuery{}); err != nil {
		t.Fatal(err)
	}
	if want := noon.Add(5 * time.Minute); b.store.query.Now != want {
		t.Errorf("the store is asked about %v; want %v", b.store.query.Now, want)
	}
}

// walk returns the ids of a whole list in pages of two.
func walk(t *testing.T, page func(q session.ListQuery) (session.List, error)) []string {
	t.Helper()
	var ids []string
	q := session.ListQuery{Limit: 2}
	for range 100 {
		p, err := page(q)
		if err != nil {
			t.Fatalf("a page of the walk: %v", err)
		}
		for _, s := range p.Sessions {
			ids = append(ids, s.ID)
		}
		if p.NextCursor == "" {
			return ids
		}
		if strings.Contains(p.NextCursor, "id-") {
			t.Errorf("the cursor %q shows an id", p.NextCursor)
		}
		q.Cursor = p.NextCursor
	}
	t.Fatal("the walk does not end")
	return nil
}

func TestCursorsLeadThroughTheWholeList(t *testing.T) {
	t.Parallel()
	b := newBench(t, time.Hour)
	for range 5 {
		b.now = b.now.Add(time.Second)
		b.create(t, "ann")
		b.create(t, "bob")
	}
	ann := walk(t, func(q session.ListQuery) (session.List, error) { return b.ListByUser(t.Context(), "ann", q) })
	if want := []string{"id-1", "id-3", "id-5", "id-7", "id-9"}; !slices.Equal(ann, want) {
		t.Errorf("ann's sessions are %v; want %v, in the order of creation", ann, want)
	}
	all := walk(t, func(q session.ListQuery) (session.List, error) { return b.List(t.Context(), "", q) })
	slices.Sort(all)
	if want := []string{"id-1", "id-10", "id-2", "id-3", "id-4", "id-5", "id-6", "id-7", "id-8", "id-9"}; !slices.Equal(all, want) {
		t.Errorf("all sessions are %v; want %v", all, want)
	}
}

// cursors returns a cursor of the list of all and one of ann's.
func cursors(t *testing.T, b *bench) (all, ann string) {
	t.Helper()
	for range 3 {
		b.create(t, "ann")
	}
	p, err := b.List(t.Context(), "", session.ListQuery{Limit: 1})
	if err != nil || p.NextCursor == "" {
		t.Fatalf("the first of three sessions comes with the cursor %q, %v", p.NextCursor, err)
	}
	u, err := b.ListByUser(t.Context(), "ann", session.ListQuery{Limit: 1})
	if err != nil || u.NextCursor == "" {
		t.Fatalf("the first of ann's three sessions comes with the cursor %q, %v", u.NextCursor, err)
	}
	return p.NextCursor, u.NextCursor
}

func TestACursorOfAnotherListNeverReachesTheStore(t *testing.T) {
	t.Parallel()
	b := newBench(t, time.Hour)
	all, ann := cursors(t, b)
	b.store.calls.Store(0)
	_, err := b.List(t.Context(), "", session.ListQuery{Cursor: ann})
	wantErrorIs(t, "List with a user's cursor", err, session.ErrInvalidCursor)
	for _, user := range []string{"bob", "all", "annx", "an"} {
		_, err := b.ListByUser(t.Context(), user, session.ListQuery{Cursor: ann})
		wantErrorIs(t, "ListByUser of "+user+" with ann's cursor", err, session.ErrInvalidCursor)
		_, err = b.ListByUser(t.Context(), user, session.ListQuery{Cursor: all})
		wantErrorIs(t, "ListByUser of "+user+" with the cursor of all", err, session.ErrInvalidCursor)
	}
	if b.store.calls.Load() != 0 {
		t.Errorf("cursors of other lists cost %d store calls; want none", b.store.calls.Load())
	}
}

func TestACursorIsGoodWhereverItsKeyIs(t *testing.T) {
	t.Parallel()
	b := newBench(t, time.Hour)
	all, _ := cursors(t, b)
	p, err := b.service(t, 2*time.Hour, 1).List(t.Context(), "", session.ListQuery{Cursor: all})
	if err != nil || len(p.Sessions) != 2 {
		t.Errorf("another service with the same key goes on with %d sessions, %v; want 2", len(p.Sessions), err)
	}
	_, err = b.service(t, time.Hour, 2).List(t.Context(), "", session.ListQuery{Cursor: all})
	wantErrorIs(t, "List with the cursor of another key", err, session.ErrInvalidCursor)
}

func TestAListIsOfWhatItsQueryAsksFor(t *testing.T) {
	t.Parallel()
	b := newBench(t, time.Hour)
	for range 5 {
		b.now = b.now.Add(time.Second)
		b.create(t, "ann")
		b.create(t, "bob")
	}
	at := func(seconds int) time.Time { return noon.Add(time.Duration(seconds) * time.Second) }
	for _, c := range []struct {
		what, user string // user "" for the list of all
		q          session.ListQuery
		want       []string
	}{
		{"newest first", "ann", session.ListQuery{Descending: true}, []string{"id-9", "id-7", "id-5", "id-3", "id-1"}},
		{"after a time", "ann", session.ListQuery{CreatedAfter: at(3)}, []string{"id-7", "id-9"}},
		{"before a time", "ann", session.ListQuery{CreatedBefore: at(3)}, []string{"id-1", "id-3"}},
		{"between, newest first", "ann", session.ListQuery{CreatedAfter: at(1), CreatedBefore: at(5), Descending: true}, []string{"id-7", "id-5", "id-3"}},
		{"all between", "", session.ListQuery{CreatedAfter: at(1), CreatedBefore: at(4)}, []string{"id-3", "id-4", "id-5", "id-6"}},
	} {
		got := walk(t, func(page session.ListQuery) (session.List, error) {
			q := c.q
			q.Cursor, q.Limit = page.Cursor, page.Limit
			if c.user == "" {
				return b.List(t.Context(), "", q)
			}
			return b.ListByUser(t.Context(), c.user, q)
		})
		if c.user == "" {
			slices.Sort(got)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: the list is %v; want %v", c.what, got, c.want)
		}
	}
}

func TestTheListOfAllCanBeOneUsersWithoutData(t *testing.T) {
	t.Parallel()
	b := newBench(t, time.Hour)
	b.create(t, "ann")
	b.create(t, "bob")
	l, err := b.List(t.Context(), "ann", session.ListQuery{Descending: true})
	if err != nil || len(l.Sessions) != 1 || l.Sessions[0].UserID != "ann" || l.Sessions[0].Data != nil {
		t.Errorf("the list is %v, %v; want ann's session without data", l.Sessions, err)
	}
	_, err = b.List(t.Context(), "", session.ListQuery{Descending: true})
	wantErrorIs(t, "an order of all sessions", err, &session.Error{Code: session.CodeInvalidValue})
	_, err = b.List(t.Context(), "a\x00", session.ListQuery{})
	wantErrorIs(t, "the sessions of a user that cannot be", err, &session.Error{Code: session.CodeInvalidUserID})
}

func TestACursorGoesWithItsQuery(t *testing.T) {
	t.Parallel()
	b := newBench(t, time.Hour)
	for range 3 {
		b.create(t, "ann")
	}
	queries := []session.ListQuery{
		{}, {Descending: true}, {CreatedAfter: noon.Add(-time.Hour)}, {CreatedBefore: noon.Add(time.Hour)},
		{CreatedAfter: noon.Add(-time.Hour), CreatedBefore: noon.Add(time.Hour)},
		{CreatedAfter: noon.Add(-time.Hour), Descending: true},
	}
	for i, given := range queries {
		given.Limit = 1
		l, err := b.ListByUser(t.Context(), "ann", given)
		if err != nil || l.NextCursor == "" {
			t.Fatalf("query %d: no cursor, %v", i, err)
		}
		for j, used := range queries {
			used.Cursor = l.NextCursor
			if _, err := b.ListByUser(t.Context(), "ann", used); (err == nil) != (i == j) {
				t.Errorf("the cursor of query %d in query %d: %v", i, j, err)
			}
		}
	}
}
