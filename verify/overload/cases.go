package main

import "time"

// setup is a service on a store, and the limits of requests in flight to try there.
type setup struct {
	name string
	// atOnce and takes are the table's: so many calls at once, each in that time. The
	// embedded engine keeps the sessions where takes is 0.
	atOnce int
	takes  time.Duration
	// limits are values of MAX_INFLIGHT.
	limits []string
	// processors is what the service may use; 0 means all.
	processors int
	// from is a load in requests a second that the service takes for sure.
	from int
}

var cases = []setup{
	{
		name: "table, 32 at once in 40 ms", atOnce: 32, takes: 40 * time.Millisecond, from: 400,
		limits: []string{"auto", "0", "256"},
	},
	{
		name: "table, 16 at once in 20 ms", atOnce: 16, takes: 20 * time.Millisecond, from: 400,
		limits: []string{"auto", "24"},
	},
	// Here the service's own processor is what is short, and a refusal takes a part of
	// it too.
	{
		name: "table without a bound in 5 ms, one processor", takes: 5 * time.Millisecond, from: 1000, processors: 1,
		limits: []string{"auto"},
	},
	{name: "embedded engine, one processor", from: 2000, processors: 1, limits: []string{"auto"}},
}
