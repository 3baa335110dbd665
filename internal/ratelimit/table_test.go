package ratelimit_test

import (
	"encoding/binary"
	"net/netip"
	"runtime"
	"testing"
	"time"

	"session-api/internal/ratelimit"
)

// stranger returns the n-th of many addresses, each of another network.
func stranger(n int) ratelimit.Caller {
	addr := [16]byte{0: 0x20, 1: 0x01}
	binary.BigEndian.PutUint32(addr[4:], uint32(n))
	return ratelimit.Caller{Addr: netip.AddrFrom16(addr)}
}

// TestAMillionCallersTakeBoundedMemory cannot run beside others, whose memory it would
// count.
func TestAMillionCallersTakeBoundedMemory(t *testing.T) {
	l, _ := newLimiter(ratelimit.Options{Rate: ratelimit.Rate{RPS: 1}})
	before := heap()
	for n := range strangers {
		if l.Take(stranger(n)).Refused {
			t.Fatalf("the first request of the %d-th is refused", n)
		}
		if n < 100_000 {
			l.Failed(stranger(n).Addr)
		}
	}
	taken := heap() - before
	t.Logf("%d callers and failures are remembered, in %d KiB", l.Remembered(), taken>>10)
	if n := l.Remembered(); n != 2*ratelimit.DefaultCallers {
		t.Errorf("%d are remembered, not %d", n, 2*ratelimit.DefaultCallers)
	}
	if taken > 64<<20 {
		t.Errorf("they take %d MiB", taken>>20)
	}
	runtime.KeepAlive(l)
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestNobodyGetsABucketForgottenByComingFromElsewhere has a caller empty its bucket,
// then send one request from each of very many other addresses: the way to a new bucket
// if the table forgot the oldest or a random one.
func TestNobodyGetsABucketForgottenByComingFromElsewhere(t *testing.T) {
	t.Parallel()
	l, clock := newLimiter(ratelimit.Options{Rate: ratelimit.Rate{RPS: 1, Burst: 60}, Callers: 1024})
	spent := at("192.0.2.1")
	drain(t, l, spent)
	for n := range 200_000 {
		l.Take(stranger(n))
		clock.advance(20 * time.Microsecond) // 4 s in all
	}
	if n := drain(t, l, spent); n != 4 {
		t.Errorf("after 4 s and all those addresses it has %d, not 4", n)
	}
}

// TestAFullBucketIsForgottenFirst has callers who come once a minute, and so are full
// again, make room for those who are not.
func TestAFullBucketIsForgottenFirst(t *testing.T) {
	t.Parallel()
	l, clock := newLimiter(ratelimit.Options{Rate: ratelimit.Rate{RPS: 1, Burst: 10}, Callers: 1024})
	for n := range 512 {
		l.Take(stranger(n))
	}
	clock.advance(time.Minute)
	spent := at("192.0.2.1")
	drain(t, l, spent)
	for n := range 2000 {
		l.Take(stranger(1000 + n))
	}
	if n := drain(t, l, spent); n != 0 {
		t.Errorf("it has %d at once", n)
	}
}

func BenchmarkTake(b *testing.B) {
	l := ratelimit.New(ratelimit.Options{Rate: ratelimit.Rate{RPS: 1e9}})
	for name, next := range map[string]func(n int) ratelimit.Caller{
		"one caller":      func(int) ratelimit.Caller { return at("192.0.2.1") },
		"always another":  stranger,
		"one with a name": func(int) ratelimit.Caller { return named("key:backend") },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				n++
				v := l.Take(next(n))
				_ = v.Field()
			}
		})
	}
}
