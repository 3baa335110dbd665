package storetest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"session-api"
)

// rounds is how often a race is run again: enough that a hole of one in a few
// writes shows, few enough for a server.
const rounds = 8

var raceChecks = slices.Concat(rowRaces, retimeRaces, transactionRaces, namespaceRaces)

// rowRaces are about writes of one row.
var rowRaces = []check{
	{"OneWriterWinsEachVersion", oneWriterWinsEachVersion},
	{"NoUpdateIsLost", noUpdateIsLost},
	{"OneCreateOfAnIDWins", oneCreateOfAnIDWins},
	{"OneDeleteWins", oneDeleteWins},
	{"OneOfSeveralWritesAtAVersionWins", oneOfSeveralWritesAtAVersionWins},
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

func aDeletedRowStaysAway(t reporter, store session.Store) {
	staysAway(t, store, func(id string) error {
		_, err := store.Delete(t.Context(), id, anyVersion)
		return err
	})
	wantWalk(t, listOf(store, user))
	wantWalk(t, listAll(store))
}

// staysAway ends a row beside writes that must not bring it back.
func staysAway(t reporter, store session.Store, end func(id string) error) {
	t.Helper()
	for round := range rounds {
		id := fmt.Sprintf("row-%d", round)
		mustCreate(t, store, newSession(id))
		var gone atomic.Bool
		inParallel(t, writers, func(i int) {
			if i == writers/2 {
				if err := end(id); err != nil {
					t.Errorf("The end of a session beside writes: %v", err)
				}
				gone.Store(true)
				return
			}
			before := gone.Load()
			switch err := writeTo(t, store, id, i); {
			case err != nil:
				wantError(t, "A write beside a session's end", err, session.ErrNotFound)
			case before:
				t.Errorf("A write that began after the end of a session had returned succeeded")
			}
		})
		wantAbsent(t, store, id)
	}
}

// writeTo is an Update for even i and a Retime for odd ones.
func writeTo(t reporter, store session.Store, id string, i int) error {
	if i%2 == 0 {
		_, err := store.Update(t.Context(), id, change(`"late"`), anyVersion)
		return err
	}
	_, err := store.Retime(t.Context(), id, activeAt(i), i%4 == 1, anyVersion)
	return err
}

// activeAt are the times of a session that was active for the i-th time.
func activeAt(i int) session.Times {
	return session.Times{ExpiresAt: expiry.Add(time.Duration(i) * time.Second), LastActiveAt: epoch.Add(time.Duration(i) * tick)}
}

// rowAndListsAgreeAfterARace makes, changes, moves and ends the same few ids for
// different users at once: what an index keeps must be what the rows are.
func rowAndListsAgreeAfterARace(t reporter, store session.Store) {
	const ids, owners = 4, 4
	inParallel(t, writers, func(i int) {
		for turn := range rounds {
			s := newSession(fmt.Sprintf("row-%d", (i+turn)%ids))
			s.UserID = fmt.Sprintf("owner-%d", i%owners)
			s.CreatedAt = epoch.Add(time.Duration(i) * tick)
			changeInRace(t, store, s, fmt.Sprintf("row-%d", (i+turn+1)%ids), i)
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
	wantWalk(t, listAll(store), bare(all...)...)
	for i := range owners {
		owner := fmt.Sprintf("owner-%d", i)
		wantWalk(t, listOf(store, owner), byOwner[owner]...)
	}
}

// changeInRace creates s and writes to it. It ends one of three, moves one of
// three to another id, and leaves the others. Any of it may be refused.
func changeInRace(t reporter, store session.Store, s *session.Session, to string, i int) {
	_ = store.Create(t.Context(), s)
	_, _ = store.Update(t.Context(), s.ID, change(`"raced"`), anyVersion)
	_, _ = store.Retime(t.Context(), s.ID, activeAt(i), i%2 == 0, anyVersion)
	switch i % 3 {
	case 1:
		_, _ = store.Delete(t.Context(), s.ID, anyVersion)
	case 2:
		next := s.Clone()
		next.ID = to
		_ = store.Apply(t.Context(), session.Transaction{Create: next, End: []session.Ending{{ID: s.ID, Cond: anyVersion}}})
	}
}
