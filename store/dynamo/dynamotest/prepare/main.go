// Command prepare installs the DynamoDB-compatible servers that the tests run
// on, so that no test has to wait for a build:
//
//	go run ./store/dynamo/dynamotest/prepare [dynoxide|moto|dynalite ...]
//
// Without names it installs the one that DYNAMODB_TEST_SERVER chooses, and none
// if DYNAMODB_TEST_ENDPOINT is set. A server that is there already costs nothing.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"session-api/store/dynamo/dynamotest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := prepare(ctx, os.Stdout, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func prepare(ctx context.Context, out io.Writer, names []string) error {
	if len(names) == 0 {
		if os.Getenv(dynamotest.EndpointVariable) != "" {
			return nil
		}
		names = []string{os.Getenv(dynamotest.ServerVariable)}
	}
	for _, name := range names {
		server, err := dynamotest.Named(name)
		if err != nil {
			return err
		}
		began := time.Now()
		dir, err := dynamotest.Install(ctx, server)
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintf(out, "%s is in %s (%.1f s)\n", server, dir, time.Since(began).Seconds())
	}
	return nil
}
