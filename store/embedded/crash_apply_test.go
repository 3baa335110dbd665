package embedded

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	session "session-api"
)

// TestACrashLeavesTransactionsWholeOrNotAtAll crashes the machine in the middle of
// 32 writers, each of which moves its session from id to id.
func TestACrashLeavesTransactionsWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	for seed := range 5 {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			d := newDisk()
			s := open(t, Options{fs: d})
			m := &moves{told: make([]int, 32), asked: make([]int, 32)}
			var crashed *vfs.MemFS
			crash := func() { crashed = d.mem.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: 50, RNG: newRand(seed)}) }
			together(t, len(m.told), func(i int) error {
				for n := 1; n <= 30; n++ {
					if err := m.move(s, i, n); err != nil {
						return err
					}
					if i == 0 && n == 10+seed {
						m.freeze(crash)
					}
				}
				return nil
			})
			m.check(t, open(t, Options{fs: crashed}))
		})
	}
}

// moves keeps, for each writer, how many of its moves it was told of and how many
// it asked for, until it is frozen.
type moves struct {
	mu          sync.Mutex
	frozen      bool
	told, asked []int
}

func movedID(writer, n int) string { return fmt.Sprintf("row-%02d-%02d", writer, n) }

// move is the nth move of a writer. The first one only creates.
func (m *moves) move(s *Store, writer, n int) error {
	tx := session.Transaction{
		Create: newSession(movedID(writer, n)),
		Records: []session.RecordWrite{
			record(fmt.Sprint("a-", writer), int64(n), int64(n-1)),
			record(fmt.Sprint("b-", writer), int64(n), int64(n-1)),
		},
	}
	if n > 1 {
		tx.End = []session.Ending{ending(movedID(writer, n-1), movedID(writer, n))}
	}
	m.note(m.asked, writer, n)
	err := s.Apply(context.Background(), tx)
	if err == nil {
		m.note(m.told, writer, n)
	}
	return err
}

func (m *moves) note(in []int, writer, n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.frozen {
		in[writer] = n
	}
}

func (m *moves) freeze(crash func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.frozen = true
	crash()
}

func (m *moves) check(t *testing.T, s *Store) {
	t.Helper()
	var want []string
	for writer := range m.told {
		n := 0
		if r, err := s.Record(t.Context(), fmt.Sprint("a-", writer)); err == nil {
			n = int(r.Version)
		}
		if n < m.told[writer] || n > m.asked[writer] {
			t.Errorf("writer %d: it was told of %d moves, asked for %d and has %d", writer, m.told[writer], m.asked[writer], n)
		}
		wantVersion(t, s, fmt.Sprint("b-", writer), int64(n))
		wantData(t, s, movedID(writer, n+1), "")
		if n > 0 {
			wantData(t, s, movedID(writer, n), `{"n":1}`)
			want = append(want, movedID(writer, n))
		}
		for former := 1; former < n; former++ {
			wantAlias(t, s, movedID(writer, former), movedID(writer, former+1))
		}
	}
	all, byUser := listed(t, s, 100)
	slices.Sort(byUser)
	if !slices.Equal(all, want) || !slices.Equal(byUser, want) {
		t.Errorf("the list has %q and the user's %q; want %q", all, byUser, want)
	}
}

// wholeMove is a transaction with everything: it ends gone, moves old to new, replaces
// one record and makes another. Its before is laid by layMove.
func wholeMove() session.Transaction {
	return session.Transaction{
		Create:  newSession("new"),
		End:     []session.Ending{ending("old", "new"), ending("gone", "")},
		Records: []session.RecordWrite{record("kept", 2, 1), record("made", 1, 0)},
	}
}

func layMove(t *testing.T, s *Store) {
	t.Helper()
	create(t, s, newSession("old"), newSession("gone"))
	apply(t, s, session.Transaction{Records: []session.RecordWrite{record("kept", 1, 0)}})
	wantUnmoved(t, s)
}

func wantUnmoved(t *testing.T, s *Store) {
	t.Helper()
	wantData(t, s, "old", `{"n":1}`)
	wantData(t, s, "gone", `{"n":1}`)
	wantData(t, s, "new", "")
	wantVersion(t, s, "kept", 1)
	wantVersion(t, s, "made", 0)
}

func wantMoved(t *testing.T, s *Store) {
	t.Helper()
	wantAlias(t, s, "old", "new")
	wantData(t, s, "gone", "")
	wantData(t, s, "new", `{"n":1}`)
	wantVersion(t, s, "kept", 2)
	wantVersion(t, s, "made", 1)
}

// TestNoReadShowsATransactionThatACrashCouldTakeBack looks at all that it names
// while its sync hangs; then its caller gives up, and reads wait to learn what
// became of it.
func TestNoReadShowsATransactionThatACrashCouldTakeBack(t *testing.T) {
	t.Parallel()
	d := newDisk()
	s := open(t, Options{fs: d})
	layMove(t, s)
	waiting, goOn := d.hang()
	t.Cleanup(goOn)
	ctx, cancel := context.WithCancel(t.Context())
	outcome := make(chan error, 1)
	go func() { outcome <- s.Apply(ctx, wholeMove()) }()
	<-waiting

	wantUnmoved(t, s)
	seen, err := s.Record(t.Context(), "kept")
	if err != nil {
		t.Fatal(err)
	}
	seen.Value[0] = 'X' // a caller may change what it was handed
	wantUnmoved(t, s)
	q := session.PageQuery{Now: now, Limit: 9}
	wantWaits(t, "List", func(ctx context.Context) error { _, err := s.List(ctx, q); return err })
	wantWaits(t, "ListByUser", func(ctx context.Context) error { _, err := s.ListByUser(ctx, "ann", q); return err })
	cancel()
	wantError(t, "Apply whose context ends", <-outcome, session.ErrUnavailable)
	for _, id := range []string{"old", "gone", "new"} {
		wantWaits(t, "Get of "+id, func(ctx context.Context) error { _, err := s.Get(ctx, id); return err })
	}
	for _, key := range []string{"kept", "made"} {
		wantWaits(t, "Record of "+key, func(ctx context.Context) error { _, err := s.Record(ctx, key); return err })
	}
	goOn()
	wantMoved(t, s)
}

// probe is a lock in name only, which looks while the others are released.
type probe struct{ look func() }

func (p probe) forsake(chan struct{}) {}
func (p probe) release()              { p.look() }

func TestWhoSeesAPartOfATransactionSeesTheRest(t *testing.T) {
	t.Parallel()
	s := open(t, Options{fs: vfs.NewMem()})
	layMove(t, s)
	tx := s.newTransaction()
	if err := errors.Join(tx.lock(t.Context(), wholeMove()), tx.fill(wholeMove())); err != nil {
		t.Fatal(err)
	}
	looked := 0
	locks := []held{probe{func() { looked++; wantMoved(t, s) }}}
	for _, lock := range tx.work.locks {
		locks = append(locks, lock, locks[0])
	}
	tx.work.locks = locks
	if err := s.committer.submit(t.Context(), tx.work); err != nil || looked != 6 {
		t.Errorf("submit: %v, after %d looks; want 6", err, looked)
	}
}

func TestNoReadShowsTimesThatACrashCouldTakeBack(t *testing.T) {
	t.Parallel()
	d := newDisk()
	s := open(t, Options{fs: d})
	create(t, s, newSession("row"))
	waiting, goOn := d.hang()
	t.Cleanup(goOn)
	outcome := make(chan error, 1)
	later := ends.Add(time.Hour)
	go func() { outcome <- retime(context.Background(), s, "row", later) }()
	<-waiting
	if got, err := s.Get(t.Context(), "row"); err != nil || !got.ExpiresAt.Equal(ends) {
		t.Errorf("Get = %+v, %v; want the end as it was", got, err)
	}
	goOn()
	if err := <-outcome; err != nil {
		t.Fatal(err)
	}
	if got, err := s.Get(t.Context(), "row"); err != nil || !got.ExpiresAt.Equal(later) {
		t.Errorf("Get = %+v, %v; want the end %v", got, err, later)
	}
}
