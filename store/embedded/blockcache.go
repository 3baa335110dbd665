package embedded

import (
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2"
)

// Pebble counts the memory of its memtables as part of the block cache: what they take,
// blocks may not. A memtable is small when the database was just opened and grows
// with each that follows it, up to memTableBytes; from then on two of them are always there,
// the one in use and one that is written out or waits to be used again. A cache
// smaller than those two would hold no block at all, and each look-up would read and
// unpack the index of a file; one that is larger by their size would hold that much more
// while they are small. So the cache is as large as blocks and memtables together may be,
// and of that blockCache holds back what memtables do not take yet.

const (
	// blockCacheBytes is what the blocks of files may take: room for the indexes and
	// filters of the files of a million sessions, and as much again. Rows that are
	// read often are kept elsewhere (hotrows.go), and the system keeps the files. A
	// walk over all rows fills it once.
	blockCacheBytes = 16 << 20
	// memTablesBytes is the most that memtables take before writes wait.
	memTablesBytes = memTables * memTableBytes
)

// blockCache is the cache of a database, with what is held back of it.
type blockCache struct {
	*pebble.Cache
	// rotated is set when a memtable was begun.
	rotated atomic.Bool
	// held is how many bytes are held back, and release gives them back. Only fit
	// changes them.
	held    int64
	release func()
}

func newBlockCache() *blockCache {
	c := &blockCache{Cache: pebble.NewCache(blockCacheBytes + memTablesBytes)}
	c.hold(memTablesBytes)
	return c
}

func (c *blockCache) hold(bytes int64) {
	c.held, c.release = bytes, c.Reserve(int(bytes))
}

// fit gives back what memtables have come to take. It never takes anything again, for
// that would drop blocks each time that a third memtable comes and goes.
func (c *blockCache) fit(db *pebble.DB) {
	if !c.rotated.Swap(false) || c.held == 0 {
		return
	}
	tables := db.Metrics().MemTable
	if free := memTablesBytes - int64(tables.Size+tables.ZombieSize); free < c.held { // #nosec G115 -- bytes of memory
		c.release()
		c.hold(max(0, free))
	}
}
