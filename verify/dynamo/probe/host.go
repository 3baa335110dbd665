package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"session-api/store/dynamo/dynamotest"
)

// checkTimeout bounds one check; the longest ones write 18 MB.
const checkTimeout = 120 * time.Second

// host is a server under probe. A process that a check has ended is started
// again for the next one.
type host struct {
	server   dynamotest.Server
	endpoint string // given for External, else of process
	process  *dynamotest.Process
	started  time.Duration // how long the first start took
}

// result is what the checks found on one server, in their order.
type result struct {
	server   dynamotest.Server
	started  time.Duration
	findings []error
}

func probeServer(ctx context.Context, h host, checks []check) (result, error) {
	defer h.stop()
	r := result{server: h.server}
	for _, c := range checks {
		if err := h.ensureRunning(ctx); err != nil {
			return r, err
		}
		finding := h.runCheck(ctx, c)
		r.findings = append(r.findings, finding)
		if finding != nil {
			fmt.Fprintf(os.Stderr, "%s: %s: %v\n", h.server, c.name, finding)
		}
	}
	r.started = h.started
	return r, ctx.Err()
}

// runCheck adds to a check's own finding that the server did not outlive it.
func (h *host) runCheck(ctx context.Context, c check) error {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	p := newProbe(ctx, h.endpoint)
	finding := c.run(p)
	if _, err := p.raw("ListTables", "{}"); err != nil && h.diesSoon() {
		return errors.New("the server's process ended")
	}
	return finding
}

func (h *host) ensureRunning(ctx context.Context) error {
	if h.server == dynamotest.External || (h.process != nil && !h.ended()) {
		return nil
	}
	if _, err := dynamotest.Install(ctx, h.server); err != nil {
		return err
	}
	began := time.Now()
	p, err := dynamotest.Launch(ctx, h.server)
	if err != nil {
		return err
	}
	if h.process == nil {
		h.started = time.Since(began)
	}
	h.process, h.endpoint = p, p.Endpoint
	return nil
}

// diesSoon reports whether a server that does not answer has ended: a process
// closes its connections a little before it is over.
func (h *host) diesSoon() bool {
	if h.process == nil {
		return false
	}
	select {
	case <-h.process.Exited():
		return true
	case <-time.After(time.Second):
		return false
	}
}

func (h *host) ended() bool {
	if h.process == nil {
		return false
	}
	select {
	case <-h.process.Exited():
		return true
	default:
		return false
	}
}

func (h *host) stop() {
	if h.process != nil {
		h.process.Stop()
	}
}
