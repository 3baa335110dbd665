package main

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"

	"session-api/store/dynamo/faultproxy"
)

// experiment is one fault.
type experiment struct {
	name string
	// how says what exactly is broken.
	how string
	// begin breaks it and returns what mends it.
	begin func(context.Context, *rig) (mend func() error, err error)
	// storm says that all calls are throttled, which bounds how many there may be.
	storm bool
	// spares tells the operations that the fault does not concern; nil is none.
	spares func(op) bool
	// wipes says that all rows are gone after it.
	wipes bool
	// forPerson says that a person must mend it, so that /ready and an error line in
	// the log have to tell.
	forPerson bool
}

// addedLatency leaves an attempt, which may take 300 ms, most of its time.
const addedLatency = 200 * time.Millisecond

// experiments are all faults. Those of the network are toxiproxy's; where a reply
// is lost, by whatever, the call itself was carried out.
var experiments = []experiment{
	{
		name: "latency", how: "every answer comes 200 ms later",
		begin: toxic(answers, "latency", map[string]int{"latency": int(addedLatency.Milliseconds())}),
	},
	{
		name: "stalled answers", how: "calls are carried out and nothing ever comes back",
		begin: toxic(answers, "timeout", map[string]int{"timeout": 0}),
	},
	{
		name: "stalled requests", how: "connections are open and nothing gets through",
		begin: toxic(requests, "timeout", map[string]int{"timeout": 0}),
	},
	{
		name: "resets", how: "every connection is reset where its first answer should come",
		begin: toxic(answers, "reset_peer", map[string]int{"timeout": 0}),
	},
	{
		name: "cut connections", how: "every connection is closed in the middle of an answer, after 4 KB",
		begin: toxic(answers, "limit_data", map[string]int{"bytes": 4096}),
	},
	{
		name: "truncated answers", how: "every answer ends in the middle of its body",
		begin: rule("", faultproxy.Truncate()),
	},
	{
		name: "throttle storm", how: "every call is throttled",
		begin: rule("", faultproxy.Throttle()), storm: true,
	},
	{
		name: "half throttled", how: "every second call is throttled",
		begin: rule("", everyNth(2, faultproxy.Throttle())),
	},
	{
		name: "500 storm", how: "every call is answered 500; every second one was carried out",
		begin: rule("", inTurn(faultproxy.ServerError(), faultproxy.ServerErrorAfter())),
	},
	{
		name: "lost replies, 1 in 3", how: "the reply of every third write is lost after the commit",
		begin: rule("", everyNthWrite(3, faultproxy.LoseReply())),
	},
	{
		name: "lost replies, 1 in 20", how: "the reply of every twentieth write is lost after the commit",
		begin: rule("", everyNthWrite(20, faultproxy.LoseReply())),
		// Retries mend that.
		spares: func(op) bool { return true },
	},
	{
		name: "table deleted", how: "the table is deleted and later made anew, empty",
		begin: deleteTable, wipes: true, forPerson: true,
	},
	{
		name: "index throttled", how: "every query of the index is throttled",
		begin:  rule("Query", faultproxy.Throttle()),
		spares: func(o op) bool { return o != opUserList },
	},
	{
		name: "credentials expired", how: "every call is refused with ExpiredTokenException or UnrecognizedClientException",
		begin: rule("", inTurn(faultproxy.Expired(), unrecognized())), forPerson: true,
	},
}

// toxic is a fault of the network.
func toxic(d direction, kind string, attributes map[string]int) func(context.Context, *rig) (func() error, error) {
	return func(_ context.Context, r *rig) (func() error, error) { return r.network.spoil(d, kind, attributes) }
}

// rule is a fault of the calls of one operation, of all for "".
func rule(op string, f faultproxy.Fault) func(context.Context, *rig) (func() error, error) {
	return func(_ context.Context, r *rig) (func() error, error) {
		remove := r.faults.Add(faultproxy.Rule{Op: op, Fault: f})
		return func() error { remove(); return nil }, nil
	}
}

func deleteTable(ctx context.Context, r *rig) (func() error, error) {
	return func() error { return r.table.create(ctx) }, r.table.remove(ctx)
}

func unrecognized() faultproxy.Fault {
	return faultproxy.Error(http.StatusBadRequest, "UnrecognizedClientException", "The security token included in the request is invalid.")
}

// pass is no fault.
func pass(x *faultproxy.Exchange) {
	if a, err := x.Forward(); err == nil {
		x.Reply(a)
	}
}

// inTurn is one fault after the other.
func inTurn(all ...faultproxy.Fault) faultproxy.Fault {
	var calls atomic.Int64
	return func(x *faultproxy.Exchange) { all[int(calls.Add(1))%len(all)](x) }
}

// everyNth is a fault of every n-th call.
func everyNth(n int, f faultproxy.Fault) faultproxy.Fault {
	all := []faultproxy.Fault{f}
	for range n - 1 {
		all = append(all, pass)
	}
	return inTurn(all...)
}

// everyNthWrite is a fault of every n-th write of a row.
func everyNthWrite(n int, f faultproxy.Fault) faultproxy.Fault {
	writes := everyNth(n, f)
	return func(x *faultproxy.Exchange) {
		switch x.Op() {
		case "PutItem", "UpdateItem", "DeleteItem":
			writes(x)
		default:
			pass(x)
		}
	}
}
