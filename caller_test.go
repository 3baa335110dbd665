package session_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"session-api"
	"session-api/store/memory"
)

func TestNobodyInParticularSeesAllNamespaces(t *testing.T) {
	t.Parallel()
	b := newBench(t, time.Hour)
	made(t, b.As(shop), session.New{UserID: "shop:1"})
	made(t, b.As(billing), session.New{UserID: "billing:1"})
	made(t, b.As(session.Caller{Name: "admin"}), session.New{UserID: "anybody"})
	for _, s := range []*session.Service{b.Service, b.As(session.Caller{}), b.As(shop).As(session.Caller{}), b.As(session.Caller{Name: "admin"})} {
		l, err := s.List(t.Context(), "", session.ListQuery{})
		if err != nil || len(l.Sessions) != 3 {
			t.Errorf("the list has %d sessions, %v; want all 3", len(l.Sessions), err)
		}
	}
}

func TestAPrefixThatNoUserCanHaveIsRefused(t *testing.T) {
	t.Parallel()
	for prefix, valid := range map[string]bool{
		"": true, "a": true, "shop:": true, "zoë:": true, "😀": true, " ": true, ".": true, strings.Repeat("x", session.MaxUserIDBytes): true,
		strings.Repeat("x", session.MaxUserIDBytes+1): false, "a\xff": false, "\x00": false, "a\n": false, "\u0085": false,
	} {
		c := session.Caller{Name: "caller", UserPrefix: prefix}
		if err := c.Validate(); (err == nil) != valid {
			t.Errorf("the prefix %.20q gives %v", prefix, err)
		}
	}
}

// TestACallerThatIsNotValidHasNoUsers, so that a mistake in settings opens nothing;
// not even to users whose ids are like what an encoder makes of it.
func TestACallerThatIsNotValidHasNoUsers(t *testing.T) {
	t.Parallel()
	b := newBench(t, time.Hour)
	id := made(t, b.Service, session.New{UserID: "a\uFFFD"})
	for _, prefix := range []string{"a\xff", "\x00", strings.Repeat("a", session.MaxUserIDBytes+1)} {
		s := b.As(session.Caller{UserPrefix: prefix})
		wantErrorIs(t, "Get", only(s.Get(t.Context(), id)), session.ErrNotFound)
		wantErrorIs(t, "Delete", only(s.Delete(t.Context(), id, nil)), session.ErrNotFound)
		err := only(s.Create(t.Context(), session.New{UserID: "a\uFFFD"}))
		wantErrorIs(t, "Create", err, &session.Error{Code: session.CodeUserNotAllowed})
		if l, err := s.List(t.Context(), "", session.ListQuery{}); err != nil || len(l.Sessions) > 0 {
			t.Errorf("the list is %v, %v; want an empty one", l.Sessions, err)
		}
		if b.store.query.UserPrefix == prefix {
			t.Errorf("the prefix %.20q reaches the store", prefix)
		}
	}
}

func TestCloseIsForAllCallers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := serviceOn(t, memory.New())
		if err := s.As(shop).Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		for c, user := range map[session.Caller]string{{}: "user", shop: "shop:1", billing: "billing:1"} {
			_, err := s.As(c).EndUser(t.Context(), user, "")
			wantErrorIs(t, "EndUser after Close", err, session.ErrUnavailable)
		}
		if _, err := s.As(shop).Ready(t.Context()); err != nil {
			t.Errorf("Ready: %v", err)
		}
	})
}

// TestCallersDoNotMeetInTheirKeys: whoever is another one, or is restricted in
// another way, makes a session of his own with the same key.
func TestCallersDoNotMeetInTheirKeys(t *testing.T) {
	t.Parallel()
	b := newBench(t, time.Hour)
	ids := map[string]session.Caller{}
	for i, c := range []session.Caller{
		{}, {Name: "a"}, {Name: "b"}, {UserPrefix: "shop:"}, {UserPrefix: "shop"}, {Name: "a", UserPrefix: "shop:"}, {Name: "a", UserPrefix: "s"},
		{Name: `a" "shop:`}, {Name: "shop:"}, {Name: "a\x00"},
	} {
		// Another create for each, which the key of another caller does not know.
		n := session.New{UserID: "shop:1", Data: fmt.Appendf(nil, `%d`, i)}
		first, replayed, err := b.As(c).CreateOnce(t.Context(), "key", n)
		if err != nil || replayed {
			t.Fatalf("the first create of %+v: %v, replayed %v", c, err, replayed)
		}
		if other, taken := ids[first.ID]; taken {
			t.Errorf("%+v and %+v share a session", c, other)
		}
		ids[first.ID] = c
		again, replayed, err := b.As(c).CreateOnce(t.Context(), "key", n)
		if err != nil || !replayed || again.ID != first.ID {
			t.Errorf("the second create of %+v: %v, replayed %v", c, err, replayed)
		}
	}
}

// TestAKeyOfNobodyInParticularIsStoredAsEver, or keys would not outlive an upgrade.
func TestAKeyOfNobodyInParticularIsStoredAsEver(t *testing.T) {
	t.Parallel()
	b := newBench(t, time.Hour)
	if err := once(b.CreateOnce(t.Context(), "key", session.New{UserID: "shop:1"})); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte("key"))
	if _, err := b.store.Record(t.Context(), "once:"+hex.EncodeToString(sum[:])); err != nil {
		t.Errorf("the record of the key: %v", err)
	}
}

// TestAKeyThatIsInUseElsewhereIsFree: a refusal would tell of another caller's create.
func TestAKeyThatIsInUseElsewhereIsFree(t *testing.T) {
	t.Parallel()
	b := newBench(t, time.Hour)
	var elsewhere, here error
	first := true
	b.store.beforeWrite = func() {
		if !first {
			return
		}
		first = false
		elsewhere = once(b.As(shop).CreateOnce(t.Context(), "key", session.New{UserID: "shop:1"}))
		here = once(b.As(billing).CreateOnce(t.Context(), "key", session.New{UserID: "billing:1"}))
	}
	if err := once(b.As(billing).CreateOnce(t.Context(), "key", session.New{UserID: "billing:1"})); err != nil {
		t.Error(err)
	}
	if elsewhere != nil || !errors.Is(here, session.ErrKeyInFlight) {
		t.Errorf("while a create is under way, one with its key returned %v to another caller and %v to the same", elsewhere, here)
	}
}
