// Command faults breaks what a running session-api depends on, in every way that
// is known to happen to a DynamoDB client, and measures what callers see of it.
//
//	cd verify && go run ./faults            every fault, a table for docs/reliability.md
//	cd verify && go run ./faults -only stall -for 30s
//
// It owns the experiments and the judgement of them. The service is the real
// program, behind it stand
//
//	session-api -> toxiproxy (network.go) -> faultproxy -> ledger.go -> Dynoxide
//
// and before it a bounded number of workers that know what each of their sessions
// must be (worker.go, held.go, shared.go). An experiment (experiments.go) runs
// through the phases of run.go: warm, broken, mended until the service is normal
// again. Then audit.go compares what was acknowledged with what the API shows, and
// with what was written to the table according to the ledger. The rules of the
// judgement are in verdict.go, their results in report.go.
//
// The tests run all experiments in a short form.
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
		fmt.Fprintln(os.Stderr, "faults:", err)
		os.Exit(1)
	}
}

// errBroken says that the report holds findings.
var errBroken = errors.New("promises are broken; see the findings")

// command runs the experiments that args choose, one after the other so that none
// disturbs another's times, and writes the report to out.
func command(ctx context.Context, args []string, out io.Writer) error {
	o := plan{warm: 2 * time.Second, settle: 2 * time.Second, storm: 1000}
	flags := flag.NewFlagSet("faults", flag.ContinueOnError)
	flags.DurationVar(&o.broken, "for", 10*time.Second, "how long each fault lasts")
	flags.IntVar(&o.workers, "workers", 16, "how many callers there are")
	flags.DurationVar(&o.pace, "pace", 20*time.Millisecond, "the least time between two requests of a worker")
	flags.DurationVar(&o.requestTimeout, "request-timeout", 5*time.Second, "REQUEST_TIMEOUT of the service")
	only := flags.String("only", "", "run the experiments whose name contains this")
	if err := flags.Parse(args); err != nil {
		return err
	}
	lab, err := newLab(ctx)
	if err != nil {
		return err
	}
	defer lab.close()

	var results []*result
	for _, e := range experiments {
		if !strings.Contains(e.name, *only) {
			continue
		}
		r, err := lab.try(ctx, e, o)
		if err != nil {
			return fmt.Errorf("%s: %w", e.name, err)
		}
		fmt.Fprintf(os.Stderr, "%s: %d findings\n", e.name, len(r.findings))
		results = append(results, r)
	}
	if len(results) == 0 {
		return fmt.Errorf("no experiment is named %q", *only)
	}
	report(out, o, results)
	for _, r := range results {
		if len(r.findings) > 0 {
			return errBroken
		}
	}
	return nil
}
