// Command overload sends a running session-api five times what it can do, and measures
// what becomes of the rest.
//
//	cd verify && go run ./overload              every case, a table for docs/security.md
//	cd verify && go run ./overload -only table -for 10s
//
// It owns the cases (cases.go), the load, which comes whether it is answered or not
// (load.go), the table that takes so many calls at once and lets the others wait
// (table.go), and the comparison (run.go). The service is the real program. Everything
// is on one machine and takes its processors from each other, so a case says something
// only where these are not what is short: the report shows how busy they were.
//
// It is no part of the tests, but that a short run of it works.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := command(ctx, os.Args[1:], os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "overload:", err)
		os.Exit(1)
	}
}

// plan is how long what is measured.
type plan struct {
	step   time.Duration // each load on the way to the peak
	long   time.Duration // the usual load, and the overload
	times  float64       // the overload, in peaks
	rounds int
	quiet  time.Duration // how long a load waits at most until nothing else runs
}

// command measures the cases that args choose and writes the report to out.
func command(ctx context.Context, args []string, out io.Writer) error {
	if len(args) > 0 && args[0] == tableCommand {
		return serveTable(args[1:], os.Stdin, out)
	}
	var p plan
	flags := flag.NewFlagSet("overload", flag.ContinueOnError)
	flags.DurationVar(&p.long, "for", 15*time.Second, "how long the usual load and the overload last, each")
	flags.Float64Var(&p.times, "times", 5, "the overload, in times the peak")
	flags.IntVar(&p.rounds, "rounds", 3, "how often each case is measured; the median round is shown")
	flags.DurationVar(&p.quiet, "quiet", 0, "how long to wait before each load, at most, until the machine does nothing else")
	only := flags.String("only", "", "measure the cases whose name contains this")
	if err := flags.Parse(args); err != nil {
		return err
	}
	p.step = min(p.long, 3*time.Second)
	lab, err := newLab(ctx)
	if err != nil {
		return err
	}
	defer lab.close()
	var results []result
	for _, c := range cases {
		if !strings.Contains(c.name, *only) {
			continue
		}
		r, err := lab.measure(ctx, c, p)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		results = append(results, r...)
	}
	report(out, p, results)
	return nil
}
