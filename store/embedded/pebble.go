package embedded

import (
	"errors"
	"log/slog"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/bloom"
	"github.com/cockroachdb/pebble/v2/sstable"
)

// How Pebble is tuned: sessions are small, read by id far more often than they
// are listed, and die young.
const (
	// memTableBytes is the size of a memtable and memTables how many may exist
	// before writes wait. Logs of their size are read back after a crash, so they
	// bound both memory and the time of that open.
	memTableBytes = 32 << 20
	memTables     = 3
	// bloomBitsPerKey makes one look-up in a hundred touch a file in vain.
	bloomBitsPerKey = 10
	// blockBytes is the size of a block, the unit that a read loads and unpacks: room
	// for the sessions of one user that has many, which are neighbours.
	blockBytes = 8 << 10
	// indexBlockBytes is the size of a block of a file's index. The indexes of nearly
	// all files fit one: where they do not, each look-up loads two.
	indexBlockBytes = 64 << 10
	// l0Files starts a compaction of the newest level; the lower, the fewer
	// files a read looks at.
	l0Files = 2
	// l0StopWrites is how many layers that level may have before writes wait.
	l0StopWrites = 24
	// formatVersion is the form of Pebble's own files. It is named, not "newest",
	// so that an upgrade of Pebble alone never changes what is on disk.
	formatVersion = pebble.FormatTableFormatV6
)

func pebbleOptions(fs *guardFS, lock *pebble.Lock, cache *blockCache, log *slog.Logger) *pebble.Options {
	o := &pebble.Options{
		FS:                          fs,
		Lock:                        lock,
		FormatMajorVersion:          formatVersion,
		Cache:                       cache.Cache,
		MemTableSize:                memTableBytes,
		MemTableStopWritesThreshold: memTables,
		L0CompactionThreshold:       l0Files,
		L0CompactionFileThreshold:   100,
		L0StopWritesThreshold:       l0StopWrites,
		LBaseMaxBytes:               64 << 20,
		WALBytesPerSync:             512 << 10,
		CompactionConcurrencyRange:  func() (int, int) { return 1, 2 },
		Logger:                      &pebbleLog{log: log, health: fs.health},
	}
	for i := range o.Levels {
		o.Levels[i].BlockSize = blockBytes
		o.Levels[i].IndexBlockSize = indexBlockBytes
		// Unpacked faster than Snappy, Pebble's default, and a quarter smaller.
		o.Levels[i].Compression = func() *sstable.CompressionProfile { return sstable.FastestCompression }
		o.Levels[i].FilterPolicy = bloom.FilterPolicy(bloomBitsPerKey)
	}
	o.EventListener = &pebble.EventListener{
		WALCreated:      func(pebble.WALCreateInfo) { cache.rotated.Store(true) }, // one for each memtable
		BackgroundError: func(err error) { o.Logger.Errorf("background work failed: %s", err) },
		// The default ends the process. A read of the bad block fails by itself.
		DataCorruption: func(info pebble.DataCorruptionInfo) { o.Logger.Errorf("a file is corrupt: %s", info) },
	}
	return o
}

// opened is an open database and the secret that it keeps.
type opened struct {
	db        *pebble.DB
	cursorKey []byte
}

// openPebble opens the database. Pebble tells of some faults of the disk by a
// panic, and of some by Fatalf, which must not return and so needs a goroutine.
func openPebble(dir string, o *pebble.Options, h *health) (opened, error) {
	type result struct {
		opened
		err error
	}
	results := make(chan result, 1)
	go func() {
		defer func() {
			if fault := recover(); fault != nil {
				results <- result{err: says("the storage engine gave up: %s", redactedText("%v", fault))}
			}
		}()
		got, err := openWithKey(dir, o)
		results <- result{got, err}
	}()
	select {
	case r := <-results:
		if r.err != nil {
			// Nothing that a half open database left running may write again.
			h.abandon(r.err)
		}
		return r.opened, r.err
	case <-h.brokenCh:
		return opened{}, h.err()
	}
}

func openWithKey(dir string, o *pebble.Options) (opened, error) {
	defer o.Cache.Unref() // the database has its own reference
	db, err := pebble.Open(dir, o)
	if err != nil {
		return opened{}, err
	}
	key, err := cursorKey(db)
	if err != nil {
		return opened{}, errors.Join(err, db.Close())
	}
	return opened{db, key}, nil
}
