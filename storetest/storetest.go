package storetest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"session-api"
)

// Options adapt the suite to an engine.
type Options struct {
	// Except leaves subtests out. It maps a subtest's name, as in
	// "closing/CloseWhileInUse", to the reason why the engine cannot pass it.
	// A name that no subtest has, and an empty reason, fail the test.
	Except map[string]string
}

// Run tests the engine whose stores open makes against the whole contract. open
// returns an empty store and registers its closing with t.Cleanup.
func Run(t *testing.T, open func(t *testing.T) session.Store) {
	t.Helper()
	RunWith(t, open, Options{})
}

// RunWith is Run with options.
func RunWith(t *testing.T, open func(t *testing.T) session.Store, o Options) {
	t.Helper()
	if err := o.validate(); err != nil {
		t.Fatal(err)
	}
	for _, concern := range suite {
		t.Run(concern.name, func(t *testing.T) {
			t.Parallel()
			for _, c := range concern.checks {
				t.Run(c.name, func(t *testing.T) {
					t.Parallel()
					if reason, left := o.Except[concern.name+"/"+c.name]; left {
						t.Logf("left out, the engine cannot pass it: %s", reason)
						return
					}
					c.run(t, open(t))
				})
			}
		})
	}
}

// validate returns an error for an exception that would hide nothing, or hide
// something without saying why.
func (o Options) validate() error {
	known := map[string]bool{}
	for _, concern := range suite {
		for _, c := range concern.checks {
			known[concern.name+"/"+c.name] = true
		}
	}
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(o.Except)) {
		switch {
		case !known[name]:
			errs = append(errs, fmt.Errorf("Options.Except names %q, which is no subtest", name))
		case o.Except[name] == "":
			errs = append(errs, fmt.Errorf("Options.Except leaves out %q without a reason", name))
		}
	}
	return errors.Join(errs...)
}

// reporter is the part of *testing.T that checks use. It is an interface so that
// the suite's own tests can watch a check fail.
type reporter interface {
	Helper()
	Context() context.Context
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// check is one claim of the contract. It is given an empty store.
type check struct {
	name string
	run  func(t reporter, store session.Store)
}

// concern is a group of checks, one file each.
type concern struct {
	name   string
	checks []check
}

var suite = []concern{
	{"crud", crudChecks},
	{"fields", fieldChecks},
	{"conditions", conditionChecks},
	{"retime", retimeChecks},
	{"transactions", transactionChecks},
	{"records", recordChecks},
	{"aliases", aliasChecks},
	{"lists", listChecks},
	{"order", orderChecks},
	{"ranges", rangeChecks},
	{"ids", idsChecks},
	{"paging", pagingChecks},
	{"walks", walkChecks},
	{"namespaces", namespaceChecks},
	{"values", valueChecks},
	{"keys", keyChecks},
	{"races", raceChecks},
	{"visibility", visibilityChecks},
	{"closing", closingChecks},
	{"context", contextChecks},
	{"errors", errorChecks},
}
