// Command bench measures a running session-api beside its alternatives. It builds
// the program, starts it and each contender as its users would, gives them
// sessions, and drives them over loopback with wrk. Every figure of
// docs/performance.md names the command of this program that prints it:
//
//	go run . compare     all contenders with the same load: tables, charts, figures in a file
//	go run . chart       the charts of figures that compare kept
//	go run . get         GET beside a bare net/http server
//	go run . coalesce    GET on a slow DynamoDB, with reads that share calls and without
//	go run . statements  updates of DynamoDB as calls, and as statements that share one
//	go run . create      durable creates beside a bare loop of Pebble's synced batches
//	go run . sweep       GET while a million expired sessions are removed
//	go run . million     memory and time to open with 1,000,000 sessions
//	go run . growth      lists as the table grows from a thousand sessions to a million
//	go run . start       time from start to ready with an empty directory
//
// It runs on Linux, whose /proc tells CPU time and memory. Runs are bounded in time
// and speak to 127.0.0.1 only. Machines are noisy: contenders run in interleaved
// rounds, and medians are printed. What a contender needs beside Go is installed
// into the user's cache directory (package fetch); one that cannot be had is said.
//
// Where to look:
//
//	contender*.go, contenders/   who is measured, and how each is started
//	dialect.go                   how its users speak to it
//	workload.go, data.go         what clients do, and with which data
//	measure.go, proctree.go      a round, and what it cost
//	compare.go, table.go, charts.go
//	lab.go                       what a run shares, and what runs side by side
//	create.go, sweep.go, million.go, growth.go, statements.go   the other measurements
package main
