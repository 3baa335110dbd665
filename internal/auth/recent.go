package auth

import (
	"sync"
	"time"
)

// maxRecent bounds how many tokens are remembered. Only tokens that were verified
// are, so nobody fills the room who has none.
const maxRecent = 10_000

// recent remembers tokens that were verified, by their digests. The zero value is
// ready; it is safe for concurrent use.
type recent struct {
	mu   sync.RWMutex
	kept map[Digest]remembered
}

// basis is what a judgement rests on: when either changes, it is void.
type basis struct {
	keys    *keySet
	mapping *Mapping
}

// remembered is what is known of a token.
type remembered struct {
	caller *Caller
	under  basis
	end    time.Time
}

// find returns the caller who has the token, nil if it must be judged anew.
func (r *recent) find(token Digest, under basis, now time.Time) *Caller {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if found, ok := r.kept[token]; ok && found.under == under && now.Before(found.end) {
		return found.caller
	}
	return nil
}

// keep remembers a token, in the place of any other where there is no more room.
func (r *recent) keep(token Digest, what remembered) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.kept == nil {
		r.kept = map[Digest]remembered{}
	}
	if len(r.kept) >= maxRecent {
		for other := range r.kept {
			delete(r.kept, other)
			break
		}
	}
	r.kept[token] = what
}
