package dynamo

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"session-api"
	"session-api/store/dynamo/faultproxy"
)

// within returns cond for a namespace.
func within(prefix string, cond session.Condition) session.Condition {
	cond.UserPrefix = prefix
	return cond
}

// writesWithin returns the conditional writes of the row "a" under cond.
func (b *bench) writesWithin(t *testing.T, cond session.Condition) map[string]func() (*session.Session, error) {
	return map[string]func() (*session.Session, error){
		"Update": func() (*session.Session, error) { return b.Update(t.Context(), "a", changed(`1`), cond) },
		"Retime": func() (*session.Session, error) { return b.Retime(t.Context(), "a", moved(), true, cond) },
		"Retime without a mark": func() (*session.Session, error) {
			return b.Retime(t.Context(), "a", moved(), false, cond)
		},
		"Delete": func() (*session.Session, error) { return b.Delete(t.Context(), "a", cond) },
		"Apply": func() (*session.Session, error) {
			return nil, b.Apply(t.Context(), rotation("a", "next", cond))
		},
	}
}

// TestNothingTellsOfARowOfAnotherNamespace, in whatever state it is, and none of it
// costs a second call.
func TestNothingTellsOfARowOfAnotherNamespace(t *testing.T) {
	t.Parallel()
	rows := map[string]item{
		"active": newItem(newSession("a"), "w"), "ttl is text": with("ttl", text("4133944800")),
		"ttl is text, and past": with("ttl", text("1")), "over": with("ttl", asNumber("1")), "version 9": with("version", asNumber("9")),
	}
	for name, c := range brokenRows {
		rows[name] = with(c.attribute, c.value)
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBenchOn(t, Options{}, false)
			if motoFails(b.server, row) {
				return
			}
			b.put(t, b.table, row)
			row = b.item(t, b.table, "a")
			for _, cond := range []session.Condition{meanwhile(), atVersion(1), atTimes(newSession("a")), {}} {
				for what, do := range b.writesWithin(t, within("bob", cond)) {
					b.proxy.ResetCalls()
					got, err := do()
					if !errors.Is(err, session.ErrNotFound) || got != nil {
						t.Errorf("%s returned %v, %v; want %v", what, got, err, session.ErrNotFound)
					}
					if n := b.proxy.Calls(); n != 1 {
						t.Errorf("%s made %d calls; want one", what, n)
					}
				}
			}
			if after := b.item(t, b.table, "a"); !reflect.DeepEqual(after, row) {
				t.Errorf("stored is %s; want %s", show(after), show(row))
			}
		})
	}
}

func TestAnUnreadableRowNamesItsUserToTheService(t *testing.T) {
	t.Parallel()
	for name, c := range brokenRows {
		_, err := decode(with(c.attribute, c.value))
		want := "alice"
		if c.attribute == AttributeUserID {
			want = ""
		}
		var unread *session.Error
		if !errors.As(err, &unread) || unread.UserID != want {
			t.Errorf("%s: the error is of the user %q; want %q", name, unread.UserID, want)
		}
		if strings.Contains(err.Error(), "alice") {
			t.Errorf("%s: the text of the error names the user: %v", name, err)
		}
	}
}

// TestALostWriteFindsNoRowOfAnotherNamespace: a Retime without a mark takes a row at
// its times for one that it has written.
func TestALostWriteFindsNoRowOfAnotherNamespace(t *testing.T) {
	t.Parallel()
	for how, cond := range map[string]session.Condition{"at any times": meanwhile(), "at its times": atTimes(newSession("a"))} {
		for loss, fault := range map[string]faultproxy.Fault{"the reply": faultproxy.LoseReply(), "the request": faultproxy.LoseRequest()} {
			t.Run(how+", "+loss, func(t *testing.T) {
				t.Parallel()
				b := newBench(t, Options{})
				s := b.create(t, newSession("a"))
				for _, id := range []string{"a", "never"} {
					b.fail("UpdateItem", 1, fault)
					got, err := b.Retime(t.Context(), id, s.Times(), false, within("bob", cond))
					if got != nil || !errors.Is(err, session.ErrUnavailable) {
						t.Errorf("Retime of the id %q returned %v, %v; want %v, as for any row that is not there", id, got, err, session.ErrUnavailable)
					}
				}
			})
		}
	}
}

// TestAnEmptyNamespaceIsReadOverInFewCalls: a page that shows nothing costs its
// caller a request, and one that never ends costs everybody.
func TestAnEmptyNamespaceIsReadOverInFewCalls(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	var writers sync.WaitGroup
	for i := range 30 {
		s := newSession(fmt.Sprintf("row-%03d", i))
		s.UserID = fmt.Sprintf("alice:%d", i)
		writers.Go(func() { b.create(t, s) })
	}
	writers.Wait()
	for _, c := range []struct {
		prefix       string
		limit        int
		shown, scans int
	}{
		{"", 5, 5, 1},      // as ever
		{"alice", 5, 5, 1}, // the first rows show something
		{"bob", 5, 0, 2},   // all rows fit the second look
		{"bob", 1000, 0, 1},
		{"alice:2", 1000, 11, 1},
	} {
		b.proxy.ResetCalls()
		q := page(c.limit)
		q.UserPrefix = c.prefix
		p, err := b.List(t.Context(), q)
		if err != nil || len(p.Sessions) != c.shown || (p.Next != "") != (c.shown == c.limit) {
			t.Errorf("List within %q, limit %d, returned %d sessions and the position %q, %v", c.prefix, c.limit, len(p.Sessions), p.Next, err)
		}
		b.wantCalls(t, "Scan", c.scans)
	}
	over := page(5)
	over.Now = noon.Add(2 * time.Hour)
	b.proxy.ResetCalls()
	if p, err := b.List(t.Context(), over); err != nil || len(p.Sessions) > 0 || p.Next == "" {
		t.Errorf("List of rows that are over returned %v, %v; want an empty page that is not the last", p, err)
	}
	b.wantCalls(t, "Scan", 1)

	q := page(5)
	q.UserPrefix = "bob"
	b.proxy.ResetCalls()
	if p, err := b.ListByUser(t.Context(), "alice:1", q); err != nil || len(p.Sessions) > 0 || b.proxy.Calls() > 0 {
		t.Errorf("ListByUser outside the namespace returned %v, %v in %d calls; want nothing in none", p, err, b.proxy.Calls())
	}
}

func TestASkippingPageIsCutAtItsLimit(t *testing.T) {
	t.Parallel()
	var rows []item
	for i := range 7 {
		rows = append(rows, newItem(newSession(fmt.Sprintf("row-%d", i)), "w"))
	}
	q := page(3)
	q.UserPrefix = "ali"
	for _, last := range []item{nil, keyOf("row-9")} {
		p := (&Store{}).listPage(q, rows, last)
		if len(p.Sessions) != 3 || p.Next != allPosition("row-2") {
			t.Errorf("a page of 3 out of 7 rows holds %d and goes on at %q", len(p.Sessions), p.Next)
		}
		p = (&Store{}).listPage(q, rows[:3], last)
		if len(p.Sessions) != 3 || (p.Next == "") != (last == nil) {
			t.Errorf("a page of 3 out of 3 rows holds %d and goes on at %q", len(p.Sessions), p.Next)
		}
	}
}

// TestWithoutANamespaceCallsAreAsBefore because who has none must not pay for it.
func TestWithoutANamespaceCallsAreAsBefore(t *testing.T) {
	t.Parallel()
	if g := newGuard(atVersion(3), ""); strings.Contains(g.condition, "userId") || g.values[":prefix"] != nil {
		t.Errorf("the condition of a write is %s", g.condition)
	}
	if in := (&Store{}).listInput(page(5), "", 5); strings.Contains(*in.FilterExpression, "userId") || in.ExpressionAttributeValues[":prefix"] != nil {
		t.Errorf("the filter of a list is %s", *in.FilterExpression)
	}
}
