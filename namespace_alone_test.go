package session_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"session-api"
	"session-api/store/memory"
)

// TestANamespaceIsAsIfItWereAlone runs random operations of two callers on one store,
// and then those of each on a store of its own: every answer must be the same. Whatever
// one of them could do to the other, or learn of it, would show.
func TestANamespaceIsAsIfItWereAlone(t *testing.T) {
	t.Parallel()
	pairs := [][2]session.Caller{
		{shop, billing},
		{{UserPrefix: "a:"}, {UserPrefix: "b:"}}, // who share a name, and so their keys
		{{Name: "same", UserPrefix: "a:"}, {Name: "same", UserPrefix: "a;"}},         // who sort side by side
		{{Name: "long", UserPrefix: "a:a:"}, {Name: "short", UserPrefix: "a:b"}},     // who begin alike
		{{Name: "one", UserPrefix: "a:user1"}, {Name: "two", UserPrefix: "a:user2"}}, // of one user each
	}
	for seed := range uint64(150) {
		pair := pairs[seed%uint64(len(pairs))]
		both := answersOf(t, seed, pair, 0, 1)
		for i := range pair {
			alone := answersOf(t, seed, pair, i)[i]
			for n, got := range both[i] {
				if got != alone[n] {
					t.Fatalf("seed %d, %+v beside %+v: after %d steps the answer is\n%s\nand alone\n%s\nbefore it:\n%s",
						seed, pair[i], pair[1-i], n, got, alone[n], strings.Join(both[i][max(0, n-12):n], "\n"))
				}
			}
		}
	}
}

// answersOf returns the answers to the callers of these places, when nobody else is
// there. What each of them does depends on the seed and on its own answers.
func answersOf(t *testing.T, seed uint64, pair [2]session.Caller, places ...int) (all [2][]string) {
	synctest.Test(t, func(t *testing.T) {
		w := newShared(t, seed, pair)
		for range 120 {
			turn := w.random.IntN(5)
			if turn == 4 {
				w.now = w.now.Add(time.Duration(w.random.Int64N(int64(3 * time.Minute))))
				continue
			}
			for _, place := range places {
				if place == turn%2 {
					w.tenants[place].step(t)
				}
			}
		}
		for i, p := range w.tenants {
			all[i] = p.answers
		}
	})
	return all
}

// sharedStore is what two tenants have in common.
type sharedStore struct {
	random  *rand.Rand
	now     time.Time
	tenants [2]*tenant
}

// tenant is a caller with what it has seen.
type tenant struct {
	*session.Service
	caller  session.Caller
	random  *rand.Rand
	ids     []string // its own, and what it guesses
	answers []string
}

func newShared(t *testing.T, seed uint64, pair [2]session.Caller) *sharedStore {
	t.Helper()
	w := &sharedStore{random: rand.New(rand.NewPCG(seed, 0)), now: noon}
	o := session.Options{
		TTL: 10 * time.Minute, MaxTTL: time.Hour, IdleTimeout: time.Duration(w.random.IntN(2)) * 4 * time.Minute,
		TouchOnRead: w.random.IntN(2) == 0, MaxPerUser: w.random.IntN(4),
		LimitPolicy: []session.LimitPolicy{session.RejectNew, session.EvictOldest}[w.random.IntN(2)],
		CursorKey:   bytes.Repeat([]byte{1}, session.CursorKeyBytes),
		Now:         func() time.Time { return w.now },
	}
	made := map[string]int{}
	o.NewID = func(user string) string {
		for _, c := range pair {
			if strings.HasPrefix(user, c.UserPrefix) {
				made[c.UserPrefix]++
				return fmt.Sprintf("id-%s-%d", c.UserPrefix, made[c.UserPrefix])
			}
		}
		return "id of nobody"
	}
	s, err := session.NewService(memory.New(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(context.Background()) })
	for i, c := range pair {
		p := &tenant{Service: s.As(c), caller: c, random: rand.New(rand.NewPCG(seed, uint64(i+1)))}
		for n := range 12 { // the other's ids, as they will be
			p.ids = append(p.ids, fmt.Sprintf("id-%s-%d", pair[1-i].UserPrefix, n+1))
		}
		w.tenants[i] = p
	}
	return w
}

// user returns one of its users mostly, sometimes one of somebody else's.
func (p *tenant) user() string {
	if p.random.IntN(12) == 0 {
		return []string{"a:user1", "a:user2", "b:1", "billing:1", "shop:1", "a;1"}[p.random.IntN(6)]
	}
	return fmt.Sprintf("%s%d", p.caller.UserPrefix, p.random.IntN(2))
}

// id returns the id of one of its last sessions mostly.
func (p *tenant) id() string {
	if p.random.IntN(3) > 0 {
		return p.ids[len(p.ids)-1-p.random.IntN(min(len(p.ids), 4))]
	}
	return p.ids[p.random.IntN(len(p.ids))]
}

func (p *tenant) match() session.Match {
	return []session.Match{nil, nil, {1}, {2}, {1, 2, 3}, {}}[p.random.IntN(6)]
}

// step does one operation and keeps its answer.
func (p *tenant) step(t *testing.T) {
	t.Helper()
	ctx, id, user := t.Context(), p.id(), p.user()
	seconds := func(most int) time.Duration { return time.Duration(p.random.IntN(most)) * time.Second }
	switch op := p.random.IntN(16); op {
	case 0, 1, 2:
		n := session.New{UserID: user, Data: []byte(`{}`), TTL: seconds(900)}
		p.one("Create " + user)(p.Create(ctx, n))
	case 3:
		key := fmt.Sprintf("key-%d", p.random.IntN(3))
		got, replayed, err := p.CreateOnce(ctx, key, session.New{UserID: user, Data: []byte(`{}`)})
		p.one(fmt.Sprintf("CreateOnce %s %s, replayed %v", key, user, replayed))(got, err)
	case 4, 5:
		p.one("Get " + id)(p.Get(ctx, id))
	case 6:
		p.one("Update " + id)(p.Update(ctx, id, fmt.Appendf(nil, `%d`, len(p.answers)), p.match()))
	case 7:
		p.one("Delete " + id)(p.Delete(ctx, id, p.match()))
	case 8:
		p.one("Touch " + id)(p.Touch(ctx, id))
	case 9:
		p.one("Patch " + id)(p.Patch(ctx, id, setToOne, p.match()))
	case 10:
		p.one("Extend " + id)(p.Extend(ctx, id, seconds(3000)+time.Second, p.match()))
	case 11:
		p.one("Rotate " + id)(p.Rotate(ctx, id, session.Rotation{Grace: seconds(60)}, p.match()))
	case 12:
		p.walk("List", func(q session.ListQuery) (session.List, error) { return p.List(ctx, "", q) })
	case 13:
		p.walk("ListByUser "+user, func(q session.ListQuery) (session.List, error) { return p.ListByUser(ctx, user, q) })
	case 14, 15:
		if op == 15 {
			id = ""
		}
		ended, err := p.EndUser(ctx, user, id)
		p.answer("EndUser %s but %q: %+v, %s", user, id, ended, told(err))
		time.Sleep(time.Minute) // of the bubble: what goes on in the background is done
		synctest.Wait()
	}
}

func (p *tenant) answer(format string, args ...any) {
	p.answers = append(p.answers, fmt.Sprintf(format, args...))
}

// one keeps an answer with one session.
func (p *tenant) one(what string) func(*session.Session, error) {
	return func(got *session.Session, err error) {
		if err != nil {
			p.answer("%s: %s", what, told(err))
			return
		}
		p.ids = append(p.ids, got.ID)
		p.answer("%s: %+v", what, *got)
	}
}

// walk keeps the sessions of a whole list.
func (p *tenant) walk(what string, page func(q session.ListQuery) (session.List, error)) {
	var shown []string
	q := session.ListQuery{Limit: 1 + p.random.IntN(3)}
	for {
		l, err := page(q)
		if err != nil {
			p.answer("%s: %s", what, told(err))
			return
		}
		for _, s := range l.Sessions {
			shown = append(shown, fmt.Sprintf("%+v", *s))
		}
		if q.Cursor = l.NextCursor; q.Cursor == "" {
			p.answer("%s: %s", what, strings.Join(shown, " "))
			return
		}
	}
}

// told returns all that a caller is told of an error.
func told(err error) string {
	if err == nil {
		return "done"
	}
	var e *session.Error
	if !errors.As(err, &e) {
		return err.Error()
	}
	return fmt.Sprintf("%+v", members(e))
}
