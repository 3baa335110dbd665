package session_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"session-api"
)

// TestNoSequenceOutlivesItsEnds runs random sequences of operations and steps of
// the clock over one session and holds each answer against what must be true of
// any: it is the same claim for every engine, since the rule is the Service's.
func TestNoSequenceOutlivesItsEnds(t *testing.T) {
	t.Parallel()
	for seed := range uint64(400) {
		p := newSequence(t, seed)
		for range 60 {
			p.step(t)
		}
		if t.Failed() {
			t.Fatalf("seed %d: %v", seed, p.trace)
		}
	}
}

// sequence is one random sequence.
type sequence struct {
	*bench
	random *rand.Rand
	made   *session.Session
	// last is the session as the last answer had it. Nobody else writes, so it is
	// what is stored.
	last *session.Session
	// latest is the latest end that an answer may show.
	latest time.Time
	ended  bool
	trace  []string
}

const longest = 3 * time.Hour

func newSequence(t *testing.T, seed uint64) *sequence {
	t.Helper()
	p := &sequence{random: rand.New(rand.NewPCG(seed, 0))}
	o := session.Options{
		TTL: p.seconds(1, 2*time.Hour), MaxTTL: longest, TouchOnRead: p.random.IntN(2) == 0,
		MaxPerUser: p.random.IntN(2), // the roster must not get in the way
	}
	if p.random.IntN(3) > 0 {
		o.IdleTimeout = p.seconds(1, time.Hour)
		o.TouchInterval = p.seconds(0, o.IdleTimeout/2)
	}
	p.bench = newBenchOf(t, o)
	n := session.New{UserID: "user", Data: []byte(`{}`)}
	if p.random.IntN(2) == 0 {
		n.TTL = p.seconds(1, longest)
	}
	if p.random.IntN(2) == 0 {
		n.IdleTimeout = p.seconds(1, longest)
	}
	p.made = p.createNew(t, n)
	p.last, p.latest = p.made, p.made.AbsoluteEnd()
	if p.latest.After(noon.Add(max(o.TTL, n.TTL))) {
		t.Errorf("a new session ends at %v", p.latest)
	}
	return p
}

// seconds returns a random time of whole seconds.
func (p *sequence) seconds(least int64, most time.Duration) time.Duration {
	n := int64(most / time.Second)
	return time.Duration(least+p.random.Int64N(max(n-least+1, 1))) * time.Second
}

// step moves the clock or calls an operation.
func (p *sequence) step(t *testing.T) {
	t.Helper()
	id := p.last.ID
	switch p.random.IntN(9) {
	case 0, 1:
		p.move(p.seconds(0, 20*time.Minute) + time.Duration(p.random.Int64N(int64(time.Second))))
	case 2: // to the very end, or just before it
		p.move(p.last.ExpiresAt.Sub(p.now) - time.Duration(p.random.IntN(2)))
	case 3, 4:
		p.do(t, "Get", func() (*session.Session, error) { return p.Get(t.Context(), id) })
	case 5:
		p.do(t, "Touch", func() (*session.Session, error) { return p.Touch(t.Context(), id) })
	case 6:
		p.do(t, "Update", func() (*session.Session, error) { return p.Update(t.Context(), id, []byte(`1`), nil) })
	case 7:
		r := session.Rotation{Grace: p.seconds(0, session.MaxGrace)}
		p.do(t, "Rotate", func() (*session.Session, error) { return p.Rotate(t.Context(), id, r, nil) })
	case 8:
		p.extend(t, id)
	}
}

func (p *sequence) move(d time.Duration) {
	p.now = p.now.Add(max(d, 0))
	p.trace = append(p.trace, "now "+p.now.Sub(noon).String())
}

func (p *sequence) extend(t *testing.T, id string) {
	t.Helper()
	ttl := p.seconds(1, longest)
	p.do(t, "Extend", func() (*session.Session, error) {
		s, err := p.Extend(t.Context(), id, ttl, nil)
		if err == nil {
			p.latest = p.now.Add(ttl)
		}
		return s, err
	})
}

// do calls an operation and checks its answer.
func (p *sequence) do(t *testing.T, name string, op func() (*session.Session, error)) {
	t.Helper()
	over := p.ended || !p.now.Before(p.last.ExpiresAt)
	got, err := op()
	p.trace = append(p.trace, fmt.Sprintf("%s: %v", name, err))
	switch {
	case errors.Is(err, &session.Error{Code: session.CodeInvalidValue}): // beyond the maximum
	case over && !errors.Is(err, session.ErrExpired):
		t.Errorf("%s at or after the end returned %v", name, err)
	case !over && err != nil:
		t.Errorf("%s before the end returned %v", name, err)
	case err == nil:
		p.check(t, name, got)
	}
	p.ended = p.ended || over
}

func (p *sequence) check(t *testing.T, name string, got *session.Session) {
	t.Helper()
	want := got.AbsoluteEnd()
	if end, has := got.IdleEnd(); has && end.Before(want) {
		want = end
	}
	switch {
	case got.ExpiresAt != want:
		t.Errorf("%s: the session ends at %v; want %v, the earlier of its ends", name, got.ExpiresAt, want)
	case got.AbsoluteEnd().After(p.latest), got.AbsoluteEnd().After(p.made.CreatedAt.Add(longest)):
		t.Errorf("%s: the session ends at %v absolutely; want no later than %v", name, got.AbsoluteEnd(), p.latest)
	case (name == "Get" || name == "Touch") && got.Version != p.last.Version:
		t.Errorf("%s raised the version from %d to %d", name, p.last.Version, got.Version)
	case !got.CreatedAt.Equal(p.made.CreatedAt):
		t.Errorf("%s: the session was created at %v", name, got.CreatedAt)
	}
	stored, err := p.store.Store.Get(t.Context(), got.ID)
	if err != nil || !same(stored, got) {
		t.Errorf("%s answered\n%+v\nand stored\n%+v, %v", name, got, stored, err)
	}
	p.last = got
}
