package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"strings"

	"session-api/store/dynamo/dynamotest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("probe", flag.ContinueOnError)
	names := flags.String("servers", "dynoxide,moto,dynalite", "the servers to start, by `name`, with commas between")
	endpoint := flags.String("endpoint", "", "the `URL` of a running server, in place of all others")
	only := flags.String("only", "", "a `pattern` for the names of the checks to run")
	if err := flags.Parse(args); err != nil {
		return err
	}
	pattern, err := regexp.Compile(*only)
	if err != nil {
		return err
	}
	hosts, err := hostsOf(*names, *endpoint)
	if err != nil {
		return err
	}
	var results []result
	for _, h := range hosts {
		r, err := probeServer(ctx, h, selected(pattern))
		if err != nil {
			return err
		}
		results = append(results, r)
	}
	return report(os.Stdout, selected(pattern), results)
}

func selected(pattern *regexp.Regexp) []check {
	var out []check
	for _, c := range allChecks() {
		if pattern.MatchString(c.name) {
			out = append(out, c)
		}
	}
	return out
}

func hostsOf(names, endpoint string) ([]host, error) {
	if endpoint != "" {
		return []host{{server: dynamotest.External, endpoint: endpoint}}, nil
	}
	var hosts []host
	for name := range strings.SplitSeq(names, ",") {
		s, err := dynamotest.Named(name)
		if err != nil {
			return nil, err
		}
		hosts = append(hosts, host{server: s})
	}
	return hosts, nil
}
