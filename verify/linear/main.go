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
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := command(ctx, os.Args[1:], os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "linear:", err)
		os.Exit(1)
	}
}

// errFound says that the report holds findings.
var errFound = errors.New("not every history is linearizable; see the findings")

// command plays the rigs that args choose, one after the other, and writes the
// report to out.
func command(ctx context.Context, args []string, out io.Writer) error {
	p := plan{pages: os.TempDir()}
	flags := flag.NewFlagSet("linear", flag.ContinueOnError)
	flags.IntVar(&p.histories, "histories", 10, "how many histories there are of each rig")
	flags.IntVar(&p.clients, "clients", 32, "how many clients call on a session at one time")
	flags.IntVar(&p.ops, "ops", 8, "how many calls each client makes in a history")
	flags.Uint64Var(&p.seed, "seed", uint64(time.Now().UnixNano()), "what the choices of the clients follow from")
	flags.DurationVar(&p.within, "within", 30*time.Second, "how long the check of one history may take")
	only := flags.String("only", "", "play the rigs whose name contains this")
	if err := flags.Parse(args); err != nil {
		return err
	}
	lab, err := newLab(ctx)
	if err != nil {
		return err
	}
	defer lab.close()

	var results []*result
	for _, r := range rigs {
		if !strings.Contains(r.name, *only) {
			continue
		}
		found, err := lab.try(ctx, r, p)
		if err != nil {
			return fmt.Errorf("%s: %w", r.name, err)
		}
		fmt.Fprintf(os.Stderr, "%s: %d findings\n", r.name, len(found.findings))
		results = append(results, found)
	}
	if len(results) == 0 {
		return fmt.Errorf("no rig is named %q", *only)
	}
	return report(out, p, results)
}
