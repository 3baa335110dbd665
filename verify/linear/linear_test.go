package main

import (
	"os"
	"testing"
	"time"
)

// short is the plan of the tests. What the clients do is another thing in each run;
// a failure tells the seed.
func short(t *testing.T) plan {
	p := plan{
		histories: 10, clients: 32, ops: 8, within: 30 * time.Second,
		seed: uint64(time.Now().UnixNano()), pages: os.TempDir(),
	}
	t.Logf("%d histories of %d clients with %d calls, seed %d", p.histories, p.clients, p.ops, p.seed)
	return p
}

func TestASessionIsLinearizableOnEveryRig(t *testing.T) {
	t.Parallel()
	lab, err := newLab(t.Context(), raceFlags...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(lab.close)
	for _, r := range rigs {
		if r.long {
			continue
		}
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			found, err := lab.try(t.Context(), r, short(t))
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range found.findings {
				t.Error(f)
			}
			for _, o := range []outcome{done, conflict, notFound} {
				if found.outcomes[o] == 0 {
					t.Errorf("of %d calls none was answered %q: they prove nothing", found.calls, o)
				}
			}
		})
	}
}
