package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"testing"
)

// racers is how many clients do the same thing at the same time.
const racers = 64

// onEngines runs a test on one server of the embedded engine and on three servers
// that share a table, each started with variables.
func onEngines(t *testing.T, test func(t *testing.T, servers *fleet), variables ...string) {
	t.Helper()
	t.Run("embedded", func(t *testing.T) {
		t.Parallel()
		// As the servers of a cloud have it: a busy disk may hold a write up for seconds.
		test(t, fleetOf(serveOn(t, t.TempDir(), append([]string{"REQUEST_TIMEOUT=1m"}, variables...)...)))
	})
	t.Run("three servers on DynamoDB", func(t *testing.T) {
		t.Parallel()
		test(t, newFleet(t, variables...))
	})
}

// race has racers call the servers at once and counts the answers by status.
func (f *fleet) race(do func(s *server, i int) (answer, error)) map[int]int {
	t := f.servers[0].t
	t.Helper()
	var mu sync.Mutex
	counts := map[int]int{}
	start := make(chan struct{})
	var running sync.WaitGroup
	for i := range racers {
		running.Go(func() {
			<-start
			a, err := do(f.servers[i%len(f.servers)], i)
			if err != nil {
				t.Errorf("racer %d: %v", i, err)
			}
			mu.Lock()
			defer mu.Unlock()
			counts[a.status]++
		})
	}
	close(start)
	running.Wait()
	return counts
}

func TestRacingPatchesOfDifferentKeysAllSurvive(t *testing.T) {
	t.Parallel()
	onEngines(t, func(t *testing.T, servers *fleet) {
		id := servers.next().create("ada", `{}`).SessionID
		counts := servers.race(func(s *server, i int) (answer, error) {
			return s.try("PATCH", path(id), fmt.Sprintf(`{"key-%d":%d}`, i, i), "Content-Type", "application/merge-patch+json")
		})
		got := servers.next().get(id)
		var members map[string]int
		if err := json.Unmarshal(got.Data, &members); err != nil || counts[200] != racers || len(members) != racers || got.Version != 1+racers {
			t.Errorf("%v: %d keys at version %d, %v", counts, len(members), got.Version, err)
		}
	})
}

func TestOneOfRacingRotationsWins(t *testing.T) {
	t.Parallel()
	onEngines(t, func(t *testing.T, servers *fleet) {
		for _, body := range []string{"", `{"graceSeconds":30}`} {
			id := servers.next().create("ada", `{}`).SessionID
			var winner atomic.Value
			counts := servers.race(func(s *server, _ int) (answer, error) {
				a, err := s.try("POST", path(id)+"/rotate", body)
				if a.status == http.StatusOK {
					winner.Store(a.header.Get("Location"))
				}
				return a, err
			})
			if counts[200] != 1 || counts[404] != racers-1 {
				t.Fatalf("rotations with the body %q are answered %v; want one 200, else 404", body, counts)
			}
			for _, s := range servers.servers {
				s.call(200, "GET", winner.Load().(string), "")
			}
		}
		if n := len(servers.all(userPath("ada"), "5")); n != 2 {
			t.Errorf("there are %d sessions; want the two that were made", n)
		}
	})
}

func TestALimitHoldsAcrossServers(t *testing.T) {
	t.Parallel()
	const most = 5
	for policy, made := range map[string]int{"reject": most, "evict-oldest": racers} {
		t.Run(policy, func(t *testing.T) {
			t.Parallel()
			onEngines(t, func(t *testing.T, servers *fleet) {
				counts := servers.race(func(s *server, _ int) (answer, error) {
					return s.try("POST", "/sessions", createBody("ada", "1"))
				})
				left := len(servers.all(userPath("ada"), "100"))
				if left != most || counts[201] != made || counts[201]+counts[409] != racers {
					t.Errorf("creates are answered %v and leave %d sessions; want %d made and %d left", counts, left, made, most)
				}
			}, fmt.Sprint("SESSION_MAX_PER_USER=", most), "SESSION_LIMIT_POLICY="+policy)
		})
	}
}

func TestRacingCreatesWithOneKeyMakeOneSession(t *testing.T) {
	t.Parallel()
	onEngines(t, func(t *testing.T, servers *fleet) {
		var first atomic.Int64
		counts := servers.race(func(s *server, _ int) (answer, error) {
			a, err := s.try("POST", "/sessions", createBody("ada", "1"), "Idempotency-Key", "key-1")
			if a.status == http.StatusCreated && a.header.Get("Idempotency-Replayed") == "" {
				first.Add(1)
			}
			return a, err
		})
		if n := len(servers.all(userPath("ada"), "100")); n != 1 || first.Load() != 1 || counts[201]+counts[409] != racers {
			t.Errorf("creates are answered %v, %d of them as the first, and make %d sessions", counts, first.Load(), n)
		}
		for _, s := range servers.servers {
			again := s.call(201, "POST", "/sessions", createBody("ada", "1"), "Idempotency-Key", "key-1")
			if again.header.Get("Idempotency-Replayed") != "true" {
				t.Error("a server makes another session with the key")
			}
			s.call(422, "POST", "/sessions", createBody("ada", "2"), "Idempotency-Key", "key-1")
		}
	})
}

func TestAKeyOutlivesACrash(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := serveOn(t, dir)
	made := decode[record](t, s.call(201, "POST", "/sessions", createBody("ada", "1"), "Idempotency-Key", "key-1"))
	s.signal(os.Kill)
	s.exitCode()
	again := serveOn(t, dir).call(201, "POST", "/sessions", createBody("ada", "1"), "Idempotency-Key", "key-1")
	if again.header.Get("Idempotency-Replayed") != "true" || decode[record](t, again).SessionID != made.SessionID {
		t.Errorf("after a crash the key makes %s", again.body)
	}
}

func TestAnIdleSessionEndsByItself(t *testing.T) {
	t.Parallel()
	onEngines(t, func(t *testing.T, servers *fleet) {
		made := decode[record](t, servers.next().call(201, "POST", "/sessions", `{"userId":"ada","idleTimeoutSeconds":1}`))
		for _, s := range servers.servers {
			eventually(t, "the idle session has expired", func() bool {
				a, err := s.try("GET", path(made.SessionID), "")
				return err == nil && a.status == http.StatusGone
			})
			s.call(410, "POST", path(made.SessionID)+"/touch", "")
		}
	}, "SESSION_TOUCH_ON_READ=false")
}

func TestAUserWithManySessionsIsEnded(t *testing.T) {
	t.Parallel()
	const many = 10_000
	onEngines(t, func(t *testing.T, servers *fleet) {
		var running sync.WaitGroup
		for i := range racers {
			running.Go(func() {
				s := servers.servers[i%len(servers.servers)]
				for range many / racers {
					if a, err := s.try("POST", "/sessions", createBody("ada", "1")); err != nil || a.status != http.StatusCreated {
						t.Errorf("create: %d, %v", a.status, err)
						return
					}
				}
			})
		}
		running.Wait()
		spared := servers.next().create("ada", `"spared"`)
		a, err := servers.next().try("DELETE", userPath("ada")+"?except="+spared.SessionID, "")
		if err != nil || a.status != http.StatusOK && a.status != http.StatusAccepted {
			t.Fatalf("the call is answered %d %s, %v", a.status, a.body, err)
		}
		eventually(t, "only the spared session is left", func() bool { return len(servers.all(userPath("ada"), "1000")) == 1 })
		servers.next().get(spared.SessionID)
	})
}
