package dynamo

import "sync/atomic"

// ReadCounts are the calls that read single rows, since Open: by Get, by Record and
// by writes that find out what became of them.
type ReadCounts struct {
	// Alone are the calls for one row, GetItem.
	Alone int64
	// Shared are the calls for the rows of several readers, BatchGetItem.
	Shared int64
	// Readers are those who waited for a shared call, Rows what they asked for:
	// fewer, where several wanted the same row.
	Readers, Rows int64
	// Left are the rows that DynamoDB left out of a shared call's answer, as it
	// does when it throttles.
	Left int64
	// Failed are the shared calls that were not answered.
	Failed int64
}

// ReadCounts returns how single rows were read.
func (s *Store) ReadCounts() ReadCounts {
	c := &s.reads.counts
	return ReadCounts{
		Alone: c.alone.Load(), Shared: c.shared.Load(), Readers: c.readers.Load(),
		Rows: c.rows.Load(), Left: c.left.Load(), Failed: c.failed.Load(),
	}
}

// readCounts are ReadCounts while they grow.
type readCounts struct {
	alone, shared, readers, rows, left, failed atomic.Int64
}

// add counts a shared call that has returned.
func (c *readCounts) add(s *sharedRead) {
	c.shared.Add(1)
	c.readers.Add(int64(s.boarded)) // #nosec G115 -- counts are never negative
	c.rows.Add(int64(len(s.keys)))  // #nosec G115 -- counts are never negative
	c.left.Add(int64(s.left))       // #nosec G115 -- counts are never negative
	if s.err != nil {
		c.failed.Add(1)
	}
}
