//go:build unix

package atrest_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"session-api"
	"session-api/store/atrest"
	"session-api/store/memory"
)

// cpu returns what reports the processor's time for an operation, which other
// programs on the machine disturb less than the clock's.
func cpu(b *testing.B) func() {
	began := spent(b)
	return func() { b.ReportMetric(float64((spent(b)-began).Nanoseconds())/float64(b.N), "cpu-ns/op") }
}

// spent returns the time that this process has had of the processors.
func spent(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkPrice tells what secrecy costs beside an engine that costs nearly nothing:
//
//	go test ./store/atrest -run - -bench Price -benchmem -cpu 1 -count 5
func BenchmarkPrice(b *testing.B) {
	all := map[string]atrest.Options{
		"1 as it is":       {},
		"2 hashed ids":     {IDs: idKeys(b, 1)},
		"3 encrypted data": {Data: dataKeys(b), Rule: atrest.Encrypt},
		"4 both":           {IDs: idKeys(b, 1), Data: dataKeys(b), Rule: atrest.Encrypt},
	}
	modes := make([]string, 0, len(all))
	for mode := range all {
		modes = append(modes, mode)
	}
	slices.Sort(modes)
	for _, size := range []int{200, 2000, 20000} {
		for _, mode := range modes {
			run := func(what string, op func(b *testing.B, store session.Store, row *session.Session)) {
				b.Run(fmt.Sprintf("%s/%d bytes/%s", what, size, strings.ReplaceAll(mode[2:], " ", "-")), func(b *testing.B) {
					store := atrest.New(memory.New(), all[mode])
					row := newRow(session.NewLabelledID("user")+"AA", "user")
					row.Data = []byte(`"` + strings.Repeat("x", size-2) + `"`)
					if err := store.Create(b.Context(), row); err != nil {
						b.Fatal(err)
					}
					b.ReportAllocs()
					op(b, store, row)
				})
			}
			run("Get", benchGet)
			run("Update", benchUpdate)
			run("ListByUser", benchList)
		}
	}
}

func benchGet(b *testing.B, store session.Store, row *session.Session) {
	defer cpu(b)()
	for b.Loop() {
		if _, err := store.Get(b.Context(), row.ID); err != nil {
			b.Fatal(err)
		}
	}
}

func benchUpdate(b *testing.B, store session.Store, row *session.Session) {
	c := session.Change{Data: row.Data, At: noon}
	defer cpu(b)()
	for b.Loop() {
		if _, err := store.Update(b.Context(), row.ID, c, active); err != nil {
			b.Fatal(err)
		}
	}
}

// benchList reads a user's twenty sessions.
func benchList(b *testing.B, store session.Store, row *session.Session) {
	for i := range 19 {
		more := row.Clone()
		more.ID = fmt.Sprint(row.ID, i)
		if err := store.Create(b.Context(), more); err != nil {
			b.Fatal(err)
		}
	}
	defer cpu(b)()
	for b.Loop() {
		p, err := store.ListByUser(b.Context(), row.UserID, session.PageQuery{Now: noon, Limit: 100})
		if err != nil || len(p.Sessions) != 20 {
			b.Fatalf("%d sessions, %v", len(p.Sessions), err)
		}
	}
}

// diskRows is how many sessions are on the disk of BenchmarkDisk, and userRows how
// many of them each user has.
const (
	diskRows = 100_000
	userRows = 20
)

// BenchmarkDisk tells what handles cost an engine that keeps rows in the order of
// their names: ids that begin with the user's lie side by side, handles anywhere.
//
//	go test ./store/atrest -run - -bench Disk -cpu 1 -count 5
func BenchmarkDisk(b *testing.B) {
	for mode, o := range map[string]atrest.Options{"as-it-is": {}, "hashed-ids": {IDs: idKeys(b, 1)}} {
		b.Run(mode, func(b *testing.B) {
			store := atrest.New(engines["embedded"](b), o)
			b.Cleanup(func() { _ = store.Close() })
			ids := fill(b, store)
			b.Run("Get", func(b *testing.B) {
				defer cpu(b)()
				for b.Loop() {
					if _, err := store.Get(b.Context(), ids[rand.IntN(diskRows)]); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run("ListByUser", func(b *testing.B) {
				defer cpu(b)()
				for b.Loop() {
					user := fmt.Sprint("user-", rand.IntN(diskRows/userRows))
					p, err := store.ListByUser(b.Context(), user, session.PageQuery{Now: noon, Limit: 100})
					if err != nil || len(p.Sessions) != userRows {
						b.Fatalf("%d sessions, %v", len(p.Sessions), err)
					}
				}
			})
		})
	}
}

// fill stores the sessions, by many writers as a service would, and returns their ids.
func fill(b *testing.B, store session.Store) []string {
	b.Helper()
	ids := make([]string, diskRows)
	var next atomic.Int64
	var running sync.WaitGroup
	for range 200 {
		running.Go(func() {
			for n := int(next.Add(1)) - 1; n < diskRows; n = int(next.Add(1)) - 1 {
				user := fmt.Sprint("user-", n/userRows)
				row := newRow(session.NewLabelledID(user), user)
				row.Data = fmt.Appendf(nil, `"%x%x"`, rand.Uint64(), make([]byte, 140))
				if err := store.Create(context.Background(), row); err != nil {
					b.Error(err)
					return
				}
				ids[n] = row.ID
			}
		})
	}
	running.Wait()
	return ids
}
