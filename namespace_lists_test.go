package session_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"session-api"
)

// shops is a bench with n sessions of each of two users of each namespace.
func shops(t *testing.T, n int) *bench {
	t.Helper()
	b := newBench(t, time.Hour)
	for range n {
		for _, user := range []string{"shop:1", "billing:1", "shop:2", "billing:2"} {
			b.create(t, user)
		}
	}
	return b
}

func TestAListOfAllIsOfTheNamespace(t *testing.T) {
	t.Parallel()
	b := shops(t, 3)
	for c, want := range map[session.Caller][]string{
		shop:                      {"id-1", "id-11", "id-3", "id-5", "id-7", "id-9"},
		billing:                   {"id-10", "id-12", "id-2", "id-4", "id-6", "id-8"},
		{UserPrefix: "billing:2"}: {"id-12", "id-4", "id-8"},
		{UserPrefix: "nobody"}:    nil,
	} {
		got := walk(t, func(q session.ListQuery) (session.List, error) { return b.As(c).List(t.Context(), "", q) })
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%+v lists %v; want %v", c, got, want)
		}
	}
	ones := walk(t, func(q session.ListQuery) (session.List, error) {
		return b.As(shop).ListByUser(t.Context(), "shop:1", q)
	})
	if want := []string{"id-1", "id-5", "id-9"}; !slices.Equal(ones, want) {
		t.Errorf("the sessions of a user are %v; want %v", ones, want)
	}
}

// firstPage returns the cursor after the first session of a list.
func firstPage(t *testing.T, s *session.Service, user string) string {
	t.Helper()
	l, err := s.List(t.Context(), user, session.ListQuery{Limit: 1})
	if err != nil || l.NextCursor == "" {
		t.Fatalf("the first page comes with the cursor %q, %v", l.NextCursor, err)
	}
	return l.NextCursor
}

func TestACursorIsGoodInItsNamespaceOnly(t *testing.T) {
	t.Parallel()
	b := shops(t, 3)
	callers := []session.Caller{{}, shop, billing, {UserPrefix: "s"}, {UserPrefix: "shop:1"}, {UserPrefix: "b"}, {Name: "admin"}}
	for _, user := range []string{"", "shop:1"} {
		for _, given := range callers {
			if !allowed(t, b.As(given), user) {
				continue
			}
			cursor := firstPage(t, b.As(given), user)
			for _, used := range callers {
				if !allowed(t, b.As(used), user) {
					continue
				}
				_, err := b.As(used).List(t.Context(), user, session.ListQuery{Cursor: cursor})
				if good := used.UserPrefix == given.UserPrefix; good != (err == nil) || !good && !errors.Is(err, session.ErrInvalidCursor) {
					t.Errorf("the cursor of %+v in a list of %+v (user %q) gives %v", given, used, user, err)
				}
			}
		}
	}
}

func allowed(t *testing.T, s *session.Service, user string) bool {
	t.Helper()
	_, err := s.List(t.Context(), user, session.ListQuery{})
	return err == nil
}

// TestWhoKnowsTheCursorKeyCanNeitherReadNorMakeACursorOfANamespace: where an engine
// derives that key from its settings it is no secret, and a position may hold an id
// of another namespace.
func TestWhoKnowsTheCursorKeyCanNeitherReadNorMakeACursorOfANamespace(t *testing.T) {
	t.Parallel()
	b := shops(t, 2)
	block, err := aes.NewCipher(bytes.Repeat([]byte{1}, session.CursorKeyBytes)) // the bench's
	if err != nil {
		t.Fatal(err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		t.Fatal(err)
	}
	scopes := map[session.Caller]string{{}: "all", shop: `in "shop:" all`}
	for c, scope := range scopes {
		sealed, err := base64.RawURLEncoding.DecodeString(firstPage(t, b.As(c), ""))
		if err != nil {
			t.Fatal(err)
		}
		_, err = aead.Open(nil, nil, sealed[1:], []byte(scope))
		if restricted := c.UserPrefix != ""; restricted != (err != nil) {
			t.Errorf("who knows the key opens a cursor of %+v: %v", c, err)
		}
		forged := base64.RawURLEncoding.EncodeToString(aead.Seal([]byte{1}, nil, []byte("all:id-1"), []byte(scope)))
		_, err = b.As(c).List(t.Context(), "", session.ListQuery{Cursor: forged})
		if restricted := c.UserPrefix != ""; restricted != errors.Is(err, session.ErrInvalidCursor) {
			t.Errorf("who knows the key makes a cursor of %+v: %v", c, err)
		}
	}
}

func TestACursorOfANamespaceIsGoodWhereverTheStoreAndTheKeyAre(t *testing.T) {
	t.Parallel()
	b := shops(t, 3)
	var cursors [8]string
	services := make([]*session.Service, len(cursors))
	for i := range services {
		services[i] = b.service(t, time.Hour, 1).As(shop)
	}
	together(len(cursors), func(i int) { // all of them are the first
		l, err := services[i].List(t.Context(), "", session.ListQuery{Limit: 1})
		if err != nil {
			t.Error(err)
		}
		cursors[i] = l.NextCursor
	})
	for i, cursor := range cursors {
		for j, s := range services {
			if l, err := s.List(t.Context(), "", session.ListQuery{Cursor: cursor}); err != nil || len(l.Sessions) != 5 {
				t.Errorf("the cursor of service %d in service %d: %d sessions, %v", i, j, len(l.Sessions), err)
			}
		}
	}
	_, err := b.service(t, time.Hour, 2).As(shop).List(t.Context(), "", session.ListQuery{Cursor: cursors[0]})
	wantErrorIs(t, "List with the cursor of another key", err, session.ErrInvalidCursor)
	other := shops(t, 3)
	_, err = other.As(shop).List(t.Context(), "", session.ListQuery{Cursor: cursors[0]})
	wantErrorIs(t, "List with the cursor of another store", err, session.ErrInvalidCursor)
}

// TestTheKeyOfNamespacesCostsOneLook, and none where no cursor is needed.
func TestTheKeyOfNamespacesCostsOneLook(t *testing.T) {
	t.Parallel()
	b := shops(t, 3)
	s := b.As(shop)
	cursor := ""
	for _, c := range []struct {
		what  string
		q     func() session.ListQuery
		calls int64
	}{
		{"a list of one page", func() session.ListQuery { return session.ListQuery{} }, 1},
		{"the first cursor", func() session.ListQuery { return session.ListQuery{Limit: 2} }, 3},
		{"the second page", func() session.ListQuery { return session.ListQuery{Limit: 2, Cursor: cursor} }, 1},
		{"another first page", func() session.ListQuery { return session.ListQuery{Limit: 1} }, 1},
		{"no cursor at all", func() session.ListQuery { return session.ListQuery{Cursor: "forged"} }, 0},
	} {
		b.store.calls.Store(0)
		l, err := s.List(t.Context(), "", c.q())
		if n := b.store.calls.Load(); n != c.calls {
			t.Errorf("%s cost %d store calls, %v; want %d", c.what, n, err, c.calls)
		}
		cursor = l.NextCursor
	}
	b.store.calls.Store(0)
	firstPage(t, b.As(billing), "")
	if n := b.store.calls.Load(); n != 1 {
		t.Errorf("the first cursor of another namespace cost %d store calls; want 1", n)
	}
}

func TestWithoutTheirKeyNamespacesHaveNoCursors(t *testing.T) {
	t.Parallel()
	b := shops(t, 3)
	down := session.Unavailable(errors.New("throttled"))
	b.store.failWrites = down
	err := listed(b.As(shop).List(t.Context(), "", session.ListQuery{Limit: 1}))
	wantErrorIs(t, "a page with a cursor while the store takes no write", err, session.ErrUnavailable)
	if err := listed(b.As(shop).List(t.Context(), "", session.ListQuery{})); err != nil {
		t.Errorf("a page without one: %v", err)
	}
	b.store.failWrites = nil
	firstPage(t, b.As(shop), "")
}

func TestADamagedSecretOfCursorsIsMadeAnew(t *testing.T) {
	t.Parallel()
	b := shops(t, 3)
	damaged := session.Record{Key: "cursor-secret", Value: []byte("short"), Version: 7, ExpiresAt: noon.Add(time.Hour).Truncate(time.Second)}
	if err := b.store.Apply(t.Context(), session.Transaction{Records: []session.RecordWrite{{Record: damaged}}}); err != nil {
		t.Fatal(err)
	}
	cursor := firstPage(t, b.As(shop), "")
	if _, err := b.service(t, time.Hour, 1).As(shop).List(t.Context(), "", session.ListQuery{Cursor: cursor}); err != nil {
		t.Errorf("another service does not know the cursor: %v", err)
	}
	stored, err := b.store.Record(t.Context(), "cursor-secret")
	if err != nil || len(stored.Value) != session.CursorKeyBytes || !stored.ExpiresAt.After(noon.AddDate(5000, 0, 0)) {
		t.Errorf("stored is %s, %v", fmt.Sprint(stored), err)
	}
}
