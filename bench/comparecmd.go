package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// compareDefaults are what the flags of compare are unless they are given.
type compareDefaults struct {
	workloads, contenders, conns string
	rounds                       int
}

// runCompare measures contenders.
func runCompare(ctx context.Context, args []string) error {
	return compareWith(ctx, "compare", compareDefaults{"get,list,update,mixed,create", "", "1,16,256", 5}, args)
}

// runGet is compare for the one ratio that is looked at most.
func runGet(ctx context.Context, args []string) error {
	return compareWith(ctx, "get", compareDefaults{"get", "bare,embedded", "1,16,256", 7}, args)
}

// runCoalesce is compare for what reads that share calls are worth.
func runCoalesce(ctx context.Context, args []string) error {
	return compareWith(ctx, "coalesce", compareDefaults{
		"get", "naive-stub,naive-stub-idle,dynamodb-stub-direct,dynamodb-stub", "1,16,64,256", 7,
	}, args)
}

func compareWith(ctx context.Context, name string, defaults compareDefaults, args []string) error {
	flags := flag.NewFlagSet(name, flag.ExitOnError)
	which := flags.String("workload", defaults.workloads, "what clients do, with commas between")
	names := flags.String("contenders", defaults.contenders, "who is measured, with commas between (empty: all)")
	conns := flags.String("conns", defaults.conns, "connections that send at once")
	values := flags.String("value", "300", "bytes of data in a session")
	sizes := flags.String("size", "1000", "sessions in the store")
	out := flags.String("out", "results", "the folder for charts, tables and figures")
	c := &comparison{}
	flags.IntVar(&c.rounds, "rounds", defaults.rounds, "rounds of each contender that count, interleaved")
	flags.DurationVar(&c.each, "for", 3*time.Second, "length of a round, in whole seconds")
	flags.DurationVar(&c.delay, "delay", 4*time.Millisecond, "how long the stub of DynamoDB takes for an answer")
	limit := limitFlag(flags)
	if err := flags.Parse(args); err != nil {
		return err
	}
	var err error
	c.contenders, err = chosen(*names)
	c.workloads = parseWorkloads(*which, &err)
	c.conns, c.values, c.sizes = numbers(*conns, &err), numbers(*values, &err), numbers(*sizes, &err)
	if err != nil {
		return err
	}
	ctx, cancel := limit(ctx)
	defer cancel()
	return c.into(ctx, *out)
}

// into measures and keeps what was measured, also if not all of it was.
func (c *comparison) into(ctx context.Context, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	tables, err := os.Create(filepath.Join(dir, "tables.md"))
	if err != nil {
		return err
	}
	c.out = io.MultiWriter(os.Stdout, tables)
	_, _ = fmt.Fprintf(c.out, "%s; %d interleaved rounds of %v, medians.\n", machine(), c.rounds, c.each)
	cells, failed := c.run(ctx)
	text, err := json.MarshalIndent(cells, "", "  ")
	if err != nil {
		return err
	}
	return errors.Join(failed, tables.Close(),
		os.WriteFile(filepath.Join(dir, "figures.json"), append(text, '\n'), 0o644), writeCharts(dir, cells))
}

// runChart draws the charts of figures that were kept, of one run or more.
func runChart(_ context.Context, args []string) error {
	flags := flag.NewFlagSet("chart", flag.ExitOnError)
	to := flags.String("to", "../docs/img", "the folder for the charts")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() == 0 {
		return errors.New("name the files of figures, such as results/figures.json")
	}
	var cells []cell
	for _, file := range flags.Args() {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		var some []cell
		if err := json.Unmarshal(text, &some); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		cells = append(cells, some...)
	}
	if err := os.MkdirAll(*to, 0o755); err != nil {
		return err
	}
	return writeCharts(*to, cells)
}

// numbers reads numbers with commas between. An error goes to err, if it has none.
func numbers(list string, err *error) (all []int) {
	for _, text := range strings.Split(list, ",") {
		n, bad := strconv.Atoi(strings.TrimSpace(text))
		if (bad != nil || n < 1) && *err == nil {
			*err = fmt.Errorf("%q is no list of whole numbers above 0", list)
		}
		all = append(all, n)
	}
	return all
}

// parseWorkloads is numbers for workloads; they come in the order in which they
// are measured.
func parseWorkloads(list string, err *error) (all []workload) {
	wanted := strings.Split(list, ",")
	for _, name := range wanted {
		if !slices.Contains(workloads, workload(name)) && *err == nil {
			*err = fmt.Errorf("there is no workload %q; there are %v", name, workloads)
		}
	}
	for _, w := range workloads {
		if slices.Contains(wanted, string(w)) {
			all = append(all, w)
		}
	}
	return all
}
