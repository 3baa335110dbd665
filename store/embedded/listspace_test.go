package embedded

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"

	session "session-api"
)

// createOf creates n sessions, each of another user.
func createOf(t *testing.T, s *Store, n int, user func(i int) string) {
	t.Helper()
	together(t, 50, func(i int) error {
		for ; i < n; i += 50 {
			row := newSession(fmt.Sprintf("row-of-%s-%05d", user(i), i))
			row.UserID = user(i)
			if err := s.Create(context.Background(), row); err != nil {
				return err
			}
		}
		return nil
	})
}

// TestASmallNamespaceIsFoundAtOnce beside more rows than a page looks at, of users
// whose ids are of every length.
func TestASmallNamespaceIsFoundAtOnce(t *testing.T) {
	t.Parallel()
	s := open(t, Options{fs: vfs.NewMem()})
	createOf(t, s, 2*looks(1), func(i int) string { return "other:" + strings.Repeat("x", i%(session.MaxUserIDBytes-6)) })
	createOf(t, s, 3, func(i int) string { return "mine:" + strings.Repeat("x", 100*i) })
	p, err := s.List(t.Context(), session.PageQuery{Now: now, Limit: 3, UserPrefix: "mine:"})
	if err != nil || len(p.Sessions) != 3 {
		t.Errorf("the first page holds %d sessions, %v; want all 3", len(p.Sessions), err)
	}
	if strings.Contains(p.Next, "other") {
		t.Errorf("the position %q names a session of others", p.Next)
	}
}

func TestPageOfANamespaceOverManyExpiredRowsIsShort(t *testing.T) {
	t.Parallel()
	s := open(t, Options{fs: vfs.NewMem()})
	createExpired(t, s, 2*looks(1)+10)
	young := newSession("young")
	young.CreatedAt = now.Add(time.Second)
	create(t, s, young)
	q := session.PageQuery{Now: now, Limit: 1, UserPrefix: "an"}
	yieldsOnPageThree(t, q, func(q session.PageQuery) (session.Page, error) { return s.List(t.Context(), q) })
}

func TestPositionsOfANamespaceAreItsOwn(t *testing.T) {
	t.Parallel()
	s := open(t, Options{fs: vfs.NewMem()})
	create(t, s, newSession("row-1"), newSession("row-2"))
	plain := session.PageQuery{Now: now, Limit: 1}
	space := session.PageQuery{Now: now, Limit: 1, UserPrefix: "a"}
	all, err := s.List(t.Context(), plain)
	if err != nil {
		t.Fatal(err)
	}
	own, err := s.List(t.Context(), space)
	if err != nil {
		t.Fatal(err)
	}
	for _, after := range []string{all.Next, "\x00", "\x03", "\x01row-1", "\x0212345678row"} {
		space.After = after
		_, err := s.List(t.Context(), space)
		wantError(t, fmt.Sprintf("List of a namespace after %q", after), err, session.ErrInvalidCursor)
	}
	plain.After = own.Next
	_, err = s.List(t.Context(), plain)
	wantError(t, "List after the position of a namespace", err, session.ErrInvalidCursor)
}

// TestAStepPassesNoUserOfTheNamespace goes through all keys in the way of a page and
// by itself, and holds the two against each other.
func TestAStepPassesNoUserOfTheNamespace(t *testing.T) {
	t.Parallel()
	var keys [][]byte
	for _, user := range []string{
		"", "a", "b", "a:", "a:1", "a;", "b:1", "aa", "\xff", "\xff\xff", "a\xff", "ä:", strings.Repeat("a", 127), strings.Repeat("a", 128),
		strings.Repeat("a", 256), strings.Repeat("b", 200), strings.Repeat("\xff", 130), strings.Repeat("a", 300),
	} {
		keys = append(keys, userKey(user, now, "id-1"), userKey(user, now.Add(1000), "id-0"))
	}
	keys = append(keys, []byte{userPrefix}, []byte{userPrefix, 0x80}, []byte{userPrefix, 9, 'a'})
	slices.SortFunc(keys, bytes.Compare)
	for _, prefix := range []string{"a", "a:", "a:1", "b", "\xff", "ä", "z", "0", strings.Repeat("a", 128), strings.Repeat("c", 400)} {
		var want, got []string
		for _, key := range keys {
			if end, _ := nextInNamespace(key, prefix); end > 0 {
				want = append(want, string(key))
			}
		}
		steps := 0
		for i := 0; i < len(keys); steps++ {
			end, next := nextInNamespace(keys[i], prefix)
			if end > 0 {
				got = append(got, string(keys[i]))
				i++
				continue
			}
			if bytes.Compare(next, keys[i]) <= 0 {
				t.Fatalf("from %q the step goes to %q", keys[i], next)
			}
			i, _ = slices.BinarySearchFunc(keys, next, bytes.Compare)
		}
		if !slices.Equal(got, want) {
			t.Errorf("within %q the steps find %q; want %q", prefix, got, want)
		}
	}
}

// TestABrokenRowOfAnotherNamespaceIsAbsent, and one of the namespace is not.
func TestABrokenRowOfAnotherNamespaceIsAbsent(t *testing.T) {
	t.Parallel()
	s := open(t, Options{fs: vfs.NewMem()})
	whole := newSession("row-half")
	whole.Client.Label = "x"
	create(t, s, whole, newSession("row-none"))
	stored := appendRow(nil, whole)
	half := stored[:bytes.Index(stored, []byte("ann"))+len("ann")]
	for id, row := range map[string][]byte{"row-half": half, "row-none": {9}} {
		if err := s.db.Set(appendRowKey(nil, id), row, pebble.Sync); err != nil {
			t.Fatal(err)
		}
		for prefix, want := range map[string]error{"": session.ErrUnreadable, "ann": session.ErrUnreadable, "bob": session.ErrNotFound} {
			if id == "row-none" && prefix != "" {
				want = session.ErrNotFound // nobody knows whose it is
			}
			cond := session.Condition{Now: now, UserPrefix: prefix}
			what := id[4:] + " within " + prefix
			_, err := s.Update(t.Context(), id, session.Change{At: now}, cond)
			wantError(t, "Update of "+what, err, want)
			_, err = s.Retime(t.Context(), id, session.Times{ExpiresAt: ends}, true, cond)
			wantError(t, "Retime of "+what, err, want)
			_, err = s.Delete(t.Context(), id, cond)
			wantError(t, "Delete of "+what, err, want)
			err = s.Apply(t.Context(), session.Transaction{End: []session.Ending{{ID: id, Cond: cond}}})
			wantError(t, "Apply to "+what, err, want)
		}
	}
	p, err := s.List(t.Context(), session.PageQuery{Now: now, Limit: 9, UserPrefix: "a"})
	if err != nil || len(p.Sessions) > 0 || s.UnreadableRows() != 2 {
		t.Errorf("List returned %d sessions and counted %d rows that it left out, %v; want 0 and 2", len(p.Sessions), s.UnreadableRows(), err)
	}
}
