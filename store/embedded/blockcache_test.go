package embedded

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"

	session "session-api"
)

// TestBlocksKeepTheirCacheBesideMemtables reads rows in a database that was just
// opened and while its memtables grow, which Pebble takes out of the cache.
func TestBlocksKeepTheirCacheBesideMemtables(t *testing.T) {
	t.Parallel()
	s := open(t, Options{fs: vfs.NewMem()})
	const rows, size = 48, 64 << 10
	for n := range rows {
		row := newSession(fmt.Sprint("row-", n))
		row.Data = bytes.Repeat([]byte("12345678"), size/8)
		create(t, s, row)
	}
	if err := s.db.Flush(); err != nil {
		t.Fatal(err)
	}
	// Memtables are rotated when they are full. What fills them replaces itself, so that
	// little of it is ever written out.
	filler := make([]byte, 128<<10)
	for n := 0; ; n++ {
		if err := s.db.Set([]byte{metaPrefix, 'f'}, filler, pebble.NoSync); err != nil {
			t.Fatal(err)
		}
		if n%32 != 0 {
			continue
		}
		create(t, s, newSession(fmt.Sprint("small-", n))) // a commit looks at the memtables
		wantCached(t, s, rows*size)
		if m := s.db.Metrics().MemTable; m.Size+m.ZombieSize >= 2*memTableBytes {
			return
		}
	}
}

// wantCached fails unless so many bytes of rows are cached after they were read. A
// compaction that ends meanwhile drops what it replaced, so they are read again.
func wantCached(t *testing.T, s *Store, bytes int64) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); ; {
		for q := (session.PageQuery{Now: now, Limit: 100}); ; {
			page, err := s.ListByUser(t.Context(), "ann", q)
			if err != nil {
				t.Fatal(err)
			}
			if q.After = page.Next; q.After == "" {
				break
			}
		}
		m := s.db.Metrics()
		if m.BlockCache.Size >= bytes {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("beside memtables of %d KiB, blocks of %d KiB are cached", (m.MemTable.Size+m.MemTable.ZombieSize)>>10, m.BlockCache.Size>>10)
		}
	}
}
