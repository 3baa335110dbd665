package auth

import (
	"context"
	"crypto/sha256"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// The times of a key set that is fetched. A new set is there within 60 s of its
// publication even if one fetch fails in its full time.
const (
	// refreshInterval is the time from one fetch to the next.
	refreshInterval = 25 * time.Second
	// firstInterval is that time until the first fetch has succeeded.
	firstInterval = 2 * time.Second
	// refetchInterval is the least time between two fetches that tokens of unknown
	// keys cause, however many there are.
	refetchInterval = 30 * time.Second
	// fetchTimeout bounds one fetch.
	fetchTimeout = 5 * time.Second
	// patience bounds how long a token of an unknown key waits for a fetch.
	patience = time.Second
	// maxWaiting bounds how many tokens wait so at a time. More are refused at once:
	// else whoever sends forged ones while a fetch hangs could fill the server.
	maxWaiting = 64
)

// remoteKeys is a key set that is fetched again and again. Tokens of known keys are
// never in the way of a fetch, nor a fetch in theirs.
type remoteKeys struct {
	fetch func(context.Context) ([]byte, error)
	log   *slog.Logger

	set     atomic.Pointer[keySet] // nil until a first fetch has succeeded
	waiting chan struct{}

	mu        sync.Mutex
	underWay  chan struct{} // closed when the fetch that runs is over; nil if none runs
	refetched time.Time     // when a token last caused a fetch
	seen      [sha256.Size]byte
	failure   string // what was logged last; "" after a success
}

func newRemoteKeys(fetch func(context.Context) ([]byte, error), log *slog.Logger) *remoteKeys {
	return &remoteKeys{fetch: fetch, log: log, waiting: make(chan struct{}, maxWaiting)}
}

// current returns the set as it is known, nil if it never was.
func (r *remoteKeys) current() *keySet { return r.set.Load() }

// newer returns a set that may know a key which the current one does not: the current
// one again if nothing newer can be had soon.
func (r *remoteKeys) newer(ctx context.Context) *keySet {
	over := r.refetch()
	if over == nil {
		return r.current()
	}
	select {
	case r.waiting <- struct{}{}:
		defer func() { <-r.waiting }()
	default:
		return r.current()
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-over:
	case <-timer.C:
	case <-ctx.Done():
	}
	return r.current()
}

// refetch returns a channel that closes when a fetch is over: the one under way, or
// one that begins now. It returns nil if it is too early for another.
func (r *remoteKeys) refetch() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.underWay != nil {
		return r.underWay
	}
	now := time.Now()
	if !r.refetched.IsZero() && now.Sub(r.refetched) < refetchInterval {
		return nil
	}
	r.refetched = now
	return r.begin()
}

// refresh fetches the set, or waits for the fetch that is under way.
func (r *remoteKeys) refresh() {
	r.mu.Lock()
	over := (<-chan struct{})(r.underWay)
	if over == nil {
		over = r.begin()
	}
	r.mu.Unlock()
	<-over
}

// begin starts a fetch; r.mu is held. The fetch belongs to no request and so outlives
// the one that caused it, but not its own time.
func (r *remoteKeys) begin() <-chan struct{} {
	over := make(chan struct{})
	r.underWay = over
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), fetchTimeout)
		defer cancel()
		text, err := r.fetch(ctx)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.take(text, err)
		r.underWay = nil
		close(over)
	}()
	return over
}

// take takes over what a fetch brought; r.mu is held. A set that is the same as before
// stays the same one, so that what is remembered under it does too.
func (r *remoteKeys) take(text []byte, err error) {
	var set *keySet
	digest := sha256.Sum256(text)
	if err == nil && r.set.Load() != nil && digest == r.seen {
		r.failure = ""
		return
	}
	if err == nil {
		set, err = parseKeySet(text)
	}
	if err != nil {
		if errors.Is(err, context.DeadlineExceeded) {
			err = errors.New("it did not come within " + fetchTimeout.String())
		}
		if cause := err.Error(); cause != r.failure {
			r.failure = cause
			r.log.Error("the keys of tokens cannot be fetched; those that are known stay in force", "option", "JWT_JWKS_URL (--jwt-jwks-url)", "cause", cause)
		}
		return
	}
	r.seen, r.failure = digest, ""
	r.set.Store(set)
	r.log.Info("the keys of tokens were fetched", "keys", len(set.keys), "skipped", set.skipped)
}

// watch fetches the set at once and then regularly, until ctx ends.
func (r *remoteKeys) watch(ctx context.Context) {
	for {
		r.refresh()
		pause := refreshInterval
		if r.current() == nil {
			pause = firstInterval
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}
