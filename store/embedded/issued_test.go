package embedded

import (
	"errors"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	session "session-api"
)

func TestAnIDThatTheStoreMadeIsTakenOnce(t *testing.T) {
	t.Parallel()
	for name, store := range map[string]func(s *Store, n *session.Session) error{
		"Create": func(s *Store, n *session.Session) error { return s.Create(t.Context(), n) },
		"Apply": func(s *Store, n *session.Session) error {
			return s.Apply(t.Context(), session.Transaction{Create: n})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, Options{fs: vfs.NewMem()})
			id := s.NewIDs(session.NewLabelledID)("ann")
			if err := store(s, newSession(id)); err != nil {
				t.Fatal(err)
			}
			if err := store(s, newSession(id)); !errors.Is(err, session.ErrExists) {
				t.Errorf("a second time it is %v", err)
			}
		})
	}
}

func TestOneOfManyRacingCreatesWins(t *testing.T) {
	t.Parallel()
	s := open(t, Options{fs: vfs.NewMem()})
	newID := s.NewIDs(session.NewLabelledID)
	for range 20 {
		id := newID("ann")
		var won atomic.Int64
		var all sync.WaitGroup
		for range 16 {
			all.Go(func() {
				switch err := s.Create(t.Context(), newSession(id)); {
				case err == nil:
					won.Add(1)
				case !errors.Is(err, session.ErrExists):
					t.Error(err)
				}
			})
		}
		if all.Wait(); won.Load() != 1 {
			t.Errorf("%d creates won", won.Load())
		}
	}
}

// TestAnIDThatIsMadeTwiceShowsWhatIsNotLookedUp: whose maker draws the same id again has
// its session replaced. It is the only way to see that there was no look-up.
func TestAnIDThatIsMadeTwiceShowsWhatIsNotLookedUp(t *testing.T) {
	t.Parallel()
	s := open(t, Options{fs: vfs.NewMem()})
	newID := s.NewIDs(func(id string) string { return id })
	for range 2 {
		create(t, s, newSession(newID("session-x")))
	}
	if err := s.Create(t.Context(), newSession("session-x")); !errors.Is(err, session.ErrExists) {
		t.Errorf("an id from elsewhere is %v", err)
	}
}

func TestIDsThatAreNeverUsedAreForgotten(t *testing.T) {
	t.Parallel()
	var i issued
	for n := range 10 * issuedMost {
		i.add(strconv.Itoa(n))
	}
	if n := len(i.young) + len(i.old); n > 2*issuedMost {
		t.Errorf("%d are remembered", n)
	}
	if i.take("0") || !i.take(strconv.Itoa(9*issuedMost)) {
		t.Error("the oldest is remembered, or one of the last is not")
	}
}
