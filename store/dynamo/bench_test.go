package dynamo

import (
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"time"
)

// The benchmarks count what a call costs the client; the server beside it takes
// a part of the same machine.

func benchStore(b *testing.B, rows int) *Store {
	b.Helper()
	s := newServer(b)
	store := s.open(b, s.newTable(b, true), Options{})
	data := []byte(`{"theme":"dark","cart":[{"sku":"a-1","count":2},{"sku":"b-2","count":1}]}`)
	for i := range rows {
		row := newSession(fmt.Sprintf("session-alice-%03d", i))
		row.Data, row.CreatedAt = data, noon.Add(time.Duration(i)*time.Microsecond)
		if err := store.Create(b.Context(), row); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	b.ResetTimer()
	return store
}

func BenchmarkGet(b *testing.B) {
	store := benchStore(b, 1)
	for b.Loop() {
		if _, err := store.Get(b.Context(), "session-alice-000"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkUpdate(b *testing.B) {
	store := benchStore(b, 1)
	for b.Loop() {
		if _, err := store.Update(b.Context(), "session-alice-000", changed(`{"theme":"light"}`), meanwhile()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkListByUserOf20(b *testing.B) {
	store := benchStore(b, 20)
	for b.Loop() {
		if p, err := store.ListByUser(b.Context(), "alice", page(100)); err != nil || len(p.Sessions) != 20 {
			b.Fatal(len(p.Sessions), err)
		}
	}
}

// BenchmarkDecode is the part of a read that is ours.
func BenchmarkDecode(b *testing.B) {
	row := newItem(newSession("session-alice-000"), "w")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := decode(row); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkGetShared is a read among many: 64 readers at a time, who share calls.
// What a reader allocates is bounded, and so is that calls are shared at all.
func BenchmarkGetShared(b *testing.B) {
	const readers, rows = 64, 100
	store := benchStore(b, rows)
	store.options.CoalesceFrom = 2
	var n atomic.Int64
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	b.SetParallelism(readers / runtime.GOMAXPROCS(0))
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			id := fmt.Sprintf("session-alice-%03d", n.Add(1)%rows)
			if _, err := store.Get(b.Context(), id); err != nil {
				b.Error(err)
				return
			}
		}
	})
	runtime.ReadMemStats(&after)
	c := store.ReadCounts()
	calls := float64(c.Alone+c.Shared) / float64(b.N)
	b.ReportMetric(calls, "calls/op")
	allocations := float64(after.Mallocs-before.Mallocs) / float64(b.N)
	if b.N >= 1000 && (allocations > mostAllocations || calls > 0.5) {
		b.Errorf("a read allocates %.0f times and makes %.2f calls; want at most %d and 0.5", allocations, calls, mostAllocations)
	}
}

// mostAllocations is what a read may allocate that shares its call.
const mostAllocations = 100

func BenchmarkCreate(b *testing.B) {
	store := benchStore(b, 1)
	row := newSession("session-alice-000")
	for i := 0; b.Loop(); i++ {
		row.ID = fmt.Sprintf("session-bob-%09d", i)
		if err := store.Create(b.Context(), row); err != nil {
			b.Fatal(err)
		}
	}
}
