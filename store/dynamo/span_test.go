package dynamo

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"session-api"
)

// at returns the ten o'clock of a day, and d more, at which the rows below are made.
func at(d time.Duration) time.Time { return time.Date(2025, 12, 24, 10, 0, 0, 0, time.UTC).Add(d) }

// createdForms are ways to write a time, with the time.
var createdForms = []struct {
	written string
	at      time.Time
}{
	{"2025-12-24T09:59:59.999999", at(-time.Microsecond)},
	{"2025-12-24T10:00:00", at(0)},
	{"2025-12-24T10:00:00.000000", at(0)},
	{"2025-12-24T10:00:00Z", at(0)},
	{"2025-12-24T10:00:00.000001", at(time.Microsecond)},
	{"2025-12-24T10:00:00.5", at(500 * time.Millisecond)},
	{"2025-12-24T10:00:00.999999999", at(time.Second - time.Microsecond)},
	{"2025-12-24T10:00:01", at(time.Second)},
	{"2025-12-24T12:00:00+02:00", at(0)},
	{"2025-12-25T09:59:00.000001+23:59", at(time.Microsecond)},
	{"2025-12-23T10:01:01-23:59", at(time.Second)},
	{"2025-12-23T10:00:00", at(-24 * time.Hour)},
	{"2025-12-25T10:00:00", at(24 * time.Hour)},
}

// spans are ranges around those times.
func spans() []session.PageQuery {
	bounds := []time.Time{
		{}, at(-24 * time.Hour), at(-time.Second), at(-time.Microsecond), at(0), at(time.Nanosecond), at(time.Microsecond),
		at(time.Second), at(24 * time.Hour), time.Date(1, 1, 1, 0, 0, 0, 1, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
	}
	var queries []session.PageQuery
	for _, after := range bounds {
		for _, before := range bounds {
			q := page(3)
			q.CreatedAfter, q.CreatedBefore = after, before
			queries = append(queries, q)
		}
	}
	return queries
}

func TestASpanHoldsAllThatAQueryAsksFor(t *testing.T) {
	t.Parallel()
	for _, q := range spans() {
		for _, form := range createdForms {
			k := indexKey{createdAt: form.written, id: "a"}
			asked := q.Created(&session.Session{CreatedAt: form.at})
			if k.created(q) != asked {
				t.Errorf("%s is shown between %v and %v: %v; want %v", form.written, q.CreatedAfter, q.CreatedBefore, !asked, asked)
			}
			if asked && !spanOf(q).holds(form.written) {
				t.Errorf("%s is outside of %+v, for what is between %v and %v", form.written, spanOf(q), q.CreatedAfter, q.CreatedBefore)
			}
		}
	}
	q := page(1)
	q.CreatedAfter, q.CreatedBefore = at(0), at(0)
	if s := spanOf(q); s.holds("2025-12-23T09:59:59") || s.holds("2025-12-25T10:00:01") {
		t.Errorf("%+v holds what is more than a day off", s)
	}
}

func TestListsShowWhatWasCreatedBetween(t *testing.T) {
	t.Parallel()
	for name, indexed := range map[string]bool{"with the index": true, "without the index": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBenchOn(t, Options{}, indexed)
			for i, form := range createdForms {
				row := newItem(newSession(fmt.Sprintf("row-%02d", i)), "w")
				row["createdAt"] = text(form.written)
				b.put(t, b.table, row)
			}
			for i, q := range spans() {
				q.Descending, q.IDsOnly = i%2 == 0, i%3 == 0
				b.wantSpan(t, q)
			}
		})
	}
}

// wantSpan walks both lists and fails unless they show what q asks for.
func (b *bench) wantSpan(t *testing.T, q session.PageQuery) {
	t.Helper()
	var want []string
	for i, form := range createdForms {
		if q.Created(&session.Session{CreatedAt: form.at}) {
			want = append(want, fmt.Sprintf("row-%02d", i))
		}
	}
	for list, read := range map[string]func(session.PageQuery) (session.Page, error){
		"List":       func(q session.PageQuery) (session.Page, error) { return b.List(t.Context(), q) },
		"ListByUser": func(q session.PageQuery) (session.Page, error) { return b.ListByUser(t.Context(), "alice", q) },
	} {
		got, texts := walk(t, read, q)
		if list == "ListByUser" && !sortedAs(texts, q.Descending) {
			t.Errorf("ListByUser with descending=%v shows %v", q.Descending, texts)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s between %v and %v shows %v; want %v", list, q.CreatedAfter, q.CreatedBefore, got, want)
		}
	}
}

// walk reads a list to its end and returns the ids and how their createdAt is
// written, in its order.
func walk(t *testing.T, read func(session.PageQuery) (session.Page, error), q session.PageQuery) (ids, created []string) {
	t.Helper()
	for range 100 {
		p, err := read(q)
		if err != nil {
			t.Errorf("a page between %v and %v: %v", q.CreatedAfter, q.CreatedBefore, err)
			return nil, nil
		}
		for _, s := range p.Sessions {
			var i int
			_, _ = fmt.Sscanf(s.ID, "row-%d", &i)
			ids, created = append(ids, s.ID), append(created, createdForms[i].written)
		}
		if q.After = p.Next; p.Next == "" {
			return ids, created
		}
	}
	t.Error("the walk does not end")
	return nil, nil
}

func sortedAs(texts []string, descending bool) bool {
	if descending {
		texts = slices.Clone(texts)
		slices.Reverse(texts)
	}
	return slices.IsSorted(texts)
}

func TestAListOfIDsIsOneQueryAPageAndReadsNoRows(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	ids := b.createNumbered(t, 250)
	over := newSession("over")
	over.CreatedAt, over.ExpiresAt = noon.Add(time.Second), noon.Truncate(time.Second)
	b.create(t, over)
	b.proxy.ResetCalls()
	q := page(200)
	q.IDsOnly = true
	first, err := b.ListByUser(t.Context(), "alice", q)
	if err != nil || len(first.Sessions) != 200 || first.Next == "" {
		t.Fatalf("the first page shows %d sessions, next %q, %v; want 200 and more to come", len(first.Sessions), first.Next, err)
	}
	if got := first.Sessions[7]; got.ID != ids[7] || !got.CreatedAt.Equal(noon.Add(7*time.Microsecond)) {
		t.Errorf("the eighth session is %+v", got)
	}
	q.After = first.Next
	rest, err := b.ListByUser(t.Context(), "alice", q)
	if err != nil || len(rest.Sessions) != 51 || rest.Next != "" {
		t.Errorf("the second page shows %d sessions, next %q, %v; want 51 that are the last", len(rest.Sessions), rest.Next, err)
	}
	b.wantCalls(t, "Query", 2)
	if n := b.proxy.Calls(); n != 2 {
		t.Errorf("two pages made %d backend calls; want 2", n)
	}
}

func TestAnEmptySpanCostsNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	b.create(t, newSession("a"))
	b.proxy.ResetCalls()
	q := page(10)
	q.CreatedAfter, q.CreatedBefore = noon, noon.Add(-100*24*time.Hour)
	b.wantSpanOfNone(t, q)
	q.CreatedBefore = q.CreatedAfter
	b.wantSpanOfNone(t, q)
	if n := b.proxy.Calls(); n != 0 {
		t.Errorf("lists of nothing made %d backend calls", n)
	}
}

func (b *bench) wantSpanOfNone(t *testing.T, q session.PageQuery) {
	t.Helper()
	all, err := b.List(t.Context(), q)
	if err != nil || len(all.Sessions) != 0 || all.Next != "" {
		t.Errorf("List shows %v, next %q, %v", idsOf(all), all.Next, err)
	}
	own, err := b.ListByUser(t.Context(), "alice", q)
	if err != nil || len(own.Sessions) != 0 || own.Next != "" {
		t.Errorf("ListByUser shows %v, next %q, %v", idsOf(own), own.Next, err)
	}
}

// TestAPositionOutsideOfTheSpanIsRefused: DynamoDB would refuse the call.
func TestAPositionOutsideOfTheSpanIsRefused(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	q := page(10)
	q.CreatedAfter, q.CreatedBefore = at(0), at(time.Second)
	for _, createdAt := range []string{"2025-12-20T10:00:00", "2025-12-30T10:00:00", "yesterday"} {
		q.After = indexKey{createdAt, "a"}.position()
		_, err := b.ListByUser(t.Context(), "alice", q)
		wantError(t, "ListByUser after "+createdAt, err, session.ErrInvalidCursor)
	}
}

// TestARangeIsNotHiddenBehindTheDayBefore, nor behind the day after for who reads
// from the end.
func TestARangeIsNotHiddenBehindTheDayBefore(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	ids := b.createNumbered(t, 70)
	for descending, want := range map[bool][]string{false: ids[66:68], true: {ids[3], ids[2]}} {
		q := page(2)
		q.Descending = descending
		q.CreatedAfter, q.CreatedBefore = noon.Add(65*time.Microsecond), noon.Add(70*time.Microsecond)
		if descending {
			q.CreatedAfter, q.CreatedBefore = noon.Add(-time.Microsecond), noon.Add(4*time.Microsecond)
		}
		b.proxy.ResetCalls()
		p, err := b.ListByUser(t.Context(), "alice", q)
		var got []string
		for _, s := range p.Sessions {
			got = append(got, s.ID)
		}
		if err != nil || !slices.Equal(got, want) || p.Next == "" {
			t.Errorf("with descending=%v the first page shows %v, next %q, %v; want %v and more to come", descending, got, p.Next, err, want)
		}
		b.wantCalls(t, "Query", 2)
		b.wantCalls(t, "BatchGetItem", 1)
	}
}

// TestKeysThatNoSpanAsksForCostNoReads: what is within a day of it, because of
// zones, is left out before its row is read.
func TestKeysThatNoSpanAsksForCostNoReads(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	b.createNumbered(t, 5)
	b.proxy.ResetCalls()
	q := page(10)
	q.CreatedAfter = noon.Add(time.Minute)
	if p, err := b.ListByUser(t.Context(), "alice", q); err != nil || len(p.Sessions) != 0 {
		t.Errorf("ListByUser shows %v, %v", idsOf(p), err)
	}
	b.wantCalls(t, "Query", 1)
	b.wantCalls(t, "BatchGetItem", 0)
}
