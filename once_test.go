package session_test

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"session-api"
)

var aCreate = session.New{UserID: "user", Data: []byte(`{"a":1}`)}

func TestTheSameKeyMakesOneSession(t *testing.T) {
	t.Parallel()
	b := newBench(t, time.Hour)
	first, replayed, err := b.CreateOnce(t.Context(), "key", aCreate)
	if err != nil || replayed {
		t.Fatalf("the first create returned %v, %v, %v", first, replayed, err)
	}
	b.now = noon.Add(30 * time.Minute)
	// Another process knows nothing but what is stored.
	for _, service := range []*session.Service{b.Service, b.service(t, time.Hour, 1)} {
		again, replayed, err := service.CreateOnce(t.Context(), "key", aCreate)
		if err != nil || !replayed || !same(again, first) {
			t.Errorf("the second create returned %+v, %v, %v; want the first session", again, replayed, err)
		}
	}
	if got := b.ids(t, "user"); len(got) != 1 {
		t.Errorf("the user has %v", got)
	}
	if other, replayed, err := b.CreateOnce(t.Context(), "other", aCreate); err != nil || replayed || other.ID == first.ID {
		t.Errorf("another key returned %+v, %v, %v; want another session", other, replayed, err)
	}
}

func TestAKeyIsGoodForOneCreate(t *testing.T) {
	t.Parallel()
	b := newBench(t, time.Hour)
	if _, _, err := b.CreateOnce(t.Context(), "key", aCreate); err != nil {
		t.Fatal(err)
	}
	for what, n := range map[string]session.New{
		"another user":     {UserID: "other", Data: aCreate.Data},
		"other data":       {UserID: "user", Data: []byte(`{"a":2}`)},
		"another lifetime": {UserID: "user", Data: aCreate.Data, TTL: time.Minute},
		"another client":   {UserID: "user", Data: aCreate.Data, Client: session.Client{IP: "::1"}},
		"another login":    {UserID: "user", Data: aCreate.Data, Auth: session.Auth{ACR: "1"}},
	} {
		_, _, err := b.CreateOnce(t.Context(), "key", n)
		wantErrorIs(t, "the key with "+what, err, session.ErrKeyReused)
	}
	if n := len(b.ids(t, "user")) + len(b.ids(t, "other")); n != 1 {
		t.Errorf("there are %d sessions", n)
	}
}

func TestAKeyIsForgottenAfterADay(t *testing.T) {
	t.Parallel()
	b := newBench(t, 48*time.Hour)
	first, _, err := b.CreateOnce(t.Context(), "key", aCreate)
	if err != nil {
		t.Fatal(err)
	}
	b.now = noon.Add(24*time.Hour - time.Second)
	if _, replayed, err := b.CreateOnce(t.Context(), "key", aCreate); err != nil || !replayed {
		t.Errorf("within the day the key made another session, %v", err)
	}
	b.now = noon.Add(24 * time.Hour)
	for i, want := range []bool{false, true} {
		again, replayed, err := b.CreateOnce(t.Context(), "key", aCreate)
		if err != nil || replayed != want || again.ID == first.ID {
			t.Errorf("create %d after the day returned %+v, %v, %v", i, again, replayed, err)
		}
	}
}

func TestAKeyWhoseSessionHasEndedSaysSo(t *testing.T) {
	t.Parallel()
	b := newBench(t, time.Hour)
	first, _, err := b.CreateOnce(t.Context(), "key", aCreate)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Delete(t.Context(), first.ID, nil); err != nil {
		t.Fatal(err)
	}
	_, _, err = b.CreateOnce(t.Context(), "key", aCreate)
	wantErrorIs(t, "the key of an ended session", err, session.ErrEnded)
}

func TestAKeyInFlightIsRefused(t *testing.T) {
	t.Parallel()
	b := newBench(t, time.Hour)
	inside := false
	b.store.beforeWrite = func() {
		if inside {
			return
		}
		inside = true
		_, _, err := b.CreateOnce(t.Context(), "key", aCreate)
		wantErrorIs(t, "the key of a create that is under way", err, session.ErrKeyInFlight)
		if _, _, err := b.CreateOnce(t.Context(), "other", aCreate); err != nil {
			t.Errorf("another key beside it: %v", err)
		}
	}
	if _, _, err := b.CreateOnce(t.Context(), "key", aCreate); err != nil {
		t.Error(err)
	}
	if _, replayed, err := b.CreateOnce(t.Context(), "key", aCreate); err != nil || !replayed {
		t.Errorf("after it the key is replayed: %v, %v", replayed, err)
	}
}

func TestRacingCreatesWithOneKeyMakeOneSession(t *testing.T) {
	t.Parallel()
	for _, most := range []int{0, 1} { // 1: the limit must not refuse a replay
		b := newBench(t, time.Hour)
		o := session.Options{TTL: time.Hour, MaxPerUser: most}
		services := []*session.Service{b.serviceOf(t, o, 1), b.serviceOf(t, o, 1), b.serviceOf(t, o, 1)}
		var made atomic.Int64
		together(64, func(i int) {
			_, replayed, err := services[i%3].CreateOnce(t.Context(), "key", aCreate)
			switch {
			case err == nil && !replayed:
				made.Add(1)
			case err != nil && !errors.Is(err, session.ErrKeyInFlight):
				t.Errorf("a racing create returned %v", err)
			}
		})
		if n := len(b.ids(t, "user")); made.Load() != 1 || n != 1 {
			t.Errorf("%d creates made %d sessions; want one", made.Load(), n)
		}
		if _, replayed, err := services[0].CreateOnce(t.Context(), "key", aCreate); err != nil || !replayed {
			t.Errorf("later the key is replayed: %v, %v", replayed, err)
		}
	}
}

func TestAReplayEndsNoOtherSession(t *testing.T) {
	t.Parallel()
	b := limited(t, 2, session.EvictOldest)
	b.create(t, "user")
	b.now = b.now.Add(time.Second)
	if _, _, err := b.CreateOnce(t.Context(), "key", aCreate); err != nil {
		t.Fatal(err)
	}
	if _, replayed, err := b.CreateOnce(t.Context(), "key", aCreate); err != nil || !replayed {
		t.Errorf("the second create is a replay: %v, %v", replayed, err)
	}
	if got := b.ids(t, "user"); len(got) != 2 {
		t.Errorf("the user has %v; want both sessions", got)
	}
}

func TestKeysAreChecked(t *testing.T) {
	t.Parallel()
	b := newBench(t, time.Hour)
	for what, key := range map[string]string{
		"nothing": "", "too much": strings.Repeat("x", 256), "a line break": "a\nb", "a DEL": "a\x7f", "no ASCII": "ä",
	} {
		_, _, err := b.CreateOnce(t.Context(), key, aCreate)
		var e *session.Error
		if !errors.As(err, &e) || e.Code != session.CodeInvalidValue || e.Field != "Idempotency-Key" {
			t.Errorf("a key of %s gives %v", what, err)
		}
	}
	if _, _, err := b.CreateOnce(t.Context(), strings.Repeat("~", 255), aCreate); err != nil {
		t.Errorf("the longest key: %v", err)
	}
	_, _, err := b.CreateOnce(t.Context(), "key", session.New{})
	wantErrorIs(t, "CreateOnce without a user", err, &session.Error{Code: session.CodeInvalidUserID})
}

func TestAKeyIsStoredAsADigest(t *testing.T) {
	t.Parallel()
	b := newBench(t, time.Hour)
	if _, _, err := b.CreateOnce(t.Context(), "card-4711", aCreate); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"card-4711", "once:card-4711"} {
		if _, err := b.store.Record(t.Context(), name); !errors.Is(err, session.ErrNotFound) {
			t.Errorf("there is a record %q", name)
		}
	}
}

func TestACreateWithAKeyCostsOneCall(t *testing.T) {
	t.Parallel()
	b := newBench(t, time.Hour)
	for i, want := range []int64{1, 3} {
		b.store.calls.Store(0)
		if _, _, err := b.CreateOnce(t.Context(), "key", aCreate); err != nil || b.store.calls.Load() != want {
			t.Errorf("create %d cost %d calls, %v; want %d", i+1, b.store.calls.Load(), err, want)
		}
	}
}
