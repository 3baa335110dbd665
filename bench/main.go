package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// command is one of the things that this program does.
type command struct {
	name string
	// about is what it measures; empty for the parts that it plays for itself.
	about string
	run   func(ctx context.Context, args []string) error
}

// commands are listed in the order of the help.
func commands() []command {
	return []command{
		{"compare", "all contenders with the same load: tables, charts, and figures in a file", runCompare},
		{"chart", "the charts of figures that compare kept", runChart},
		{"get", "GET beside a bare net/http server", runGet},
		{"coalesce", "GET on a slow DynamoDB, with reads that share calls and without", runCoalesce},
		{"statements", "updates of DynamoDB as calls of their own, and as statements that share one", simple(measureStatements)},
		{"create", "durable creates beside a bare loop of Pebble's synced batches", simple(measureCreate)},
		{"sweep", "GET while a million expired sessions are removed", simple(measureSweep)},
		{"million", "memory and time to open with a million sessions", simple(measureMillion)},
		{"growth", "lists as the table grows from a thousand sessions to a million", runGrowth},
		{"start", "time from start to ready with an empty directory", simple(measureStart)},
		{"bare", "", simple(serveBare)},
		{"stub", "", simple(serveStub)},
		{"naive", "", simple(serveNaive)},
		{"pebble", "", simple(servePebble)},
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	var known []string
	for _, c := range commands() {
		if len(args) > 0 && c.name == args[0] {
			return c.run(ctx, args[1:])
		}
		if c.about != "" {
			known = append(known, fmt.Sprintf("  %-10s %s", c.name, c.about))
		}
	}
	return errors.New("say what to measure, and -help after it for its flags:\n" + strings.Join(known, "\n"))
}

// settings are what the simple measurements may be told.
type settings struct {
	rounds   int
	duration time.Duration
	conns    int
	sessions int
	value    int
	delay    time.Duration
	idle     int
	dir      string
}

// simple is a command with the flags of settings.
func simple(f func(context.Context, settings) error) func(context.Context, []string) error {
	return func(ctx context.Context, args []string) error {
		s := settings{rounds: 7, conns: 16}
		flags := flag.NewFlagSet("", flag.ExitOnError)
		s.addTo(flags)
		flags.IntVar(&s.sessions, "sessions", 0, "sessions in the store (0: what the measurement is about)")
		flags.DurationVar(&s.delay, "delay", 4*time.Millisecond, "how long the stub of DynamoDB takes for an answer")
		flags.IntVar(&s.idle, "idle", 0, "idle connections that the Go handler with the SDK keeps (0: as the SDK comes)")
		flags.StringVar(&s.dir, "dir", "", "the database of the bare loop")
		limit := limitFlag(flags)
		if err := flags.Parse(args); err != nil {
			return err
		}
		ctx, cancel := limit(ctx)
		defer cancel()
		return f(ctx, s)
	}
}

// addTo adds the flags that every measurement of ours has; rounds and conns are what
// they are unless told.
func (o *settings) addTo(flags *flag.FlagSet) {
	flags.IntVar(&o.rounds, "rounds", o.rounds, "rounds that count, interleaved where there is more than one server")
	flags.DurationVar(&o.duration, "for", 3*time.Second, "length of a round, in whole seconds")
	flags.IntVar(&o.conns, "conns", o.conns, "connections that send at once")
	flags.IntVar(&o.value, "value", 300, "bytes of data in a session")
}

// limitFlag adds the flag that bounds a whole run.
func limitFlag(flags *flag.FlagSet) func(context.Context) (context.Context, context.CancelFunc) {
	limit := flags.Duration("limit", 3*time.Hour, "the whole run ends after this time")
	return func(ctx context.Context) (context.Context, context.CancelFunc) {
		return context.WithTimeoutCause(ctx, *limit, fmt.Errorf("the run was not done within its limit of %v", *limit))
	}
}
