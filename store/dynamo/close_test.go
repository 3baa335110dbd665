package dynamo

import (
	"errors"
	"testing"

	"session-api"
	"session-api/store/dynamo/faultproxy"
)

func TestCloseLetsRunningCallsFinish(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	b.create(t, newSession("a"))
	arrived, release := make(chan struct{}), make(chan struct{})
	b.fail("GetItem", 1, func(x *faultproxy.Exchange) {
		close(arrived)
		<-release
		if answer, err := x.Forward(); err == nil {
			x.Reply(answer)
		}
	})
	running, closed := make(chan error, 1), make(chan struct{})
	go func() { _, err := b.Get(t.Context(), "a"); running <- err }()
	<-arrived
	go func() { _ = b.Close(); close(closed) }()
	for { // until the gate is shut
		if _, err := b.Get(t.Context(), "a"); errors.Is(err, session.ErrUnavailable) {
			break
		}
	}
	select {
	case <-closed:
		t.Error("Close returned while a call was running")
	default:
	}
	close(release)
	if err := <-running; err != nil {
		t.Errorf("the call that was running returned %v", err)
	}
	<-closed
}
