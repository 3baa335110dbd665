// Command cost measures what each call of the API costs on DynamoDB: backend
// calls, read units and write units, for the table and its index apart.
//
//	go run ./cost                         prints the tables
//	go run ./cost ../docs/dynamodb.md     writes them into the page
//
// It runs the real service in this process against a Dynoxide server of its own,
// through a proxy that has every call tell what it consumed. Beside each figure
// it puts the one that AWS's rules give (rules.go), and beside both what the same
// request cost with the Flask service that this one replaces (older.go). It ends
// with code 1 where a figure is not what the rules say, or where an API call
// makes another number of backend calls than it should.
//
// A test keeps the page and these figures equal.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "cost:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) > 1 {
		return fmt.Errorf("usage: cost [page.md]")
	}
	sizes, err := measure(ctx)
	if err != nil {
		return err
	}
	text := report(sizes)
	if len(args) == 0 {
		fmt.Print(text)
	} else if err := writeInto(args[0], text); err != nil {
		return err
	}
	return faults(sizes)
}
