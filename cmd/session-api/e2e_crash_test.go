package main

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
)

const (
	// writers is how many clients write at the same time.
	writers = 64
	// acksBeforeKill is after how many acknowledged writes the server is killed.
	acksBeforeKill = 1500
	// crashes is how often one data directory lives through a kill.
	crashes = 2
)

func TestNothingAcknowledgedIsLostWhenTheProcessIsKilled(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	users := make([]*writer, writers)
	for i := range users {
		users[i] = &writer{user: fmt.Sprintf("user-%d", i), sessions: map[string]*ledger{}}
	}
	for range crashes {
		s := serveOn(t, dir)
		writeUntilKilled(t, s, users)
		if s.exitCode() != -1 {
			t.Fatal("the process ended otherwise than by the kill")
		}
		after := serveOn(t, dir)
		everything := after.all("/sessions", "1000")
		known := 0
		for _, u := range users {
			known += u.check(after, everything)
		}
		if known != len(everything) {
			t.Errorf("the list of all has %d sessions, the users know of %d", len(everything), known)
		}
		_ = after.cmd.Process.Kill()
		after.exitCode()
	}
}

// writeUntilKilled lets all users write and kills the server in the middle.
func writeUntilKilled(t *testing.T, s *server, users []*writer) {
	t.Helper()
	var acks atomic.Int64
	var running sync.WaitGroup
	for _, u := range users {
		running.Go(func() {
			for u.write(s) {
				if acks.Add(1) == acksBeforeKill {
					_ = s.cmd.Process.Kill()
				}
			}
		})
	}
	running.Wait()
	if acks.Load() < acksBeforeKill {
		t.Fatalf("the writers ended after %d writes, before the kill", acks.Load())
	}
}

// ledger is what a writer knows of one session.
type ledger struct {
	n     int  // the number in its data, as last acknowledged
	ended bool // its deletion was acknowledged

	// What was asked for when the server was killed. It happened whole, or not.
	updating, ending bool
}

// writer writes the sessions of one user and keeps account of them.
type writer struct {
	user     string
	sessions map[string]*ledger
	live     []string // ids not ended
	creating bool     // a session was asked for when the server was killed
	fault    string   // an answer that no write should have had
}

// write makes one write and notes its answer; false when none came.
func (w *writer) write(s *server) bool {
	if len(w.live) < 3 {
		return w.createOne(s)
	}
	i := rand.IntN(len(w.live))
	switch id := w.live[i]; rand.IntN(4) {
	case 0:
		return w.createOne(s)
	case 1:
		w.live[i] = w.live[len(w.live)-1]
		w.live = w.live[:len(w.live)-1]
		return w.end(s, id)
	default:
		return w.update(s, id)
	}
}

func (w *writer) createOne(s *server) bool {
	w.creating = true
	a, err := s.try("POST", "/sessions", createBody(w.user, payload(0)))
	if err != nil || !w.expect(a, 201) {
		return false
	}
	w.creating = false
	id := decode[record](s.t, a).SessionID
	w.sessions[id] = &ledger{}
	w.live = append(w.live, id)
	return true
}

func (w *writer) update(s *server, id string) bool {
	l := w.sessions[id]
	l.updating = true
	a, err := s.try("PUT", path(id), `{"data":`+payload(l.n+1)+`}`)
	if err != nil || !w.expect(a, 200) {
		return false
	}
	l.updating = false
	l.n++
	return true
}

func (w *writer) end(s *server, id string) bool {
	l := w.sessions[id]
	l.ending = true
	a, err := s.try("DELETE", path(id), "")
	if err != nil || !w.expect(a, 200) {
		return false
	}
	l.ending, l.ended = false, true
	return true
}

func (w *writer) expect(a answer, status int) bool {
	if a.status != status {
		w.fault = fmt.Sprintf("%d instead of %d: %s", a.status, status, a.body)
		return false
	}
	return true
}

// payload is the data of a session's n-th version. It spans more than a block of
// most disks, so that a torn write would show.
func payload(n int) string {
	return fmt.Sprintf(`{"n":%d,"filler":"%05000d"}`, n, n)
}

// check compares the account with what s has, and takes over what a write that
// was never answered turned out to have done. It returns how many of the user's
// sessions there are.
func (w *writer) check(s *server, everything map[string]record) int {
	s.t.Helper()
	if w.fault != "" {
		s.t.Fatalf("a write was answered %s", w.fault)
	}
	stored := s.all(userPath(w.user), "100")
	w.live = nil
	for id, l := range w.sessions {
		r, found := stored[id]
		delete(stored, id)
		if !w.settle(s, l, r, found) {
			continue
		}
		w.live = append(w.live, id)
		if _, ok := everything[id]; !ok {
			s.t.Errorf("a session of %s is missing in the list of all", w.user)
		}
		if got := s.get(id); string(got.Data) != payload(l.n) {
			s.t.Errorf("%s reads something else than it lists", w.user)
		}
	}
	for id, r := range stored { // what was created, but never acknowledged
		if !w.creating || string(r.Data) != payload(0) {
			s.t.Errorf("%s has a session that nobody asked for, or a torn one", w.user)
		}
		w.creating = false
		w.sessions[id] = &ledger{}
		w.live = append(w.live, id)
	}
	w.creating = false
	return len(w.live)
}

// settle compares one session with its account; false if it has rightly ended.
func (w *writer) settle(s *server, l *ledger, r record, found bool) bool {
	s.t.Helper()
	switch {
	case l.ended && found:
		s.t.Errorf("an ended session of %s is back", w.user)
	case !found && !l.ended && !l.ending:
		s.t.Errorf("an acknowledged session of %s is lost", w.user)
	case found && l.updating && string(r.Data) == payload(l.n+1):
		l.n++
	case found && string(r.Data) != payload(l.n):
		s.t.Errorf("%s has %s, want version %s", w.user, r.Data, strconv.Itoa(l.n))
	}
	l.ended = !found
	l.updating, l.ending = false, false
	return found
}
