package atrest_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"session-api"
	"session-api/store/atrest"
)

// desk is a Service on a store that keeps secrets, and what its engine was given.
type desk struct {
	*session.Service
	engine *counted
	store  *atrest.Store
	now    time.Time
	// made are the ids of all sessions.
	made []string
}

// newDesk returns a Service with options on the store that at makes, and no other
// sessions.
func newDesk(t *testing.T, engine session.Store, at atrest.Options, o session.Options) *desk {
	t.Helper()
	d := &desk{engine: &counted{Store: engine}, now: noon}
	d.store = atrest.New(d.engine, at)
	closed(t, d.store)
	d.Service = d.service(t, at, o)
	return d
}

// service returns one more Service on the desk's store.
func (d *desk) service(t *testing.T, at atrest.Options, o session.Options) *session.Service {
	t.Helper()
	newID := session.NewLabelledID
	if at.IDs != nil {
		newID, o.Handle = at.IDs.NewIDs(newID), at.IDs.Handle
	}
	o.NewID = func(user string) string {
		d.made = append(d.made, newID(user))
		return d.made[len(d.made)-1]
	}
	o.TTL, o.MaxTTL, o.CursorKey = time.Hour, 4*time.Hour, make([]byte, session.CursorKeyBytes)
	o.Now = func() time.Time { return d.now }
	s, err := session.NewService(d.store, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(context.Background()) })
	return s
}

func (d *desk) create(t *testing.T, user string) *session.Session {
	t.Helper()
	d.now = d.now.Add(time.Second)
	made, err := d.Create(t.Context(), session.New{UserID: user, Data: []byte(`{"secret":"` + canary + `"}`)})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// listed returns how lists show the sessions of a user.
func (d *desk) listed(t *testing.T, user string) (names []string) {
	t.Helper()
	l, err := d.ListByUser(t.Context(), user, session.ListQuery{})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range l.Sessions {
		names = append(names, s.ID)
	}
	return names
}

func (d *desk) rotate(t *testing.T, id string) *session.Session {
	t.Helper()
	rotated, err := d.Rotate(t.Context(), id, session.Rotation{Grace: time.Minute}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return rotated
}

// onEach runs a test on every engine in every mode, with o.
func onEach(t *testing.T, o session.Options, test func(t *testing.T, d *desk)) {
	t.Helper()
	for engine, open := range engines {
		for mode, at := range modes(t) {
			t.Run(mode+" on "+engine, func(t *testing.T) {
				t.Parallel()
				d := newDesk(t, open(t), at, o)
				test(t, d)
				if at.IDs != nil {
					d.engine.wantNone(t, d.made...)
				}
				if at.Rule != atrest.Clear {
					d.engine.wantNone(t, canary)
				}
			})
		}
	}
}

func TestASessionGoesThroughItsLife(t *testing.T) {
	t.Parallel()
	onEach(t, session.Options{}, func(t *testing.T, d *desk) {
		made := d.create(t, "user")
		if got := d.listed(t, "user"); !slices.Equal(got, []string{made.Listed()}) {
			t.Errorf("the list shows %q; the session says %q", got, made.Listed())
		}
		rotated := d.rotate(t, made.ID)
		if rotated.Listed() == made.Listed() || rotated.ID == made.ID || string(rotated.Data) != string(made.Data) {
			t.Errorf("%+v rotated to %+v", made, rotated)
		}
		if got, err := d.Get(t.Context(), made.ID); err != nil || got.ID != rotated.ID || got.Listed() != rotated.Listed() {
			t.Errorf("by its former id the session is %+v, %v", got, err)
		}
		set := func([]byte) ([]byte, error) { return []byte(`"` + canary + `2"`), nil }
		if got, err := d.Patch(t.Context(), rotated.ID, set, nil); err != nil || string(got.Data) != `"`+canary+`2"` || got.ID != rotated.ID {
			t.Errorf("Patch returned %+v, %v", got, err)
		}
		if got, err := d.Extend(t.Context(), rotated.ID, 2*time.Hour, nil); err != nil || got.ID != rotated.ID || got.Listed() != rotated.Listed() {
			t.Errorf("Extend returned %+v, %v", got, err)
		}
		ended, err := d.Delete(t.Context(), rotated.Listed(), session.Match{3, 4})
		if err != nil || ended.UserID != "user" || len(d.listed(t, "user")) != 0 {
			t.Errorf("Delete by the listed name returned %+v, %v and left %q", ended, err, d.listed(t, "user"))
		}
	})
}

func TestEndUserSparesTheSessionThatIsMeant(t *testing.T) {
	t.Parallel()
	onEach(t, session.Options{}, func(t *testing.T, d *desk) {
		former := d.create(t, "user")
		d.create(t, "other")
		for _, by := range []func(spared *session.Session) string{
			func(s *session.Session) string { return s.ID },
			func(s *session.Session) string { return s.Listed() },
			func(*session.Session) string { return former.ID },
			func(*session.Session) string { return former.Listed() },
		} {
			d.create(t, "user")
			d.create(t, "user")
			spared := d.rotate(t, former.ID)
			got, err := d.EndUser(t.Context(), "user", by(spared))
			if left := d.listed(t, "user"); err != nil || got.Count != 2 || !slices.Equal(left, []string{spared.Listed()}) {
				t.Errorf("EndUser returned %+v, %v and left %q; want %q", got, err, left, spared.Listed())
			}
			former = spared
		}
		if got, err := d.EndUser(t.Context(), "user", ""); err != nil || got.Count != 1 || len(d.listed(t, "other")) != 1 {
			t.Errorf("EndUser of all returned %+v, %v", got, err)
		}
	})
}

func TestALimitCountsSessionsWhateverTheyAreKeptUnder(t *testing.T) {
	t.Parallel()
	reject := session.Options{MaxPerUser: 3, LimitPolicy: session.RejectNew}
	onEach(t, reject, func(t *testing.T, d *desk) {
		first := d.create(t, "user")
		d.create(t, "user")
		d.create(t, "user")
		full := func() bool {
			_, err := d.Create(t.Context(), session.New{UserID: "user", Data: []byte(`1`)})
			return errors.Is(err, &session.Error{Code: session.CodeTooManySessions})
		}
		if !full() {
			t.Error("a fourth session is made")
		}
		first = d.rotate(t, first.ID)
		if _, err := d.Extend(t.Context(), first.ID, 3*time.Hour, nil); err != nil {
			t.Fatal(err)
		}
		if !full() {
			t.Error("a session that rotated counts no more")
		}
		d.now = noon.Add(2 * time.Hour) // the other two are over, the extended one is not
		d.create(t, "user")
		d.create(t, "user")
		if !full() {
			t.Error("a session that was extended counts no more")
		}
		if _, err := d.Delete(t.Context(), first.Listed(), nil); err != nil {
			t.Fatal(err)
		}
		d.create(t, "user")
	})
}

// TestARosterHasEachSessionOnceByWhatListsShow so that keys and a table together
// give nobody the ids of a user's sessions.
func TestARosterHasEachSessionOnceByWhatListsShow(t *testing.T) {
	t.Parallel()
	onEach(t, session.Options{MaxPerUser: 4}, func(t *testing.T, d *desk) {
		first := d.create(t, "user")
		second := d.rotate(t, d.create(t, "user").ID)
		if _, err := d.Extend(t.Context(), first.ID, 3*time.Hour, nil); err != nil {
			t.Fatal(err)
		}
		stored, err := d.store.Record(t.Context(), "roster:user")
		var members []struct{ ID string }
		if err != nil || json.Unmarshal(stored.Value, &members) != nil {
			t.Fatalf("the roster is %+v, %v", stored, err)
		}
		var names []string
		for _, m := range members {
			names = append(names, m.ID)
		}
		if want := []string{first.Listed(), second.Listed()}; !slices.Equal(names, want) {
			t.Errorf("on the roster are %q; want %q", names, want)
		}
	})
}

func TestALimitEndsTheOldestSession(t *testing.T) {
	t.Parallel()
	evict := session.Options{MaxPerUser: 2, LimitPolicy: session.EvictOldest}
	onEach(t, evict, func(t *testing.T, d *desk) {
		var names []string
		for range 5 {
			names = append(names, d.create(t, "user").Listed())
		}
		if got := d.listed(t, "user"); !slices.Equal(got, names[3:]) {
			t.Errorf("the user has %q; want %q", got, names[3:])
		}
	})
}

// TestALimitCountsTheSessionsFromBeforeIt has a roster that is made of a list, and so
// of the names that lists show.
func TestALimitCountsTheSessionsFromBeforeIt(t *testing.T) {
	t.Parallel()
	for mode, at := range modes(t) {
		for policy, left := range map[session.LimitPolicy]int{session.RejectNew: 4, session.EvictOldest: 3} {
			d := newDesk(t, engines["memory"](t), at, session.Options{})
			for range 4 {
				d.create(t, "user")
			}
			d.Service = d.service(t, at, session.Options{MaxPerUser: 3, LimitPolicy: policy})
			for range 3 { // the first makes the roster, the others read it
				d.now = d.now.Add(time.Second)
				_, err := d.Create(t.Context(), session.New{UserID: "user", Data: []byte(`1`)})
				if got := len(d.listed(t, "user")); got != left || (err == nil) != (policy == session.EvictOldest) {
					t.Errorf("%s, %s: Create returned %v and left %d sessions; want %d", mode, policy, err, got, left)
				}
			}
		}
	}
}

func TestAKeyMakesOneSession(t *testing.T) {
	t.Parallel()
	onEach(t, session.Options{MaxPerUser: 1}, func(t *testing.T, d *desk) {
		create := session.New{UserID: "user", Data: []byte(`"` + canary + `"`)}
		first, _, err := d.CreateOnce(t.Context(), "key", create)
		if err != nil {
			t.Fatal(err)
		}
		again, replayed, err := d.CreateOnce(t.Context(), "key", create)
		if err != nil || !replayed || again.ID != first.ID || again.Listed() != first.Listed() {
			t.Errorf("the second create returned %+v, %v, %v", again, replayed, err)
		}
		rotated := d.rotate(t, first.ID)
		if again, _, err = d.CreateOnce(t.Context(), "key", create); err != nil || again.ID != rotated.ID {
			t.Errorf("after a rotation it returned %+v, %v", again, err)
		}
	})
}

func TestAKeyWhoseSecretIsGoneHasEnded(t *testing.T) {
	t.Parallel()
	at := atrest.Options{IDs: idKeys(t, 1)}
	d := newDesk(t, engines["memory"](t), at, session.Options{})
	create := session.New{UserID: "user", Data: []byte(`1`)}
	if _, _, err := d.CreateOnce(t.Context(), "key", create); err != nil {
		t.Fatal(err)
	}
	at.IDs = idKeys(t, 2)
	d.store = atrest.New(d.engine, at)
	_, _, err := d.service(t, at, session.Options{}).CreateOnce(t.Context(), "key", create)
	wantErrorIs(t, "CreateOnce", err, session.ErrEnded)
}

func TestSecrecyCostsNoCallMore(t *testing.T) {
	t.Parallel()
	for mode, at := range modes(t) {
		d := newDesk(t, engines["memory"](t), at, session.Options{MaxPerUser: 2, LimitPolicy: session.EvictOldest})
		var made *session.Session
		for _, op := range []struct {
			name string
			want int64
			do   func() error
		}{
			{"the first Create of a user", 3, func() error { made = d.create(t, "user"); return nil }},
			{"Create", 2, func() error { made = d.create(t, "user"); return nil }},
			{"Create at the limit", 4, func() error { made = d.create(t, "user"); return nil }},
			{"Get", 1, func() error { _, err := d.Get(t.Context(), made.ID); return err }},
			{"Update", 1, func() error { _, err := d.Update(t.Context(), made.ID, []byte(`1`), nil); return err }},
			{"ListByUser", 1, func() error { _, err := d.ListByUser(t.Context(), "user", session.ListQuery{}); return err }},
			{"List", 1, func() error { _, err := d.List(t.Context(), "", session.ListQuery{}); return err }},
			{"Rotate", 3, func() error { made = d.rotate(t, made.ID); return nil }},
			{"Delete", 1, func() error { _, err := d.Delete(t.Context(), made.Listed(), nil); return err }},
			{"Get of what is absent", 1, func() error { _, _ = d.Get(t.Context(), made.ID); return nil }},
		} {
			d.engine.calls.Store(0)
			if err := op.do(); err != nil || d.engine.calls.Load() != op.want {
				t.Errorf("%s: %s cost %d calls and returned %v; want %d", mode, op.name, d.engine.calls.Load(), err, op.want)
			}
		}
	}
}

func TestSessionsFromBeforeTheSwitchTakeNoPlace(t *testing.T) {
	t.Parallel()
	o := session.Options{MaxPerUser: 2}
	d := newDesk(t, engines["memory"](t), atrest.Options{}, o)
	d.create(t, "user")
	d.create(t, "user")
	at := atrest.Options{IDs: idKeys(t, 1)}
	d.store = atrest.New(d.engine, at)
	d.Service = d.service(t, at, o)
	d.create(t, "user")
	d.create(t, "user")
	_, err := d.Create(t.Context(), session.New{UserID: "user", Data: []byte(`1`)})
	wantErrorIs(t, "a third session", err, &session.Error{Code: session.CodeTooManySessions})
	if got, err := d.EndUser(t.Context(), "user", ""); err != nil || got.Count != 4 {
		t.Errorf("EndUser returned %+v, %v; want those from before too", got, err)
	}
}
