package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"github.com/valyala/fasthttp"

	"session-api/bench/wrk"
)

// growthFlags are what growth may be told.
type growthFlags struct {
	settings
	small, large int
	contenders   string
	out          string
}

// runGrowth prints how long lists take with few sessions in the store and with many.
func runGrowth(ctx context.Context, args []string) error {
	o := growthFlags{settings: settings{rounds: 5, conns: 1}}
	flags := flag.NewFlagSet("growth", flag.ExitOnError)
	o.addTo(flags)
	flags.IntVar(&o.small, "small", 1000, "sessions in the small store")
	flags.IntVar(&o.large, "large", aMillion, "sessions in the large store")
	flags.StringVar(&o.contenders, "contenders", "embedded,dynamodb,flask", "whose lists, with commas between")
	flags.StringVar(&o.out, "out", "results", "the folder for the chart")
	limit := limitFlag(flags)
	if err := flags.Parse(args); err != nil {
		return err
	}
	ctx, cancel := limit(ctx)
	defer cancel()
	list, err := chosen(o.contenders)
	if err != nil {
		return err
	}
	l, err := openLab(ctx)
	if err != nil {
		return err
	}
	defer l.close()
	fmt.Printf("List of the 20 sessions of a user drawn by chance, %s, %d interleaved rounds of %v, medians\n\n",
		plural(o.conns, "connection"), o.rounds, o.duration)
	fmt.Printf("| server | sessions | lists/s | p50 | p99 | server CPU per list | p50, of the small store |\n|---|---:|---:|---:|---:|---:|---:|\n")
	var lines []growthLine
	for _, c := range list {
		line, err := o.measure(ctx, l, c)
		if err != nil {
			return err
		}
		lines = append(lines, line)
	}
	if err := os.MkdirAll(o.out, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(o.out, "growth.svg"), growthChart(lines, o).SVG(), 0o644); err != nil {
		return err
	}
	return o.walk(ctx, l)
}

// growthLine is what one contender's lists took: p50 with few and with many.
type growthLine struct {
	title        string
	small, large time.Duration
}

// onePatience is how long a single list may take. What takes longer than
// probeWithin is not driven: its one time is the figure.
const onePatience = 3 * time.Minute

// measure measures one contender, on two stores side by side.
func (o growthFlags) measure(ctx context.Context, l *lab, c contender) (growthLine, error) {
	line := growthLine{title: c.title}
	p50 := map[int]*time.Duration{o.small: &line.small, o.large: &line.large}
	var subjects []*subject
	var plans []wrk.Plan
	var sizes []int // of the stores that are driven
	for _, size := range []int{o.small, o.large} {
		s, err := l.openSite(dataset{size, o.value}, 0)
		if err != nil {
			return line, err
		}
		defer s.close()
		sub, one, err := o.openFilled(ctx, s, c)
		if cause := context.Cause(ctx); cause != nil {
			return line, cause
		}
		switch {
		case err != nil:
			fmt.Printf("| %s | %s | not driven: %s | | | | |\n", c.title, thousands(float64(size)), oneSentence(err))
		case one > probeWithin:
			*p50[size] = one
			fmt.Printf("| %s | %s | | %s (a single list) | | | |\n", c.title, thousands(float64(size)), short(one))
		default:
			plan, err := wrk.NewPlan(s.dir, sub.listsOfAny(size))
			if err != nil {
				return line, err
			}
			subjects, plans, sizes = append(subjects, sub), append(plans, plan), append(sizes, size)
		}
	}
	tallies, fails := interleave(ctx, l.load, subjects, plans, wrk.Load{Conns: o.conns, Duration: o.duration}, o.rounds)
	for n, t := range tallies {
		if fails[n] != nil {
			return line, fails[n]
		}
		*p50[sizes[n]] = t.p50()
		fmt.Printf("| %s | %s | %s | %s | %s | %s | %.2f |\n", c.title, thousands(float64(sizes[n])), thousands(t.perSecond()),
			short(t.p50()), short(t.p99()), short(t.cpu()), t.ratio(tallies[0], byP50))
	}
	return line, context.Cause(ctx)
}

// openFilled starts a contender, fills it, and returns how long one list took.
func (o growthFlags) openFilled(ctx context.Context, s *site, c contender) (sub *subject, one time.Duration, err error) {
	if sub, err = c.start(ctx, s); err != nil {
		return nil, 0, err
	}
	sub.contender = c
	if sub.fill == nil || sub.list == nil {
		return nil, 0, errors.New("it has no lists of sessions that it keeps")
	}
	begin := time.Now()
	if err := sub.fill(ctx, s.data.size); err != nil {
		return nil, 0, err
	}
	fmt.Fprintf(os.Stderr, "bench: %s has %d sessions after %v\n", c.title, s.data.size, time.Since(begin).Round(time.Second))
	if err := sub.settleFill(ctx); err != nil {
		return nil, 0, err
	}
	sub.users = []string{coldUser(s.data.size / 2)}
	begin = time.Now()
	err = sub.probe(listing, o.value, onePatience)
	return sub, time.Since(begin), err
}

// settleFill waits until what filling left to be done is done, for some minutes at
// most: a store that is still being put in order is not what is measured.
func (s *subject) settleFill(ctx context.Context) error {
	for range 60 {
		before, behindBefore, err := s.cpuTimes()
		if err != nil {
			return err
		}
		begin := time.Now()
		server, behind, err := s.settle(ctx)
		if err != nil || server+behind-before-behindBefore <= time.Since(begin)/20 {
			return err
		}
	}
	return nil
}

// listsOfAny are lists of users that are drawn from all whom a fill of so many
// sessions made.
func (s *subject) listsOfAny(size int) wrk.Kind {
	const most = 20_000
	draw := rand.New(rand.NewPCG(1, uint64(size)))
	k := wrk.Kind{Weight: 1}
	for range min(most, size/perUser) {
		user := coldUser(draw.IntN(size))
		k.Requests = append(k.Requests, s.raw(func(r *fasthttp.Request) { s.list(r, user) }))
	}
	return k
}
