package session_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"session-api"
)

// Two callers that share a store, and what one of them tries.
var (
	shop    = session.Caller{Name: "shop", UserPrefix: "shop:"}
	billing = session.Caller{Name: "billing", UserPrefix: "billing:"}
)

// attempt is a call by which a caller could learn of, or change, the session of an id.
type attempt struct {
	what string
	// method is that of Service.
	method string
	do     func(s *session.Service, id string) error
}

// only returns the error of a call that returns something else besides; it fails if
// that something is there.
func only[T comparable](got T, err error) error {
	var none T
	if err != nil && got != none {
		return fmt.Errorf("%v came beside %w", got, err)
	}
	return err
}

func attempts(ctx context.Context) []attempt {
	all := []attempt{
		{"Get", "Get", func(s *session.Service, id string) error { return only(s.Get(ctx, id)) }},
		{"Touch", "Touch", func(s *session.Service, id string) error { return only(s.Touch(ctx, id)) }},
		{"an update too large", "Update", func(s *session.Service, id string) error {
			return only(s.Update(ctx, id, make([]byte, session.MaxDataBytes+1), nil))
		}},
		{"Rotate with a new sign-in", "Rotate", func(s *session.Service, id string) error {
			return only(s.Rotate(ctx, id, session.Rotation{Grace: time.Minute, Auth: &session.Auth{ACR: "2"}}, nil))
		}},
		{"EndUser but one", "EndUser", func(s *session.Service, id string) error {
			_, err := s.EndUser(ctx, "shop:nobody", id)
			return err
		}},
	}
	for what, m := range map[string]session.Match{
		"": nil, " at its version": {1}, " at another version": {7}, " at one of some": {0, 1, 2}, " at none of some": {8, 9}, " at no version": {},
	} {
		all = append(all,
			attempt{"Update" + what, "Update", func(s *session.Service, id string) error { return only(s.Update(ctx, id, []byte(`1`), m)) }},
			attempt{"Delete" + what, "Delete", func(s *session.Service, id string) error { return only(s.Delete(ctx, id, m)) }},
			attempt{"Patch" + what, "Patch", func(s *session.Service, id string) error { return only(s.Patch(ctx, id, setToOne, m)) }},
			attempt{"Extend" + what, "Extend", func(s *session.Service, id string) error { return only(s.Extend(ctx, id, time.Minute, m)) }},
			attempt{"Rotate" + what, "Rotate", func(s *session.Service, id string) error {
				return only(s.Rotate(ctx, id, session.Rotation{}, m))
			}},
		)
	}
	return all
}

// withoutID are the methods of Service that take no id of a session. What they have
// to do with namespaces has tests of its own.
var withoutID = map[string]bool{
	"As": true, "Close": true, "Create": true, "CreateOnce": true, "InvalidSeconds": true, "List": true, "ListByUser": true, "Ready": true,
}

func TestEveryMethodIsTriedOnSessionsOfOthers(t *testing.T) {
	t.Parallel()
	tried := map[string]bool{}
	for _, a := range attempts(t.Context()) {
		tried[a.method] = true
	}
	for m := range reflect.TypeFor[*session.Service]().Methods() {
		if tried[m.Name] == withoutID[m.Name] {
			t.Errorf("the method %s must be either in attempts or in withoutID", m.Name)
		}
	}
}

// foreignRows are the states that a session of another namespace can be in. Each
// returns the id under which it is tried.
var foreignRows = map[string]func(t *testing.T, b *bench, owner *session.Service) string{
	"active": func(t *testing.T, b *bench, owner *session.Service) string {
		return made(t, owner, session.New{UserID: "billing:1", Data: []byte(`{}`)})
	},
	"active, with an idle end": func(t *testing.T, b *bench, owner *session.Service) string {
		id := made(t, owner, session.New{UserID: "billing:1", IdleTimeout: 10 * time.Minute})
		b.now = b.now.Add(9 * time.Minute) // an activity would be written
		return id
	},
	"expired": func(t *testing.T, b *bench, owner *session.Service) string {
		id := made(t, owner, session.New{UserID: "billing:1", TTL: time.Minute})
		b.now = b.now.Add(time.Hour)
		return id
	},
	"a former id": func(t *testing.T, b *bench, owner *session.Service) string {
		id := made(t, owner, session.New{UserID: "billing:1"})
		if _, err := owner.Rotate(t.Context(), id, session.Rotation{Grace: time.Minute}, nil); err != nil {
			t.Fatal(err)
		}
		return id
	},
	"a former id of one that expired": func(t *testing.T, b *bench, owner *session.Service) string {
		id := made(t, owner, session.New{UserID: "billing:1", TTL: 2 * time.Second})
		if _, err := owner.Rotate(t.Context(), id, session.Rotation{Grace: time.Minute}, nil); err != nil {
			t.Fatal(err)
		}
		b.now = b.now.Add(10 * time.Second)
		return id
	},
	"of a user whose id begins alike": func(t *testing.T, b *bench, owner *session.Service) string {
		return made(t, b.Service, session.New{UserID: "shop"})
	},
	"of a user in other letters": func(t *testing.T, b *bench, owner *session.Service) string {
		return made(t, b.Service, session.New{UserID: "Shop:1"})
	},
	"unreadable, of a known user": func(t *testing.T, b *bench, owner *session.Service) string {
		b.store.unreadable = map[string]error{"broken": session.UnreadableOf("billing:1", errors.New("the attribute ttl is no number"))}
		return "broken"
	},
	"unreadable, of nobody knows whom": func(t *testing.T, b *bench, owner *session.Service) string {
		b.store.unreadable = map[string]error{"broken": session.Unreadable(errors.New("the layout is unknown"))}
		return "broken"
	},
}

func made(t *testing.T, s *session.Service, n session.New) string {
	t.Helper()
	made, err := s.Create(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	return made.ID
}

// inNamespaces runs a test on the rules that touch more than one row, too.
func inNamespaces(t *testing.T, do func(t *testing.T, o session.Options)) {
	for name, o := range map[string]session.Options{
		"plain": {}, "with a limit": {MaxPerUser: 1}, "evicting": {MaxPerUser: 1, LimitPolicy: session.EvictOldest}, "reads count": {TouchOnRead: true},
	} {
		o.TTL = 30 * time.Minute
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			do(t, o)
		})
	}
}

// TestASessionOfOthersIsLikeNone: the error is the very same as for an id that never
// was, in every member; it takes as long; and nothing is written.
func TestASessionOfOthersIsLikeNone(t *testing.T) {
	t.Parallel()
	inNamespaces(t, func(t *testing.T, o session.Options) {
		synctest.Test(t, func(t *testing.T) {
			for state, row := range foreignRows {
				b := newBenchOf(t, o)
				id := row(t, b, b.As(billing))
				before := b.everything(t)
				for _, a := range attempts(t.Context()) {
					took, foreign := timed(func() error { return a.do(b.As(shop), id) })
					takes, never := timed(func() error { return a.do(b.As(shop), "never") })
					if !reflect.DeepEqual(members(foreign), members(never)) || foreign == nil {
						t.Errorf("%s of a session that is %s returned %+v; of an absent id %+v", a.what, state, foreign, never)
					}
					if took != takes {
						t.Errorf("%s of a session that is %s took %v; of an absent id %v", a.what, state, took, takes)
					}
				}
				if after := b.everything(t); !reflect.DeepEqual(after, before) {
					t.Errorf("a session that was %s was changed: %v, and before %v", state, after, before)
				}
				if n := b.store.unreadWrites.Load(); n > 0 {
					t.Errorf("%d writes of a row that cannot be read were let through", n)
				}
			}
		})
	})
}

// timed is for a synctest bubble, where nothing takes time but waiting.
func timed(do func() error) (took time.Duration, err error) {
	began := time.Now()
	err = do()
	return time.Since(began), err
}

// members returns what a caller can be told of an error.
func members(err error) session.Error {
	var e *session.Error
	if !errors.As(err, &e) {
		return session.Error{Message: fmt.Sprint(err)}
	}
	return session.Error{Code: e.Code, Message: e.Message, Field: e.Field, Version: e.Version}
}

// everything returns what the store holds of the few ids of a bench.
func (b *bench) everything(t *testing.T) (rows []*session.Session) {
	t.Helper()
	for i := range b.made.Load() {
		if row, err := b.store.Store.Get(t.Context(), fmt.Sprintf("id-%d", i+1)); err == nil {
			rows = append(rows, row)
		}
	}
	return rows
}

// TestUsersOfOthersAreNotAllowed, whether there are any or not, and without a look.
func TestUsersOfOthersAreNotAllowed(t *testing.T) {
	t.Parallel()
	inNamespaces(t, func(t *testing.T, o session.Options) {
		b := newBenchOf(t, o)
		b.create(t, "billing:1")
		s, ctx := b.As(shop), t.Context()
		b.store.calls.Store(0)
		for _, user := range []string{"billing:1", "billing:2", "shop", "Shop:1", " shop:1", "1"} {
			for what, err := range map[string]error{
				"Create":          only(s.Create(ctx, session.New{UserID: user})),
				"CreateOnce":      once(s.CreateOnce(ctx, "key", session.New{UserID: user})),
				"List of a user":  listed(s.List(ctx, user, session.ListQuery{})),
				"ListByUser":      listed(s.ListByUser(ctx, user, session.ListQuery{})),
				"EndUser":         only(s.EndUser(ctx, user, "")),
				"EndUser but one": only(s.EndUser(ctx, user, "id-1")),
			} {
				want := session.Error{
					Code: session.CodeUserNotAllowed, Field: "userId",
					Message: `userId must begin with "shop:", the prefix of the users that this caller is restricted to`,
				}
				if got := members(err); !reflect.DeepEqual(got, want) {
					t.Errorf("%s for the user %q returned %+v; want %+v", what, user, got, want)
				}
			}
		}
		// What no session may belong to is told first, as ever.
		wantErrorIs(t, "Create for nobody", only(s.Create(ctx, session.New{})), &session.Error{Code: session.CodeInvalidUserID})
		if n := b.store.calls.Load(); n != 0 {
			t.Errorf("what is not allowed cost %d store calls; want none", n)
		}
	})
}

func once(made *session.Session, _ bool, err error) error { return only(made, err) }

func listed(l session.List, err error) error {
	if err != nil && (l.Sessions != nil || l.NextCursor != "") {
		return fmt.Errorf("%v came beside %w", l, err)
	}
	return err
}

// TestInItsNamespaceACallerDoesEverything that a caller without one does.
func TestInItsNamespaceACallerDoesEverything(t *testing.T) {
	t.Parallel()
	inNamespaces(t, func(t *testing.T, o session.Options) {
		b := newBenchOf(t, o)
		for _, a := range attempts(t.Context()) {
			id := made(t, b.As(shop), session.New{UserID: "shop:" + a.what, Data: []byte(`{}`)})
			plain := made(t, b.Service, session.New{UserID: "shop:" + a.what + "'s twin", Data: []byte(`{}`)})
			got, want := a.do(b.As(shop), id), a.do(b.Service, plain)
			if !reflect.DeepEqual(members(got), members(want)) {
				t.Errorf("%s in the namespace returned %+v; without one %+v", a.what, got, want)
			}
		}
		got := b.everything(t)
		for i := 1; i < len(got); i++ {
			if a, b := got[i-1], got[i]; a.UserID+"'s twin" == b.UserID && (!bytes.Equal(a.Data, b.Data) || a.Version != b.Version) {
				t.Errorf("stored is %+v; without a namespace %+v", a, b)
			}
		}
	})
}

// TestAnUnreadableRowOfItsOwnIsTold so that its owner reports it.
func TestAnUnreadableRowOfItsOwnIsTold(t *testing.T) {
	t.Parallel()
	b := newBench(t, time.Hour)
	b.store.unreadable = map[string]error{"broken": session.UnreadableOf("shop:1", errors.New("the attribute ttl is no number"))}
	wantErrorIs(t, "Get", only(b.As(shop).Get(t.Context(), "broken")), session.ErrUnreadable)
}
