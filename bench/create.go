package main

import (
	"context"
	"fmt"
	"os"
	"syscall"

	"session-api/bench/wrk"
)

// fillers is how many connections fill a store before a measurement.
const fillers = 64

// createWriters are the writers that creates are measured with. With one, a sync
// of the disk is all that there is to see.
var createWriters = []int{1, 64}

// measureCreate prints how many creates session-api acknowledges in a second, each
// synced before, beside how many synced batches with the same three keys the same
// Pebble takes in a bare loop, on a copy of the same database.
func measureCreate(ctx context.Context, o settings) error {
	s, end, err := openAlone(ctx, dataset{max(o.sessions, 100*perUser), o.value})
	if err != nil {
		return err
	}
	defer end()
	ours, loop, err := s.openCreate(ctx)
	if err != nil {
		return err
	}
	plan, err := ours.plan(creating, o.value, s.dir)
	if err != nil {
		return err
	}
	fmt.Printf("durable creates, %s of data, %d interleaved rounds of %v, medians\n\n", bytesText(o.value), o.rounds, o.duration)
	fmt.Println("| writers | | creates/s | p50 | p99 | CPU per create | of the bare loop |")
	fmt.Println("|---:|---|---:|---:|---:|---:|---:|")
	for _, writers := range createWriters {
		var seen [2]tally
		for i := range o.rounds + 1 {
			r, err := ours.drive(ctx, s.load, plan, wrk.Load{Conns: writers, Duration: o.duration, Seed: uint64(i)})
			if err != nil {
				return err
			}
			b, err := loop.drive(ctx, writers, o.duration)
			if err != nil {
				return err
			}
			if r.Bad() > 0 {
				return fmt.Errorf("%d creates failed", r.Failed+r.Late)
			}
			if i > 0 { // the first round warms both
				seen[0], seen[1] = append(seen[0], b), append(seen[1], r)
			}
		}
		for n, name := range []string{"bare loop", "session-api"} {
			t := seen[n]
			fmt.Printf("| %d | %s | %s | %s | %s | %s | %.2f |\n", writers, name, thousands(t.perSecond()),
				short(t.p50()), short(t.p99()), short(t.cpu()), t.ratio(seen[0], byThroughput))
		}
	}
	return nil
}

// openCreate returns session-api and the bare loop, each on its own copy of a
// database with the site's sessions.
func (s *site) openCreate(ctx context.Context) (*subject, *pebbleLoop, error) {
	dir, err := s.folder("ours")
	if err != nil {
		return nil, nil, err
	}
	first, err := s.embedded(ctx, dir)
	if err != nil {
		return nil, nil, err
	}
	if err := first.fill(ctx, s.data.size); err != nil {
		return nil, nil, err
	}
	first.server.stop(syscall.SIGTERM)
	other, err := s.folder("loop")
	if err != nil {
		return nil, nil, err
	}
	if err := os.CopyFS(other, os.DirFS(dir)); err != nil {
		return nil, nil, err
	}
	ours, err := s.embedded(ctx, dir)
	if err != nil {
		return nil, nil, err
	}
	loop, err := s.startPebble(other)
	return ours, loop, err
}
