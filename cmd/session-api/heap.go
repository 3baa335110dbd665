package main

import (
	"os"
	"runtime/debug"
)

// How much garbage there may be: a quarter of the reserve and of what is in use.
//
// A session store's live heap is small and its garbage is many small answers, so
// the collector, which starts when the heap has doubled, would run all the time:
// that took a sixth of the CPU time of a GET. With a reserve, which the collector is
// told of and nobody uses, it runs only when as much garbage has come together. The
// pages are never touched, so they take address space and no memory.
//
// The reserve is large and the percentage small so that garbage stays in bounds when
// more is in use: a store that keeps 100 MB more in memory has 25 MB more garbage, not
// 100. Else a walk over all sessions, whose pages are garbage at once, would take
// most of the memory. A memory limit in its place (GOMEMLIMIT) would make the
// collector run all the time when a burst of large lists needs more than the limit.
const (
	heapReserveBytes = 96 << 20
	garbagePercent   = 25
)

// reserveHeap bounds the garbage and returns the reserve, which counts for as long
// as it is reachable; nil where GOGC says that somebody has tuned the collector by
// hand.
func reserveHeap() []byte {
	if os.Getenv("GOGC") != "" {
		return nil
	}
	debug.SetGCPercent(garbagePercent)
	return make([]byte, heapReserveBytes)
}
