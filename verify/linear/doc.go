// Command linear checks that one session is a linearizable register, whatever
// engine keeps it and however many servers serve it: every call takes effect at
// one moment between its begin and its answer, and the answers fit that order.
//
//	cd verify && go run ./linear -histories 200    every rig, a table for docs/reliability.md
//	cd verify && go run ./linear -only embedded -seed 7
//	cd verify && go test ./linear                  10 histories for each rig but the longest
//
// A history is what 32 clients asked of one session and were answered (client.go,
// history.go). porcupine looks for an order of the calls that the model allows
// (model.go), taken apart so that it finds one soon (steps.go, facts.go). A call
// whose outcome nobody knows, because the answer was a 503 or the client gave up,
// may have happened at any time after it began, or never.
//
// The rigs (rigs.go) are the engines behind session.Store (engine.go) and the real
// program over HTTP (front.go, process.go): alone on local disk, and three
// processes on one table. A history that no order explains is written to a page
// that shows where it breaks (check.go).
//
// The package owns the rigs, the model and the judgement. What an engine promises
// beyond this is storetest's; what happens while a backend is broken is that of
// verify/faults.
package main
