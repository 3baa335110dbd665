package storetest

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"session-api"
)

// retimeRaces are about times that several writers move at once, and all kinds of
// conditional writes beside each other.
var retimeRaces = []check{
	{"OneRetimeWinsTheTimesThatItRead", oneRetimeWinsTheTimesThatItRead},
	{"RetimesAndUpdatesLoseNothing", retimesAndUpdatesLoseNothing},
}

// oneRetimeWinsTheTimesThatItRead raises no version, so that only the times tell
// the writers apart.
func oneRetimeWinsTheTimesThatItRead(t reporter, store session.Store) {
	want := newSession("row")
	mustCreate(t, store, want)
	for round := range rounds {
		var wins atomic.Int64
		var winner atomic.Pointer[session.Session]
		inParallel(t, writers, func(i int) {
			to := activeAt(1 + round*writers + i)
			got, err := store.Retime(t.Context(), "row", to, false, atTimes(want.Times()))
			if err != nil {
				wantConflict(t, "A Retime that came late", err, want.Version)
				return
			}
			wantSame(t, "Retime", got, retimed(want, to, false))
			wins.Add(1)
			winner.Store(got)
		})
		if n := wins.Load(); n != 1 {
			t.Fatalf("%d of %d retimes won the times that all had read; want exactly one", n, writers)
		}
		want = winner.Load()
		wantStored(t, store, want)
	}
}

// retimesAndUpdatesLoseNothing has as many of each at once, none with a
// condition: the updates count the version, and each leaves what the other did.
func retimesAndUpdatesLoseNothing(t reporter, store session.Store) {
	first := newSession("row")
	mustCreate(t, store, first)
	var byVersion, times sync.Map
	inParallel(t, 2*writers, func(i int) {
		if i%2 == 0 {
			to := activeAt(i)
			times.Store(to, true)
			if _, err := store.Retime(t.Context(), "row", to, false, anyVersion); err != nil {
				t.Errorf("A Retime beside updates: %v", err)
			}
			return
		}
		got, err := store.Update(t.Context(), "row", change(fmt.Sprintf(`"writer %d"`, i)), anyVersion)
		if err != nil {
			t.Errorf("An Update beside retimes: %v", err)
			return
		}
		if _, taken := byVersion.LoadOrStore(got.Version, got); taken {
			t.Errorf("Two updates made version %d", got.Version)
		}
	})
	last, ok := byVersion.Load(int64(1 + writers))
	if !ok {
		t.Fatalf("No update made version %d after %d updates of version 1: some were lost", 1+writers, writers)
	}
	got, err := store.Get(t.Context(), "row")
	if err != nil {
		t.Fatalf("Get after a race: %v", err)
	}
	if _, known := times.Load(got.Times()); !known {
		t.Errorf("The row's times are %v, which no Retime gave it", got.Times())
	}
	wantSame(t, "Get", got, retimed(last.(*session.Session), got.Times(), false))
}

// oneOfSeveralWritesAtAVersionWins has every kind of conditional write at once.
func oneOfSeveralWritesAtAVersionWins(t reporter, store session.Store) {
	for round := range rounds {
		s := newSession(fmt.Sprintf("row-%d", round))
		mustCreate(t, store, s)
		kinds := conditionalWrites(t, store)
		var wins atomic.Int64
		var winner atomic.Pointer[write]
		inParallel(t, writers, func(i int) {
			w := kinds[i%len(kinds)]
			switch _, err := w.do(s.ID, atVersion(1)); {
			case err == nil:
				wins.Add(1)
				winner.Store(&w)
			case !errors.Is(err, session.ErrNotFound) && !errors.Is(err, session.ErrConflict):
				t.Errorf("%s that lost version 1 returned %v; want %v or %v", w.name, err, session.ErrNotFound, session.ErrConflict)
			}
		})
		if n := wins.Load(); n != 1 {
			t.Fatalf("%d writes won version 1; want one in all", n)
		}
		if w := winner.Load(); w.after == nil {
			wantAbsent(t, store, s.ID)
		} else {
			wantStored(t, store, w.after(s))
		}
	}
}
