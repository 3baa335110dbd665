package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// chapters are the run, in order: each goes on from what the one before left.
var chapters = []struct {
	title string
	run   func(*story)
}{
	{"The platform", platform},
	{"What an operator applies, as strictly as the API server can look at it", strictly},
	{"The application waits for its table", waits},
	{"The table is there, and so is the service", serves},
	{"A session, through the API server", reaches},
	{"The three cases of trouble", trouble},
	{"Upgrade and rollback", upgrade},
	{"The application goes and its table stays", goes},
	{"The variants", variants},
}

func main() {
	limit := flag.Duration("limit", 15*time.Minute, "how long the run may take, the building of programs aside")
	keep := flag.Bool("keep", false, "leave the cluster running at the end, until it is interrupted")
	service := flag.String("service", "", "the `path` of a session-api to run, instead of one that is built from this tree")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, *service, *limit, *keep)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "\ncluster: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, service string, limit time.Duration, keep bool) error {
	programs, err := build(ctx)
	if err != nil {
		return err
	}
	c, err := newCluster(programs)
	if err != nil {
		return err
	}
	defer c.stop()
	if programs["session-api"], err = buildService(ctx, service, c.top, c.dir); err != nil {
		return err
	}
	began := time.Now()
	limited, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("the run took longer than %s (see -limit)", limit))
	defer cancel()
	s := &story{ctx: limited, cluster: c}
	for _, chapter := range chapters {
		s.heading(chapter.title)
		chapter.run(s)
		if s.err != nil {
			return s.err
		}
	}
	fmt.Printf("\nAll is well: %d claims hold, after %s.\n", s.claims, time.Since(began).Round(time.Second))
	if keep {
		fmt.Printf("\nThe cluster runs until it is interrupted:\n\n    export KUBECONFIG=%s PATH=%s:$PATH\n", c.kubeconfig, c.bin)
		<-ctx.Done()
	}
	return nil
}
