package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"session-api/bench/wrk"
)

// comparison is what compare measures.
type comparison struct {
	contenders []contender
	workloads  []workload
	conns      []int
	values     []int
	sizes      []int
	rounds     int
	each       time.Duration
	delay      time.Duration
	out        io.Writer
}

// cell is one table: the same load on every contender.
type cell struct {
	Workload    workload
	Conns       int
	Size, Value int
	// DelayMicros is what the stub of DynamoDB waits before it answers.
	DelayMicros int64
	Figures     []figures
}

// figures are those of one contender in a cell. Without Why they are medians.
type figures struct {
	Name, Title string
	PerSecond   float64
	P50, P99    time.Duration
	CPU         time.Duration // of the server, for each request
	CPUBehind   time.Duration // of the database, for each request
	Memory      int64         // resident bytes of the server
	Behind      int64         // and of the database
	// Throughput, CPURatio and P50Ratio are the medians of the rounds' ratios to the
	// first contender of the cell.
	Throughput, CPURatio, P50Ratio float64
	// Bad is how many requests failed.
	Bad int
	// Why says why there are no figures.
	Why string
}

// duration returns how long the rounds alone take.
func (c *comparison) duration() time.Duration {
	cells := len(c.workloads) * len(c.conns) * len(c.values) * len(c.sizes)
	return time.Duration(cells*len(c.contenders)*(c.rounds+1)) * (c.each + settleLeast)
}

// settleLeast is how long a round waits at least.
const settleLeast = 100 * time.Millisecond

// run measures everything and prints each table as soon as it is there.
func (c *comparison) run(ctx context.Context) ([]cell, error) {
	l, err := openLab(ctx)
	if err != nil {
		return nil, err
	}
	defer l.close()
	_, _ = fmt.Fprintf(c.out, "The rounds take about %v, and the filling comes on top.\n", c.duration().Round(time.Second))
	var cells []cell
	for _, size := range c.sizes {
		for _, value := range c.values {
			some, err := c.onData(ctx, l, dataset{size, value})
			cells = append(cells, some...)
			if err != nil {
				return cells, err
			}
		}
	}
	return cells, nil
}

// onData measures all cells of one kind of data, on servers that are started for it.
func (c *comparison) onData(ctx context.Context, l *lab, data dataset) ([]cell, error) {
	s, err := l.openSite(data, c.delay)
	if err != nil {
		return nil, err
	}
	defer s.close()
	subjects, absent := c.open(ctx, s)
	if err := ctx.Err(); err != nil {
		return nil, context.Cause(ctx)
	}
	var cells []cell
	for _, w := range c.workloads {
		for _, conns := range c.conns {
			one, err := c.cell(ctx, s, subjects, w, conns)
			if err != nil {
				return cells, err
			}
			one.Figures = append(one.Figures, absent...)
			one.writeTable(c.out)
			cells = append(cells, one)
		}
	}
	return cells, nil
}

// open starts the contenders and fills them. What cannot run here is said.
func (c *comparison) open(ctx context.Context, s *site) (subjects []*subject, absent []figures) {
	for _, one := range c.contenders {
		begin := time.Now()
		sub, err := s.open(ctx, one)
		if err != nil {
			absent = append(absent, figures{Name: one.name, Title: one.title, Why: "cannot run here: " + oneSentence(err)})
			continue
		}
		_, _ = fmt.Fprintf(os.Stderr, "bench: %s has %d sessions after %v\n", one.title, s.data.size, time.Since(begin).Round(time.Second))
		subjects = append(subjects, sub)
	}
	return subjects, absent
}

// cell measures one workload over so many connections.
func (c *comparison) cell(ctx context.Context, s *site, subjects []*subject, w workload, conns int) (cell, error) {
	one := cell{Workload: w, Conns: conns, Size: s.data.size, Value: s.data.value, DelayMicros: c.delay.Microseconds()}
	var able []*subject
	var plans []wrk.Plan
	for _, sub := range subjects {
		why := sub.cannot[w]
		if why == "" {
			if err := sub.probe(w, s.data.value, probeWithin); err != nil {
				why = "not driven: " + oneSentence(err)
			}
		}
		if why != "" {
			one.Figures = append(one.Figures, figures{Name: sub.name, Title: sub.title, Why: why})
			continue
		}
		plan, err := sub.plan(w, s.data.value, s.dir)
		if err != nil {
			return one, err
		}
		able, plans = append(able, sub), append(plans, plan)
	}
	tallies, fails := interleave(ctx, s.load, able, plans, wrk.Load{Conns: conns, Duration: c.each}, c.rounds)
	if err := ctx.Err(); err != nil {
		return one, context.Cause(ctx)
	}
	measured := make([]figures, len(able))
	for n, sub := range able {
		measured[n] = summarize(sub, tallies[n], tallies[0], fails[n])
		if err := os.RemoveAll(plans[n].Dir()); err != nil {
			return one, err
		}
	}
	one.Figures = append(measured, one.Figures...)
	return one, nil
}

// summarize returns the figures of one contender's rounds.
func summarize(sub *subject, t, base tally, fail error) figures {
	f := figures{Name: sub.name, Title: sub.title}
	if fail != nil {
		f.Why = oneSentence(fail)
		return f
	}
	f.PerSecond, f.P50, f.P99 = t.perSecond(), t.p50(), t.p99()
	f.CPU, f.CPUBehind, f.Bad = t.cpu(), t.cpuBehind(), t.bad()
	f.Throughput, f.CPURatio, f.P50Ratio = t.ratio(base, byThroughput), t.ratio(base, byCPU), t.ratio(base, byP50)
	var err error
	if f.Memory, f.Behind, err = sub.memory(); err != nil {
		f.Why = oneSentence(err)
	}
	return f
}
