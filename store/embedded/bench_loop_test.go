package embedded

import (
	"bytes"
	"context"
	"crypto/rand"
	"log/slog"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"

	session "session-api"
)

const (
	loopWriters = 64
	// loopRound is how many creates a round has.
	loopRound = 5000
	// loopSessions is how many sessions are prepared: their data is no part of the
	// measurement.
	loopSessions = 2000
	// secretLength is the end of an id that is drawn anew.
	secretLength = 26
)

// BenchmarkCreateBesideBareLoop creates sessions with many writers, in rounds that
// take turns with those of a bare loop: as many goroutines that each commit, in the
// same Pebble on the same disk, a synced batch with the same three keys. Ratio is
// the engine's throughput, of the loop's; the median of all rounds.
func BenchmarkCreateBesideBareLoop(b *testing.B) {
	s, bare := benchOpen(b, b.TempDir()), newBareLoop(b)
	newID := s.NewIDs(func(id string) string { return id[:len(id)-secretLength] + rand.Text() })
	sides := []func(i int) error{
		func(i int) error {
			fresh := *bare.sessions[i%loopSessions]
			fresh.ID = newID(fresh.ID)
			return s.Create(context.Background(), &fresh)
		},
		bare.create,
	}
	var took [2][]time.Duration
	var ratios []float64
	for b.Loop() {
		for side, create := range sides {
			took[side] = append(took[side], loopOnce(b, create))
		}
		ratios = append(ratios, float64(took[1][len(took[1])-1])/float64(took[0][len(took[0])-1]))
	}
	b.ReportMetric(0, "ns/op")
	for side, name := range []string{"engine", "loop"} {
		slices.Sort(took[side])
		b.ReportMetric(float64(took[side][len(took[side])/2].Nanoseconds())/loopRound, name+"-ns/create")
	}
	slices.Sort(ratios)
	b.ReportMetric(ratios[len(ratios)/2], "ratio")
	b.ReportMetric(float64(s.committer.commits.Load())/float64(s.committer.syncs.Load()), "creates/sync")
}

// loopOnce returns how long a round of creates takes.
func loopOnce(b *testing.B, create func(i int) error) time.Duration {
	var next atomic.Int64
	began := time.Now()
	together(b, loopWriters, func(int) error {
		for {
			i := int(next.Add(1)) - 1
			if i >= loopRound {
				return nil
			}
			if err := create(i); err != nil {
				return err
			}
		}
	})
	return time.Since(began)
}

// bareLoop is a database that is written to with no engine between.
type bareLoop struct {
	db       *pebble.DB
	sessions []*session.Session
	keys     [][]pair
}

type pair struct{ key, value []byte }

func newBareLoop(b *testing.B) *bareLoop {
	log := slog.New(slog.DiscardHandler)
	o := pebbleOptions(&guardFS{FS: vfs.Default, health: newHealth(log)}, nil, newBlockCache(), log)
	o.FS = vfs.Default
	db, err := pebble.Open(b.TempDir(), o)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	l := &bareLoop{db: db}
	for i := range loopSessions {
		l.sessions = append(l.sessions, benchSession(i))
		l.keys = append(l.keys, pairsOf(db, l.sessions[i]))
	}
	return l
}

// pairsOf returns the keys of a session with their values.
func pairsOf(db *pebble.DB, n *session.Session) (pairs []pair) {
	batch := db.NewBatch()
	insert(batch, n)
	for r := batch.Reader(); ; {
		_, key, value, ok, _ := r.Next()
		if !ok {
			_ = batch.Close()
			return pairs
		}
		pairs = append(pairs, pair{bytes.Clone(key), bytes.Clone(value)})
	}
}

// create commits the keys of a session under an id that is new.
func (l *bareLoop) create(i int) error {
	secret := rand.Text()
	batch := l.db.NewBatch()
	for _, p := range l.keys[i%loopSessions] {
		key := bytes.Clone(p.key)
		copy(key[len(key)-secretLength:], secret)
		if err := batch.Set(key, p.value, nil); err != nil {
			return err
		}
	}
	if err := batch.Commit(pebble.Sync); err != nil {
		return err
	}
	return batch.Close()
}
