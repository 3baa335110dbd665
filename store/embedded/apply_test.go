package embedded

import (
	"context"
	"errors"
	"reflect"
	"runtime"
	"slices"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	session "session-api"
)

// TestTransactionsThatNameTheSameInOtherOrdersGetThrough would hang if two of them
// could wait for each other.
func TestTransactionsThatNameTheSameInOtherOrdersGetThrough(t *testing.T) {
	t.Parallel()
	s := open(t, Options{fs: vfs.NewMem()})
	ids := []string{"row-a", "row-b", "row-c"}
	rotate := func(i int) error {
		var tx session.Transaction
		for n := range ids {
			// A walk over them that begins elsewhere for each writer, in both directions.
			at := (n + i) % len(ids)
			if i%2 == 1 {
				at = (len(ids) - n + i) % len(ids)
			}
			tx.End = append(tx.End, ending(ids[at], ""))
			tx.Records = append(tx.Records, record(ids[at], int64(i)+2, 1))
		}
		err := s.Apply(context.Background(), tx)
		if errors.Is(err, session.ErrNotFound) {
			return nil
		}
		return err
	}
	for range 20 {
		for _, id := range ids {
			create(t, s, newSession(id))
			was := int64(0)
			if r, err := s.Record(t.Context(), id); err == nil {
				was = r.Version
			}
			apply(t, s, session.Transaction{Records: []session.RecordWrite{record(id, 1, was)}})
		}
		together(t, 16, rotate)
		for _, id := range ids {
			wantData(t, s, id, "")
		}
	}
}

// TestARefusedTransactionHoldsNothing lets each kind of refusal come after every
// lock was taken.
func TestARefusedTransactionHoldsNothing(t *testing.T) {
	t.Parallel()
	s := open(t, Options{fs: vfs.NewMem()})
	create(t, s, newSession("row-ends"), newSession("row-stays"))
	apply(t, s, session.Transaction{Records: []session.RecordWrite{record("row-key", 1, 0)}})
	before := keys(t, s)
	large := newSession("row-new")
	large.Data = make([]byte, session.MaxItemBytes)
	largeRecord := record("row-new", 1, 0)
	largeRecord.Value = large.Data
	for _, test := range []struct {
		want error
		tx   session.Transaction
	}{
		{session.ErrNotFound, session.Transaction{End: []session.Ending{ending("row-ends", "row-new"), ending("row-none", "")}}},
		{session.ErrStale, session.Transaction{Records: []session.RecordWrite{record("row-key", 2, 1), record("row-new", 2, 1)}}},
		{session.ErrExists, session.Transaction{Create: newSession("row-stays")}},
		{session.ErrTooLarge, session.Transaction{Create: large}},
		{session.ErrTooLarge, session.Transaction{Create: newSession("row-new"), Records: []session.RecordWrite{largeRecord}}},
	} {
		test.tx.End = append(test.tx.End, ending("row-ends", ""))
		test.tx.Records = append(test.tx.Records, record("row-other", 1, 0))
		wantError(t, "Apply", s.Apply(t.Context(), test.tx), test.want)
		wantFree(t, s, "row-ends", "row-none", "row-stays", "row-new", "row-key", "row-other")
		if got := keys(t, s); !slices.Equal(got, before) {
			t.Errorf("the keys are %q; want %q", got, before)
		}
	}
}

// wantFree fails unless nobody holds or awaits the locks of rows and records of
// these names.
func wantFree(t *testing.T, s *Store, names ...string) {
	t.Helper()
	for _, name := range names {
		mustAcquire(t, s.locks, name).release()
		mustAcquire(t, s.records, name).release()
	}
}

func TestATransactionThatGivesUpItsPlaceInLineHoldsNothing(t *testing.T) {
	t.Parallel()
	s := open(t, Options{fs: vfs.NewMem()})
	create(t, s, newSession("row-a"), newSession("row-b"))
	tx := session.Transaction{
		End:     []session.Ending{ending("row-b", ""), ending("row-a", "")},
		Records: []session.RecordWrite{record("row-b", 1, 0), record("row-a", 1, 0)},
	}
	t.Run("of a row", func(t *testing.T) { giveUp(t, s, s.locks, tx) })
	t.Run("of a record", func(t *testing.T) { giveUp(t, s, s.records, tx) })
}

// giveUp ends the context of tx while it waits for one lock and holds others.
func giveUp[T any](t *testing.T, s *Store, locks *rowLocks[T], tx session.Transaction) {
	other := mustAcquire(t, locks, "row-b")
	ctx, cancel := context.WithCancel(t.Context())
	outcome := make(chan error, 1)
	go func() { outcome <- s.Apply(ctx, tx) }()
	for !awaited(locks, "row-b") {
		// All that is left to happen is that the transaction runs.
		runtime.Gosched()
	}
	if s.locks.tryAcquire("row-a") != nil {
		t.Error("the transaction does not hold what comes first")
	}
	cancel()
	wantError(t, "Apply", <-outcome, session.ErrUnavailable)
	other.release()
	wantFree(t, s, "row-a", "row-b")
}

// awaited reports whether somebody waits for a lock that another holds.
func awaited[T any](l *rowLocks[T], id string) bool {
	sh := l.shard(id)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	r := sh.rows[id]
	return r != nil && r.users > 1
}

// TestAnAliasReadsAsItIsAndNothingElse reads it from the database and then from the
// rows that are kept.
func TestAnAliasReadsAsItIsAndNothingElse(t *testing.T) {
	t.Parallel()
	s := open(t, Options{fs: vfs.NewMem()})
	create(t, s, fullSession("row"))
	apply(t, s, session.Transaction{End: []session.Ending{ending("row", "to")}})
	want := &session.Session{ID: "row", RotatedTo: "to", ExpiresAt: ends}
	for range 2 {
		if got, err := s.Get(t.Context(), "row"); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("Get = %+v, %v; want %+v", got, err, want)
		}
	}
}

func TestATransactionOfNothingDoesNothing(t *testing.T) {
	t.Parallel()
	s := open(t, Options{fs: vfs.NewMem()})
	before := keys(t, s)
	apply(t, s, session.Transaction{})
	if got := keys(t, s); !slices.Equal(got, before) {
		t.Errorf("the keys are %q; want %q", got, before)
	}
}
