package embedded

import (
	"sync/atomic"
)

// gate counts the calls that run, so that Close can wait for them.
type gate struct {
	running atomic.Int64
	shut    atomic.Bool
	left    chan struct{} // told when the last call leaves a shut gate
}

func newGate() *gate { return &gate{left: make(chan struct{}, 1)} }

// enter lets a call in; false once the gate is shut.
func (g *gate) enter() bool {
	g.running.Add(1)
	if g.shut.Load() {
		g.leave()
		return false
	}
	return true
}

// leave ends a call that was let in.
func (g *gate) leave() {
	if g.running.Add(-1) == 0 && g.shut.Load() {
		select {
		case g.left <- struct{}{}:
		default:
		}
	}
}

// close shuts the gate.
func (g *gate) close() { g.shut.Store(true) }

// wait returns nil when no call runs any more, or false when giveUp is closed.
func (g *gate) wait(giveUp <-chan struct{}) bool {
	for g.running.Load() != 0 {
		select {
		case <-g.left:
		case <-giveUp:
			return false
		}
	}
	return true
}
