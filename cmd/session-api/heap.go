package main

import "os"

// heapReserveBytes is room that the garbage collector is told of and nobody uses.
//
// A session store's live heap is small and its garbage is many small answers, so
// the collector, which starts when the heap has doubled, would run all the time:
// that took a sixth of the CPU time of a GET. With a reserve it runs only when as
// much garbage has come together. The pages are never touched, so they take
// address space and no memory; garbage may take as much as the reserve. A memory
// limit in its place (GOMEMLIMIT) would make the collector run all the time when
// a burst of large lists needs more than the limit.
const heapReserveBytes = 64 << 20

// reserveHeap returns the reserve, which counts for as long as it is reachable,
// or nil where GOGC says that somebody has tuned the collector by hand.
func reserveHeap() []byte {
	if os.Getenv("GOGC") != "" {
		return nil
	}
	return make([]byte, heapReserveBytes)
}
