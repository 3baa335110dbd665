package ratelimit

import (
	"hash/maphash"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// table is the buckets of so many callers at most. When it is full, a new caller takes
// the place of the one, of a few, whose bucket lacks least: a full bucket is the same
// as none, so losing it costs nothing. Who has emptied a bucket and wants it forgotten
// would have to empty those of thousands of others, which is more than it gains.
type table struct {
	common *plan
	seed   maphash.Seed
	shards [shards]shard
}

// shards are so many that callers on many cores seldom wait for each other.
const shards = 16

// candidates is how many buckets are compared to find the one to forget.
const candidates = 8

type shard struct {
	mu      sync.Mutex
	most    int
	buckets map[key]*bucket
}

// bucket is one caller's. There may be very many, so it has no more than it needs.
type bucket struct {
	tokens rate.Limiter
	plan   *plan
}

// newTable returns a table for so many callers, most of which have the rate common.
func newTable(callers int, common Rate) *table {
	t := &table{common: newPlan(common), seed: maphash.MakeSeed()}
	for i := range t.shards {
		t.shards[i].most = max(callers/shards, 1)
		t.shards[i].buckets = map[key]*bucket{}
	}
	return t
}

// take takes one from the bucket of k, which goes by r.
func (t *table) take(k key, r Rate, now time.Time) Verdict {
	s := &t.shards[maphash.Comparable(t.seed, k)%shards]
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.buckets[k]
	if b == nil {
		s.makeRoom(now)
		b = t.newBucket(r)
		s.buckets[k.kept()] = b
	} else if b.plan.given != r {
		b.change(t.plan(r), now)
	}
	return b.take(now)
}

// makeRoom forgets a bucket if there are as many as may be.
func (s *shard) makeRoom(now time.Time) {
	if len(s.buckets) < s.most {
		return
	}
	var (
		least  time.Duration
		victim key
		n      int
	)
	for k, b := range s.buckets { // begins anywhere
		if lack := b.lack(now); n == 0 || lack < least {
			victim, least = k, lack
		}
		if n++; n == candidates || least == 0 {
			break
		}
	}
	delete(s.buckets, victim)
}

func (t *table) size() (n int) {
	for i := range t.shards {
		s := &t.shards[i]
		s.mu.Lock()
		n += len(s.buckets)
		s.mu.Unlock()
	}
	return n
}

// newBucket returns a full bucket: an empty one of long ago.
func (t *table) newBucket(r Rate) *bucket {
	b := &bucket{}
	b.change(t.plan(r), time.Time{})
	return b
}

// plan returns the plan for r: most buckets have the same.
func (t *table) plan(r Rate) *plan {
	if r == t.common.given {
		return t.common
	}
	return newPlan(r)
}

// change has the bucket go by p from now on. What was taken stays so.
func (b *bucket) change(p *plan, now time.Time) {
	b.tokens.SetLimitAt(now, rate.Limit(p.rate.RPS))
	b.tokens.SetBurstAt(now, p.rate.Burst)
	b.plan = p
}

func (b *bucket) take(now time.Time) Verdict {
	refused := !b.tokens.AllowN(now, 1)
	left := b.tokens.TokensAt(now)
	return Verdict{Refused: refused, plan: b.plan, left: int(left), wait: b.plan.timeFor(1 - left)}
}

// lack is the time in which the bucket would be full.
func (b *bucket) lack(now time.Time) time.Duration {
	return b.plan.timeFor(float64(b.plan.rate.Burst) - b.tokens.TokensAt(now))
}
