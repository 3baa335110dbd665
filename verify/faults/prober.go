package main

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"
)

// probeEvery is the time between two looks at /ready and /health.
const probeEvery = 50 * time.Millisecond

// prober asks what a cluster asks.
type prober struct {
	client   *client
	found    *findings
	samples  []sample
	abnormal atomic.Int64 // when the last answer that was not normal came, in Unix nanoseconds
	refused  atomic.Int64 // answers of /ready that were not ready
}

func (p *prober) work(ctx context.Context) {
	each(ctx, probeEvery, func() {
		p.health()
		p.ready()
	})
}

func (p *prober) health() {
	a := p.client.do(opHealth, "GET", "/health", "")
	p.samples = append(p.samples, a.sample)
	if a.status != http.StatusOK {
		p.found.add(rightStatus, "/health: status %d, %v: it must not depend on the backend", a.status, a.err)
	}
}

func (p *prober) ready() {
	a := p.client.do(opReady, "GET", "/ready", "")
	p.samples = append(p.samples, a.sample)
	if fault := wrong(a, http.StatusOK); fault != "" {
		p.found.add(rightStatus, "/ready: %s", fault)
	}
	if !a.normal() {
		p.abnormal.Store(a.ended().UnixNano())
		p.refused.Add(1)
	}
}
