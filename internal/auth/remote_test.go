package auth

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// host publishes a key set, and counts how often it is fetched.
type host struct {
	mu    sync.Mutex
	text  []byte
	err   error
	takes time.Duration
	count atomic.Int64
}

func (h *host) publish(text []byte, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.text, h.err = text, err
}

// take makes a fetch last so long.
func (h *host) take(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.takes = d
}

func (h *host) fetch(ctx context.Context) ([]byte, error) {
	h.count.Add(1)
	h.mu.Lock()
	text, err, takes := h.text, h.err, h.takes
	h.mu.Unlock()
	select {
	case <-time.After(takes):
		return text, err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// rig is tokens whose keys a host publishes, on a bubble's clock.
type rig struct {
	*Tokens
	t    *testing.T
	host *host
	log  *logged
}

// logged is a log that a test reads while others write.
type logged struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// onRig runs f in a bubble of time. Signers are made outside of it: to make keys takes
// long, and their random numbers are none of a bubble's.
func onRig(t *testing.T, h *host, f func(t *testing.T, r rig)) {
	t.Helper()
	testKeys()
	synctest.Test(t, func(t *testing.T) {
		r := rig{t: t, host: h, log: &logged{}}
		keys := newRemoteKeys(h.fetch, slog.New(slog.NewTextHandler(r.log, nil)))
		r.Tokens = &Tokens{issuer: issuer, audience: audience, mapping: func() *Mapping { return nil }, keys: keys}
		ctx, end := context.WithCancel(t.Context())
		go r.Watch(ctx)
		synctest.Wait()
		f(t, r)
		end()
		time.Sleep(time.Minute) // what is under way ends
	})
}

// try judges a token of s that is good but for its key.
func (r rig) try(s signer) error {
	r.t.Helper()
	_, err := r.authenticate(r.t.Context(), s.sign(goodClaims(map[string]any{"exp": time.Now().Add(time.Hour).Unix()})), time.Now())
	return err
}

func TestARotatedKeySetIsPickedUpWithinAMinute(t *testing.T) {
	t.Parallel()
	old, next := newSigner(t, "old", jose.ES256), newSigner(t, "next", jose.ES384)
	for name, fails := range map[string]bool{"at once": false, "although a fetch fails in its full time": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onRig(t, &host{text: setText(t, old)}, func(t *testing.T, r rig) {
				old, next := old, next
				old.t, next.t = t, t
				if err := r.try(old); err != nil {
					t.Fatalf("before the rotation: %v", err)
				}
				r.host.publish(setText(t, next), nil)
				began := time.Now()
				if fails {
					r.host.take(time.Hour)
					time.Sleep(refreshInterval + fetchTimeout)
					r.host.take(0)
				}
				// Nobody sends a token of the new key: the set must come by itself.
				for r.try(old) == nil {
					time.Sleep(time.Second)
				}
				if after := time.Since(began); after > time.Minute {
					t.Errorf("the removed key works for %v", after)
				}
				if err := r.try(next); err != nil {
					t.Errorf("the new key: %v", err)
				}
			})
		})
	}
}

func TestATokenOfANewKeyIsTakenAtOnce(t *testing.T) {
	t.Parallel()
	old, next := newSigner(t, "old", jose.ES256), newSigner(t, "next", jose.ES384)
	onRig(t, &host{text: setText(t, old)}, func(t *testing.T, r rig) {
		old, next := old, next
		old.t, next.t = t, t
		r.host.publish(setText(t, old, next), nil)
		began := time.Now()
		if err := r.try(next); err != nil || time.Since(began) > patience {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
		if got := r.host.count.Load(); got != 2 {
			t.Errorf("the set was fetched %d times", got)
		}
	})
}

// troubles are what may become of a host.
var troubles = map[string]func(*host){
	"the host answers":        func(*host) {},
	"the host fails":          func(h *host) { h.publish(nil, errors.New("down")) },
	"the host hangs":          func(h *host) { h.take(time.Hour) },
	"the host talks nonsense": func(h *host) { h.publish([]byte("<html>"), nil) },
}

func TestAStormOfBadTokensIsInNobodysWay(t *testing.T) {
	t.Parallel()
	known, unknown := newSigner(t, "known", jose.ES256), newSigner(t, "unknown", jose.ES384)
	for name, change := range troubles {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onRig(t, &host{text: setText(t, known)}, func(t *testing.T, r rig) {
				known, unknown := known, unknown
				known.t, unknown.t = t, t
				change(r.host)
				bad := unknown.sign(goodClaims(map[string]any{"exp": time.Now().Add(time.Hour).Unix()}))
				for second := range 100 {
					var all sync.WaitGroup
					for range 50 {
						all.Go(func() {
							began := time.Now()
							_, err := r.authenticate(t.Context(), bad, time.Now())
							isRefused(t, "a token of an unknown key", err, "no key")
							if took := time.Since(began); took > patience {
								t.Errorf("a bad token waits for %v", took)
							}
						})
					}
					synctest.Wait() // they are where they wait, if they do
					began := time.Now()
					if err := r.try(known); err != nil || time.Since(began) > 0 {
						t.Errorf("after %d s a good token, after %v: %v", second, time.Since(began), err)
					}
					all.Wait()
					time.Sleep(time.Second)
				}
			})
		})
	}
}

// TestUnknownKeysCauseOneFetchInThirtySeconds counts those fetches alone that tokens
// cause.
func TestUnknownKeysCauseOneFetchInThirtySeconds(t *testing.T) {
	t.Parallel()
	for name, change := range troubles {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := &host{}
				change(h)
				keys := newRemoteKeys(h.fetch, slog.New(slog.DiscardHandler))
				for range 3 * 60 {
					for range 20 {
						go keys.newer(t.Context())
					}
					time.Sleep(time.Second)
				}
				if got := h.count.Load(); got != 6 {
					t.Errorf("in three minutes there were %d fetches; want 6", got)
				}
			})
		})
	}
}

func TestWhileAFetchHangsOnlySoManyTokensWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := &host{takes: time.Hour}
		keys := newRemoteKeys(h.fetch, slog.New(slog.DiscardHandler))
		var done atomic.Int64
		for range 10 * maxWaiting {
			go func() {
				keys.newer(t.Context())
				done.Add(1)
			}()
		}
		synctest.Wait()
		if got := done.Load(); got != 9*maxWaiting {
			t.Errorf("%d of %d do not wait", got, 10*maxWaiting)
		}
		ctx, leave := context.WithCancel(t.Context())
		time.Sleep(patience)
		synctest.Wait()
		if got := done.Load(); got != 10*maxWaiting {
			t.Errorf("%d still wait after %v", 10*maxWaiting-got, patience)
		}
		leave()
		began := time.Now()
		if keys.newer(ctx); time.Since(began) > 0 {
			t.Error("who has left is waited for")
		}
		time.Sleep(time.Minute)
	})
}

func TestWithoutAnyKeysTokensAreNotJudgedUntilTheyCome(t *testing.T) {
	t.Parallel()
	s := newSigner(t, "k", jose.ES256)
	onRig(t, &host{err: errors.New("no such host")}, func(t *testing.T, r rig) {
		s := s
		s.t = t
		for range 5 {
			if err := r.try(s); !errors.Is(err, ErrNoKeys) {
				t.Errorf("without keys: %v", err)
			}
			if err := r.ready(); !errors.Is(err, ErrNoKeys) {
				t.Errorf("it is ready without keys: %v", err)
			}
			time.Sleep(10 * time.Second)
		}
		if said := r.log.String(); strings.Count(said, "no such host") != 1 || !strings.Contains(said, "JWT_JWKS_URL") {
			t.Errorf("the log says %s", said)
		}
		r.host.publish(setText(t, s), nil)
		time.Sleep(firstInterval)
		synctest.Wait()
		if err := errors.Join(r.try(s), r.ready()); err != nil {
			t.Errorf("soon after the keys were published: %v", err)
		}
	})
}

func TestKeysStayInForceWhileNoSetCanBeFetched(t *testing.T) {
	t.Parallel()
	s := newSigner(t, "k", jose.ES256)
	onRig(t, &host{text: setText(t, s)}, func(t *testing.T, r rig) {
		s := s
		s.t = t
		for _, broken := range []string{`{"keys":[]}`, `nonsense`, ``} {
			r.host.publish([]byte(broken), nil)
			time.Sleep(10 * time.Minute)
			if err := r.try(s); err != nil {
				t.Errorf("while the host answers %q: %v", broken, err)
			}
		}
		if got := strings.Count(r.log.String(), "level=ERROR"); got > 3 {
			t.Errorf("three faults are logged %d times", got)
		}
	})
}
