// Command bench measures a running session-api: it builds the program, starts it
// as a user would, and drives it over loopback, beside a bare net/http server
// that sends the same bytes. Every figure of docs/performance.md names the
// command of this program that prints it.
//
//	go run . get       GET throughput and latency, as a ratio of the bare server
//	go run . create    durable creates a second with 1 and with 64 writers
//	go run . million   memory and time to open with 1,000,000 sessions
//	go run . start     time from start to ready with an empty directory
//
// Runs are bounded in time and speak to 127.0.0.1 only. Machines are noisy:
// contenders run in interleaved rounds and medians are printed.
package main
