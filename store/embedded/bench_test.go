package embedded

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	session "session-api"
)

var benchNow = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// benchData returns what a session holds in the benchmarks: 300 bytes of JSON
// that compress as little as tokens do.
func benchData(n int) []byte {
	random := rand.New(rand.NewPCG(uint64(n), 0))
	data := make([]byte, 0, 320)
	for data = append(data, `{"theme":"dark","cart":"`...); len(data) < 300; {
		data = strconv.AppendUint(data, random.Uint64(), 36)
	}
	return append(data, `"}`...)
}

// benchRows is how many rows the benchmarks run over: 100,000, or what the
// environment says.
func benchRows(b *testing.B) int {
	text := os.Getenv("BENCH_ROWS")
	if text == "" {
		return 100_000
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

const benchUserRows = 20

func benchSession(n int) *session.Session {
	user := "user-" + strconv.Itoa(n/benchUserRows)
	return &session.Session{
		ID: session.NewLabelledID(user), UserID: user, Data: benchData(n), Version: 1,
		CreatedAt: benchNow.Add(time.Duration(n) * time.Microsecond), ExpiresAt: benchNow.Add(24 * time.Hour),
	}
}

// benchFilled returns a store with rows, created by many writers as a service
// would, and their ids.
func benchFilled(b *testing.B, rows int) (*Store, []string) {
	s := benchOpen(b, b.TempDir())
	ids := make([]string, rows)
	var next atomic.Int64
	together(b, 200, func(int) error {
		for {
			n := int(next.Add(1)) - 1
			if n >= rows {
				return nil
			}
			row := benchSession(n)
			ids[n] = row.ID
			if err := s.Create(context.Background(), row); err != nil {
				return err
			}
		}
	})
	return s, ids
}

func benchOpen(b *testing.B, dir string) *Store {
	s, err := tryOpen(Options{Dir: dir})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	return s
}

func BenchmarkGet(b *testing.B) {
	s, ids := benchFilled(b, benchRows(b))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Get(context.Background(), ids[rand.IntN(len(ids))]); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkGetHot reads a thousand of all rows again and again, as the requests
// of the users of a moment do.
func BenchmarkGetHot(b *testing.B) {
	s, ids := benchFilled(b, benchRows(b))
	ids = ids[:1000]
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Get(context.Background(), ids[rand.IntN(len(ids))]); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkGetParallel(b *testing.B) {
	s, ids := benchFilled(b, benchRows(b))
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := s.Get(context.Background(), ids[rand.IntN(len(ids))]); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

func BenchmarkCreate(b *testing.B) {
	for _, writers := range []int{1, 64} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			s := benchOpen(b, b.TempDir())
			b.ReportAllocs()
			b.SetParallelism((writers + runtime.GOMAXPROCS(0) - 1) / runtime.GOMAXPROCS(0))
			var n atomic.Int64
			create := func(next func() bool) {
				for next() {
					if err := s.Create(context.Background(), benchSession(int(n.Add(1)))); err != nil {
						b.Error(err)
						return
					}
				}
			}
			if writers == 1 {
				create(b.Loop)
			} else {
				b.RunParallel(func(pb *testing.PB) { create(pb.Next) })
			}
			b.ReportMetric(float64(s.committer.commits.Load())/float64(max(1, s.committer.syncs.Load())), "commits/sync")
		})
	}
}

func BenchmarkListByUser(b *testing.B) {
	rows := benchRows(b)
	s, _ := benchFilled(b, rows)
	b.ReportAllocs()
	for b.Loop() {
		user := "user-" + strconv.Itoa(rand.IntN(rows/benchUserRows))
		page, err := s.ListByUser(context.Background(), user, session.PageQuery{Now: benchNow, Limit: 100})
		if err != nil || len(page.Sessions) != benchUserRows {
			b.Fatalf("%d sessions, %v", len(page.Sessions), err)
		}
	}
}
