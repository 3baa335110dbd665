package main

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/valyala/fasthttp"
)

// request fills r with the n-th request of a worker.
type request func(r *fasthttp.Request, worker, n int)

// result is what one round of load saw.
type result struct {
	perSecond float64
	p50, p99  time.Duration
	cpu       time.Duration // of the server, for each request
}

// drive sends requests over conns connections, each as soon as the answer before
// is there, for the given time or until each worker has sent most (0: no bound).
// Any answer but want ends it with an error.
func drive(p *process, conns int, d time.Duration, most, want int, fill request) (result, error) {
	client := &fasthttp.HostClient{Addr: p.addr, MaxConns: conns, ReadTimeout: 30 * time.Second, MaxIdemponentCallAttempts: 1}
	defer client.CloseIdleConnections()
	cpuBefore, err := p.cpu()
	if err != nil {
		return result{}, err
	}
	var wait sync.WaitGroup
	took := make([][]time.Duration, conns)
	errs := make([]error, conns)
	begin := time.Now()
	for w := range conns {
		wait.Go(func() {
			took[w], errs[w] = worker(client, w, begin.Add(d), most, want, fill)
		})
	}
	wait.Wait()
	elapsed := time.Since(begin)
	for _, err := range errs {
		if err != nil {
			return result{}, fmt.Errorf("%s: %w", p.name, err)
		}
	}
	cpuAfter, err := p.cpu()
	if err != nil {
		return result{}, err
	}
	all := slices.Concat(took...)
	slices.Sort(all)
	n := len(all)
	return result{
		perSecond: float64(n) / elapsed.Seconds(),
		p50:       all[n/2],
		p99:       all[n*99/100],
		cpu:       (cpuAfter - cpuBefore) / time.Duration(n),
	}, nil
}

func worker(client *fasthttp.HostClient, w int, end time.Time, most, want int, fill request) ([]time.Duration, error) {
	req, res := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(req)
	defer fasthttp.ReleaseResponse(res)
	took := make([]time.Duration, 0, 1<<16)
	for n := 0; most == 0 || n < most; n++ {
		before := time.Now()
		if before.After(end) {
			break
		}
		fill(req, w, n)
		if err := client.Do(req, res); err != nil {
			return nil, err
		}
		if res.StatusCode() != want {
			return nil, fmt.Errorf("answered %d: %s", res.StatusCode(), res.Body())
		}
		took = append(took, time.Since(before))
	}
	return took, nil
}

// median returns the middle one of v.
func median[T float64 | time.Duration](v []T) T {
	v = slices.Sorted(slices.Values(v))
	return v[len(v)/2]
}
