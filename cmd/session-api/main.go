// Command session-api serves the Session API.
//
// This package owns what happens once per process: reading the options, opening
// the engine, listening, and stopping in good order. It holds no rule about
// sessions and none about HTTP. Where to look:
//
//	cli.go          the commands, and how an error becomes an exit code
//	help.go         the page that --help prints
//	serve.go        the server's wiring, in order
//	server.go       the limits of net/http's server
//	stop.go         the graceful stop
//	limits.go       how much is taken in
//	heap.go         a setting of the garbage collector
//	engines.go      the one place that knows the storage engines
//	cursorkey.go    the file with the key of cursors
//	callers.go      who may call: keys, tokens, certificates
//	tls.go          the server's certificate
//	keys.go         the command that makes API keys
//	atrest.go       what is kept secret at rest
//	secretfile.go   files that hold secrets
//	datakeys.go     the commands that change the keys of data
//	table.go        the commands that set up a DynamoDB table
//	healthcheck.go  the probe for container images
//	version.go      what this binary is
package main

import (
	"os"
	"os/signal"
	"runtime"
	"syscall"
)

func main() {
	// Two places: the second signal counts even if it comes on the heels of the
	// first.
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	reserve := reserveHeap()
	code := process{
		args:    os.Args[1:],
		env:     os.LookupEnv,
		stdout:  os.Stdout,
		stderr:  os.Stderr,
		signals: signals,
	}.run()
	runtime.KeepAlive(reserve)
	os.Exit(code)
}
