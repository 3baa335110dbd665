package ratelimit

import (
	"crypto/sha256"
	"net/netip"
	"strings"
	"time"
)

// Options set up a Limiter.
type Options struct {
	// Rate is that of callers who have none of their own.
	Rate Rate
	// Callers is how many callers are remembered at most; 0 means DefaultCallers.
	Callers int
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// DefaultCallers take about 16 MB, if there ever are so many.
const DefaultCallers = 1 << 16

// FailedRate is how often an address may fail to say who is calling. An honest caller
// with a key that has run out tries about so often; who guesses, more.
var FailedRate = Rate{RPS: 10, Burst: 20}

// Limiter says of each request whether it is within its caller's rate. It is safe for
// concurrent use.
type Limiter struct {
	common   Rate
	failing  Rate
	now      func() time.Time
	callers  *table
	failures *table
}

// New returns a Limiter.
func New(o Options) *Limiter {
	if o.Callers == 0 {
		o.Callers = DefaultCallers
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	failing := FailedRate
	if o.Rate.RPS > 0 && o.Rate.RPS < failing.RPS {
		failing = o.Rate
	}
	return &Limiter{
		common: o.Rate, failing: failing, now: o.Now,
		callers: newTable(o.Callers, o.Rate), failures: newTable(o.Callers, failing),
	}
}

// Caller is who sent a request.
type Caller struct {
	// Name is the caller's, if it is known who that is: then the address says nothing.
	// Names of different kinds of callers must differ.
	Name string
	// Addr is the address of a caller without a name.
	Addr netip.Addr
	// Rate is the caller's own; nil means that of Options.
	Rate *Rate
}

// Idle reports whether callers without a rate of their own may call any number of times.
func (l *Limiter) Idle() bool { return l.common.RPS <= 0 }

// Take counts a request of c.
func (l *Limiter) Take(c Caller) Verdict {
	r := l.common
	if c.Rate != nil {
		r = *c.Rate
	}
	if r.RPS <= 0 {
		return Verdict{}
	}
	return l.callers.take(keyOf(c), r, l.now())
}

// Failed counts a request from addr whose caller could not say who it is. It is for
// after the attempt, not before: were addresses refused unheard, anybody could lock out
// those who share theirs, as all do behind a proxy that is not trusted. There is a limit
// even where Options have none.
func (l *Limiter) Failed(addr netip.Addr) Verdict {
	return l.failures.take(keyOf(Caller{Addr: addr}), l.failing, l.now())
}

// key is what a bucket belongs to.
type key struct {
	name    string
	network netip.Addr // the first of it
}

// networkBits is how much of an IPv6 address names a subscriber: who has one address
// of such a network has all of them (RFC 6177 section 2, RFC 7421).
const networkBits = 64

// maxName bounds what is kept of a name, in bytes.
const maxName = 128

func keyOf(c Caller) key {
	switch {
	case len(c.Name) > maxName:
		sum := sha256.Sum256([]byte(c.Name))
		return key{name: string(sum[:])}
	case c.Name != "":
		return key{name: c.Name}
	}
	addr := c.Addr.Unmap().WithZone("")
	bits := addr.BitLen()
	if addr.Is6() {
		bits = networkBits
	}
	network, _ := addr.Prefix(bits) // fails for no address alone, which is a key as well
	return key{network: network.Addr()}
}

// kept returns k as it may be kept: its name is often a part of a longer text.
func (k key) kept() key {
	k.name = strings.Clone(k.name)
	return k
}
