package embedded

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	session "session-api"
)

func newRand(seed int) *rand.Rand { return rand.New(rand.NewPCG(uint64(seed), 0)) }

// TestACrashTakesNothingBack crashes the machine in the middle of 64 writers and
// compares what is left with what they were told.
func TestACrashTakesNothingBack(t *testing.T) {
	t.Parallel()
	for seed := range 5 {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			d := newDisk()
			s := open(t, Options{fs: d})
			told := &ledger{rows: map[string]*fate{}}
			var crashed *vfs.MemFS
			crash := func() { crashed = d.mem.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: 50, RNG: newRand(seed)}) }
			together(t, 64, func(i int) error {
				for n := range 30 {
					if err := told.live(s, fmt.Sprintf("row-%02d-%02d", i, n)); err != nil {
						return err
					}
					if i == 0 && n == 10+seed {
						told.freeze(crash)
					}
				}
				return nil
			})
			told.check(t, open(t, Options{fs: crashed}))
		})
	}
}

// fate is what the writer of a row was told of it last, and what it asked next.
type fate struct {
	data  string // "" when there is no row
	asked string // the data after the write under way; data when there is none
}

// ledger keeps the fates of rows until it is frozen.
type ledger struct {
	mu     sync.Mutex
	frozen bool
	rows   map[string]*fate
}

// freeze runs crash. While it runs a writer can be told of the write under way
// but begin no other, so each row is at most that one write ahead.
func (l *ledger) freeze(crash func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.frozen = true
	crash()
}

// live creates a row, changes it and, every other time, ends it.
func (l *ledger) live(s *Store, id string) error {
	ctx := context.Background()
	row := newSession(id)
	if err := l.step(id, string(row.Data), func() error { return s.Create(ctx, row) }); err != nil {
		return err
	}
	if err := l.step(id, `"changed"`, func() error { return update(ctx, s, id, `"changed"`) }); err != nil {
		return err
	}
	if id[len(id)-1]%2 == 0 {
		return nil
	}
	return l.step(id, "", func() error { return end(ctx, s, id) })
}

func (l *ledger) step(id, data string, write func() error) error {
	l.note(id, func(f *fate) { f.asked = data })
	if err := write(); err != nil {
		return err
	}
	l.note(id, func(f *fate) { f.data = data })
	return nil
}

func (l *ledger) note(id string, change func(*fate)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.frozen {
		return
	}
	if l.rows[id] == nil {
		l.rows[id] = &fate{}
	}
	change(l.rows[id])
}

func (l *ledger) check(t *testing.T, s *Store) {
	t.Helper()
	var stored []string
	for id, f := range l.rows {
		got := ""
		if row, err := s.Get(t.Context(), id); err == nil {
			got = string(row.Data)
			stored = append(stored, id)
		}
		// The row may be ahead of the ledger by the write under way; one that was
		// ended is not there.
		if got != f.data && got != f.asked {
			t.Errorf("%s: it was told %q, asked for %q and has %q", id, f.data, f.asked, got)
		}
	}
	all, byUser := listed(t, s, 100)
	slices.Sort(byUser)
	if !slices.Equal(all, byUser) {
		t.Errorf("the list has %d rows and the user's has %d", len(all), len(byUser))
	}
	for _, id := range stored {
		if _, found := slices.BinarySearch(all, id); !found {
			t.Errorf("%s is stored and not listed", id)
		}
	}
}

// TestNoReadShowsWhatACrashCouldTakeBack looks at a row through every read while
// the sync of a write of it hangs.
func TestNoReadShowsWhatACrashCouldTakeBack(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(s *Store) error{
		"create": func(s *Store) error { return s.Create(context.Background(), newSession("new")) },
		"update": func(s *Store) error { return update(context.Background(), s, "old", `"changed"`) },
		"delete": func(s *Store) error { return end(context.Background(), s, "old") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDisk()
			s := open(t, Options{fs: d})
			create(t, s, newSession("old"))
			waiting, goOn := d.hang()
			t.Cleanup(goOn)
			outcome := make(chan error, 1)
			go func() { outcome <- write(s) }()
			<-waiting

			wantData(t, s, "old", `{"n":1}`)
			wantData(t, s, "new", "")
			q := session.PageQuery{Now: now, Limit: 9}
			wantWaits(t, "List", func(ctx context.Context) error { _, err := s.List(ctx, q); return err })
			wantWaits(t, "ListByUser", func(ctx context.Context) error { _, err := s.ListByUser(ctx, "ann", q); return err })
			goOn()
			if err := <-outcome; err != nil {
				t.Errorf("the write: %v", err)
			}
			want := map[string]string{"create": `{"n":1}`, "update": `"changed"`, "delete": ""}[name]
			wantData(t, s, map[string]string{"create": "new"}[name]+map[string]string{"update": "old", "delete": "old"}[name], want)
		})
	}
}

// wantWaits fails unless call waits until its context ends.
func wantWaits(t *testing.T, what string, call func(context.Context) error) {
	t.Helper()
	ctx, asked, cancel := watch(t)
	outcome := make(chan error, 1)
	go func() { outcome <- call(ctx) }()
	select {
	case <-asked:
		cancel()
		wantError(t, what+" whose context ends", <-outcome, session.ErrUnavailable)
	case err := <-outcome:
		t.Errorf("%s did not wait: %v", what, err)
	}
}
