package dynamo

import (
	"fmt"
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
