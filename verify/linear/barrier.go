package main

import "sync"

// barrier lets a number of clients wait until all of them are there, again and
// again.
type barrier struct {
	mu      sync.Mutex
	size    int
	waiting int
	open    chan struct{}
}

func newBarrier(size int) *barrier { return &barrier{size: size, open: make(chan struct{})} }

// wait returns when all clients wait.
func (b *barrier) wait() {
	b.mu.Lock()
	open := b.open
	if b.waiting++; b.waiting == b.size {
		b.waiting, b.open = 0, make(chan struct{})
		close(open)
	}
	b.mu.Unlock()
	<-open
}
