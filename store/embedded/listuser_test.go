package embedded

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"

	session "session-api"
)

func TestNewestFirstIsAsBoundedAsOldestFirst(t *testing.T) {
	t.Parallel()
	s := open(t, Options{fs: vfs.NewMem()})
	createExpired(t, s, 2*looks(1)+10)
	create(t, s, newSession("last")) // by its id, going down
	for _, idsOnly := range []bool{false, true} {
		q := session.PageQuery{Now: now, Limit: 1, Descending: true, IDsOnly: idsOnly}
		yieldsOnPageThree(t, q, func(q session.PageQuery) (session.Page, error) { return s.ListByUser(t.Context(), "ann", q) })
	}
}

// yieldsOnPageThree walks a list whose first two pages are to be empty, because a page does
// so much work and no more, and whose third has the one session and ends.
func yieldsOnPageThree(t *testing.T, q session.PageQuery, list func(session.PageQuery) (session.Page, error)) {
	t.Helper()
	for page := 1; page <= 3; page++ {
		p, err := list(q)
		if err != nil {
			t.Fatal(err)
		}
		if last := page == 3; (len(p.Sessions) == 1) != last || (p.Next == "") != last {
			t.Errorf("page %d has %d sessions and Next %q", page, len(p.Sessions), p.Next)
		}
		q.After = p.Next
	}
}

// TestIDsOnlyReadsNoRows lists a row that cannot be read.
func TestIDsOnlyReadsNoRows(t *testing.T) {
	t.Parallel()
	s := open(t, Options{fs: vfs.NewMem()})
	create(t, s, fullSession("row"))
	if err := s.db.Set(appendRowKey(nil, "row"), []byte("\x09"), pebble.Sync); err != nil {
		t.Fatal(err)
	}
	p, err := s.ListByUser(t.Context(), "ann", session.PageQuery{Now: now, Limit: 9, IDsOnly: true})
	want := []*session.Session{{ID: "row", CreatedAt: now}}
	if err != nil || !reflect.DeepEqual(p.Sessions, want) || s.UnreadableRows() != 0 {
		t.Errorf("ListByUser = %+v, %v; want id and createdAt alone", p.Sessions, err)
	}
}

// TestARangeIsExactToTheNanosecond compares what pages hold with what
// PageQuery.Created says, for bounds on and beside every session.
func TestARangeIsExactToTheNanosecond(t *testing.T) {
	t.Parallel()
	s := open(t, Options{fs: vfs.NewMem()})
	var rows []*session.Session
	bounds := []time.Time{{}, time.UnixMicro(-1), now.Add(-time.Nanosecond)}
	for n := range 6 {
		row := newSession(fmt.Sprint("row-", n))
		row.CreatedAt = now.Add(time.Duration(n/2) * time.Microsecond)
		rows = append(rows, row)
		bounds = append(bounds, row.CreatedAt, row.CreatedAt.Add(time.Nanosecond))
	}
	create(t, s, rows...)
	for _, after := range bounds {
		for _, before := range bounds {
			q := session.PageQuery{Now: now, Limit: 2, CreatedAfter: after, CreatedBefore: before}
			var want []string
			for _, row := range rows {
				if q.Created(row) {
					want = append(want, row.ID)
				}
			}
			wantUserWalk(t, s, q, want)
			slices.Reverse(want)
			q.Descending = true
			wantUserWalk(t, s, q, want)
		}
	}
}

func wantUserWalk(t *testing.T, s *Store, q session.PageQuery, want []string) {
	t.Helper()
	var got []string
	for {
		p, err := s.ListByUser(t.Context(), "ann", q)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range p.Sessions {
			got = append(got, row.ID)
		}
		if q.After = p.Next; q.After == "" {
			break
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("after %v and before %v, descending %v: %q; want %q", q.CreatedAfter, q.CreatedBefore, q.Descending, got, want)
	}
}

// TestAPositionOutsideTheRangeLeavesIt holds positions that no walk of the range
// gave out: before it, in the order of the walk, and after.
func TestAPositionOutsideTheRangeLeavesIt(t *testing.T) {
	t.Parallel()
	s := open(t, Options{fs: vfs.NewMem()})
	for id, at := range map[string]time.Duration{"early": -time.Hour, "row": 0, "late": time.Hour} {
		row := newSession(id)
		row.CreatedAt = now.Add(at)
		create(t, s, row)
	}
	for _, test := range []struct {
		at         time.Duration
		descending bool
		want       []string
	}{
		{-2 * time.Hour, false, []string{"row"}},
		{2 * time.Hour, false, nil},
		{-2 * time.Hour, true, nil},
		{2 * time.Hour, true, []string{"row"}},
	} {
		wantUserWalk(t, s, session.PageQuery{
			Now: now, Limit: 1, Descending: test.descending,
			CreatedAfter: now.Add(-time.Minute), CreatedBefore: now.Add(time.Minute),
			After: string(userPosition) + string(appendOrdered(nil, now.Add(test.at).UnixMicro())) + "id",
		}, test.want)
	}
}

// TestASpanNeverHasItsEndsTheWrongWayRound, because Pebble does not say what it
// makes of such bounds.
func TestASpanNeverHasItsEndsTheWrongWayRound(t *testing.T) {
	t.Parallel()
	prefix := userKeyPrefix("ann")
	q := session.PageQuery{CreatedAfter: now, CreatedBefore: now.Add(-time.Hour)}
	early, late := userKey("ann", now.Add(-2*time.Hour), "id"), userKey("ann", now.Add(2*time.Hour), "id")
	for _, keys := range []span{
		createdIn(prefix, q),
		createdIn(prefix, session.PageQuery{CreatedAfter: now}).beyond(early, true),
		createdIn(prefix, session.PageQuery{CreatedBefore: now}).beyond(late, false),
	} {
		if bytes.Compare(keys.lower, keys.upper) > 0 {
			t.Errorf("the keys from %q to %q", keys.lower, keys.upper)
		}
	}
}

func TestAUsersKeysAreTheOnesFromItsPrefixToThePrefixEnd(t *testing.T) {
	t.Parallel()
	users := []string{"a", "aa", "", "\xff", "\xff\xff", "a\xff", "\x00", strings.Repeat("\xff", 127), strings.Repeat("\xff", 256)}
	for _, a := range users {
		prefix := userKeyPrefix(a)
		for _, b := range users {
			key := userKey(b, time.UnixMicro(1<<62), "\xff\xff\xff")
			if inside := bytes.Compare(key, prefix) >= 0 && bytes.Compare(key, prefixEnd(prefix)) < 0; inside != (a == b) {
				t.Errorf("a key of user %q is among those of user %q: %v", b, a, inside)
			}
		}
	}
}
