package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
)

const (
	// racersPerServer is how many clients call each server at the same time.
	racersPerServer = 16
	// contested is how many sessions they race for; every second of them ends.
	contested = 12
)

// contest is what all clients together know of one session that they race for.
type contest struct {
	id   string
	ends bool // clients delete it too, not only update it
	won  atomic.Int32
	// ended is set after an acknowledged delete: whatever begins later must not
	// find the session.
	ended atomic.Bool

	mu    sync.Mutex
	acked []string // the data of acknowledged updates
}

func TestRacingServersLoseNothingAndReviveNothing(t *testing.T) {
	t.Parallel()
	servers := newFleet(t)
	contests := make([]*contest, contested)
	for i := range contests {
		made := servers.next().create("ada", "0")
		contests[i] = &contest{id: made.SessionID, ends: i%2 == 0, acked: []string{"0"}}
	}
	var running sync.WaitGroup
	faults := make(chan string, len(servers.servers)*racersPerServer)
	for i, s := range servers.servers {
		for j := range racersPerServer {
			running.Go(func() {
				if fault := race(s, contests, fmt.Sprintf("%d-%d", i, j)); fault != "" {
					faults <- fault
				}
			})
		}
	}
	running.Wait()
	close(faults)
	for fault := range faults {
		t.Error(fault)
	}
	left := servers.all("/sessions", "5")
	mine := servers.all(userPath("ada"), "5")
	if len(left) != contested/2 || len(mine) != contested/2 {
		t.Errorf("%d sessions are left, and %d of the user; want %d", len(left), len(mine), contested/2)
	}
	for _, c := range contests {
		for _, s := range servers.servers {
			c.settle(s)
		}
	}
}

// race has one client update every session, and delete those that end, in an
// order of its own. It returns what was wrong with an answer, or "".
func race(s *server, contests []*contest, name string) string {
	for _, i := range rand.Perm(len(contests)) {
		c := contests[i]
		steps := []func(*server, string) string{c.update, c.read}
		if c.ends {
			steps = append(steps, c.end, c.update)
		}
		for n, step := range steps {
			if fault := step(s, fmt.Sprintf(`"%s-%d"`, name, n)); fault != "" {
				return fault
			}
		}
	}
	return ""
}

func (c *contest) update(s *server, data string) string {
	ended := c.ended.Load()
	a, err := s.try("PUT", path(c.id), `{"data":`+data+`}`)
	if err == nil && a.status == 200 {
		c.mu.Lock()
		c.acked = append(c.acked, data)
		c.mu.Unlock()
	}
	return c.judge("an update", a, err, ended)
}

func (c *contest) read(s *server, _ string) string {
	ended := c.ended.Load()
	a, err := s.try("GET", path(c.id), "")
	return c.judge("a read", a, err, ended)
}

func (c *contest) end(s *server, _ string) string {
	ended := c.ended.Load()
	a, err := s.try("DELETE", path(c.id), "")
	if err == nil && a.status == 200 {
		c.won.Add(1)
		c.ended.Store(true)
	}
	return c.judge("a delete", a, err, ended)
}

// judge says what is wrong with an answer; ended is whether the session's end was
// acknowledged before the request.
func (c *contest) judge(what string, a answer, err error, ended bool) string {
	switch {
	case err != nil:
		return fmt.Sprintf("%s: %v", what, err)
	case a.status == 404 && c.ends:
		return ""
	case a.status != 200:
		return fmt.Sprintf("%s is answered %d: %s", what, a.status, a.body)
	case ended:
		return what + " found a session after its end was acknowledged"
	}
	return ""
}

// settle compares what s has in the end with what was acknowledged.
func (c *contest) settle(s *server) {
	s.t.Helper()
	if c.ends {
		if won := c.won.Load(); won != 1 {
			s.t.Errorf("%d deletes of one session won", won)
		}
		s.call(404, "GET", path(c.id), "")
		return
	}
	if got := string(s.get(c.id).Data); !slices.Contains(c.acked, got) || got == "0" {
		s.t.Errorf("the session ends with %s, which no acknowledged update wrote", got)
	}
}
