package storetest

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"session-api"
)

// rounds is how often a race is run again: enough that a hole of one in a few
// writes shows, few enough for a server.
const rounds = 8

var raceChecks = []check{
	{"OneWriterWinsEachVersion", oneWriterWinsEachVersion},
	{"NoUpdateIsLost", noUpdateIsLost},
	{"OneCreateOfAnIDWins", oneCreateOfAnIDWins},
	{"OneDeleteWins", oneDeleteWins},
	{"OneOfUpdateAndDeleteAtAVersionWins", oneOfUpdateAndDeleteAtAVersionWins},
	{"ADeletedRowStaysAway", aDeletedRowStaysAway},
	{"RowAndListsAgreeAfterARace", rowAndListsAgreeAfterARace},
}

// oneWriterWinsEachVersion lets all writers try for version 2, then for 3, …
func oneWriterWinsEachVersion(t reporter, store session.Store) {
	want := newSession("row")
	mustCreate(t, store, want)
	for version := int64(1); version <= rounds; version++ {
		var wins atomic.Int64
		var winner atomic.Pointer[session.Session]
		inParallel(t, writers, func(i int) {
			c := change(fmt.Sprintf(`"writer %d at %d"`, i, version))
			got, err := store.Update(t.Context(), "row", c, atVersion(version))
			if err != nil {
				wantConflict(t, fmt.Sprintf("A writer that lost version %d", version), err, version+1)
				return
			}
			wantSame(t, "Update", got, updated(want, c))
			wins.Add(1)
			winner.Store(got)
		})
		if n := wins.Load(); n != 1 {
			t.Fatalf("%d of %d writers won version %d; want exactly one", n, writers, version)
		}
		want = winner.Load()
		wantStored(t, store, want)
	}
}

func noUpdateIsLost(t reporter, store session.Store) {
	s := newSession("row")
	mustCreate(t, store, s)
	var byVersion sync.Map
	inParallel(t, writers, func(i int) {
		c := change(fmt.Sprintf(`"writer %d"`, i))
		got, err := store.Update(t.Context(), "row", c, anyVersion)
		if err != nil {
			t.Errorf("An Update without a version beside others: %v", err)
			return
		}
		if string(got.Data) != string(c.Data) {
			t.Errorf("Update to %s returned the data %s of another", c.Data, got.Data)
		}
		if other, taken := byVersion.LoadOrStore(got.Version, got); taken {
			t.Errorf("Two updates made version %d: %s and %s", got.Version, c.Data, other.(*session.Session).Data)
		}
	})
	last, ok := byVersion.Load(int64(1 + writers))
	if !ok {
		t.Fatalf("No update made version %d after %d updates of version 1: some were lost", 1+writers, writers)
	}
	wantStored(t, store, last.(*session.Session))
}

func oneCreateOfAnIDWins(t reporter, store session.Store) {
	for round := range rounds {
		id := fmt.Sprintf("row-%d", round)
		var wins atomic.Int64
		var winner atomic.Pointer[session.Session]
		inParallel(t, writers, func(i int) {
			s := newSession(id)
			s.UserID, s.Data = fmt.Sprintf("%s of %d", id, i%4), fmt.Appendf(nil, `%d`, i)
			s.CreatedAt = epoch.Add(time.Duration(i) * tick)
			if err := store.Create(t.Context(), s); err != nil {
				wantError(t, "A Create that came late", err, session.ErrExists)
				return
			}
			wins.Add(1)
			winner.Store(s)
		})
		if n := wins.Load(); n != 1 {
			t.Fatalf("%d of %d creates of one id succeeded; want exactly one", n, writers)
		}
		won := winner.Load()
		wantStored(t, store, won)
		for i := range 4 {
			owner := fmt.Sprintf("%s of %d", id, i)
			if owner == won.UserID {
				wantWalk(t, listOf(store, owner), won)
			} else {
				wantWalk(t, listOf(store, owner))
			}
		}
	}
}

func oneDeleteWins(t reporter, store session.Store) {
	for round := range rounds {
		s := newSession(fmt.Sprintf("row-%d", round))
		mustCreate(t, store, s)
		var wins atomic.Int64
		inParallel(t, writers, func(int) {
			got, err := store.Delete(t.Context(), s.ID, anyVersion)
			if err != nil {
				wantError(t, "A Delete that came late", err, session.ErrNotFound)
				return
			}
			wins.Add(1)
			wantSame(t, "Delete", got, s)
		})
		if n := wins.Load(); n != 1 {
			t.Fatalf("%d of %d deletes of one row succeeded; want exactly one", n, writers)
		}
		wantAbsent(t, store, s.ID)
	}
}

func oneOfUpdateAndDeleteAtAVersionWins(t reporter, store session.Store) {
	for round := range rounds {
		id := fmt.Sprintf("row-%d", round)
		mustCreate(t, store, newSession(id))
		var updates, deletes atomic.Int64
		inParallel(t, writers, func(i int) {
			wins, err := &updates, error(nil)
			if i%2 == 0 {
				_, err = store.Update(t.Context(), id, change(`"won"`), atVersion(1))
			} else {
				wins = &deletes
				_, err = store.Delete(t.Context(), id, atVersion(1))
			}
			switch {
			case err == nil:
				wins.Add(1)
			case !errors.Is(err, session.ErrNotFound) && !errors.Is(err, session.ErrConflict):
				t.Errorf("A write that lost version 1 returned %v; want %v or %v", err, session.ErrNotFound, session.ErrConflict)
			}
		})
		switch u, d := updates.Load(), deletes.Load(); {
		case u+d != 1:
			t.Fatalf("%d updates and %d deletes won version 1; want one write in all", u, d)
		case d == 1:
			wantAbsent(t, store, id)
		default:
			wantStored(t, store, updated(newSession(id), change(`"won"`)))
		}
	}
}

func aDeletedRowStaysAway(t reporter, store session.Store) {
	for round := range rounds {
		id := fmt.Sprintf("row-%d", round)
		mustCreate(t, store, newSession(id))
		var gone atomic.Bool
		inParallel(t, writers, func(i int) {
			if i == writers/2 {
				mustVanish(t, store, id)
				gone.Store(true)
				return
			}
			before := gone.Load()
			switch _, err := store.Update(t.Context(), id, change(`"late"`), anyVersion); {
			case err != nil:
				wantError(t, "An Update beside a Delete", err, session.ErrNotFound)
			case before:
				t.Errorf("An Update that began after the Delete had returned succeeded")
			}
		})
		wantAbsent(t, store, id)
	}
	wantWalk(t, listOf(store, user))
	wantWalk(t, listAll(store))
}

// mustVanish is mustDelete for another goroutine than the test's.
func mustVanish(t reporter, store session.Store, id string) {
	if _, err := store.Delete(t.Context(), id, anyVersion); err != nil {
		t.Errorf("Delete beside updates: %v", err)
	}
}

// rowAndListsAgreeAfterARace makes, updates and deletes the same few ids for
// different users at once: what an index keeps must be what the rows are.
func rowAndListsAgreeAfterARace(t reporter, store session.Store) {
	const ids, owners = 4, 4
	inParallel(t, writers, func(i int) {
		for turn := range rounds {
			s := newSession(fmt.Sprintf("row-%d", (i+turn)%ids))
			s.UserID = fmt.Sprintf("owner-%d", i%owners)
			s.CreatedAt = epoch.Add(time.Duration(i) * tick)
			_ = store.Create(t.Context(), s)
			_, _ = store.Update(t.Context(), s.ID, change(`"raced"`), anyVersion)
			if i%3 > 0 {
				_, _ = store.Delete(t.Context(), s.ID, anyVersion)
			}
		}
	})
	byOwner := map[string][]*session.Session{}
	var all []*session.Session
	for i := range ids {
		s, err := store.Get(t.Context(), fmt.Sprintf("row-%d", i))
		if errors.Is(err, session.ErrNotFound) {
			continue
		}
		if err != nil {
			t.Fatalf("Get after a race: %v", err)
		}
		byOwner[s.UserID] = append(byOwner[s.UserID], s)
		all = append(all, s)
	}
	wantIDs(t, "List after a race", listAll(store).walk(t, during, 2), all)
	for i := range owners {
		owner := fmt.Sprintf("owner-%d", i)
		wantIDs(t, "ListByUser after a race", listOf(store, owner).walk(t, during, 2), byOwner[owner])
	}
}
