package main

import (
	"encoding/json"
	"strconv"
	"sync"
	"time"

	"session-api/store/dynamo/faultproxy"
)

// ledger stands right before DynamoDB, behind all faults, and takes down every
// write that DynamoDB carried out, whoever heard of it. It knows the calls that
// the engine writes with: PutItem, UpdateItem and DeleteItem.
type ledger struct {
	proxy *faultproxy.Proxy

	mu      sync.Mutex
	running int
	rows    map[string]*history
	made    map[string]int // rows that were created, by the stamp in their data
}

// history is what was written to one row.
type history struct {
	puts, deletes int
	// updates counts the updates that wrote a value.
	updates map[string]int
	// latest is the data of the highest version.
	latest  string
	version int64
}

func newLedger(target string) (*ledger, error) {
	proxy, err := faultproxy.New(target)
	if err != nil {
		return nil, err
	}
	l := &ledger{proxy: proxy}
	l.forget()
	proxy.Add(faultproxy.Rule{Fault: l.pass})
	return l, nil
}

// forget begins anew, as the table does that was deleted.
func (l *ledger) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rows, l.made = map[string]*history{}, map[string]int{}
}

// pass is a call on its way to DynamoDB and back.
func (l *ledger) pass(x *faultproxy.Exchange) {
	l.count(1)
	defer l.count(-1)
	answer, err := x.Forward()
	if err != nil {
		return
	}
	if answer.Status == 200 {
		l.enter(x.Op(), x.Body, answer.Body)
	}
	x.Reply(answer)
}

func (l *ledger) count(calls int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.running += calls
}

// quiet reports whether no call is on its way.
func (l *ledger) quiet() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.running == 0
}

// text and number are attribute values on the wire.
type (
	text   struct{ S string }
	number struct{ N string }
)

// wireRow is a row on the wire, as far as it matters here.
type wireRow struct {
	ID      text   `json:"id"`
	Data    text   `json:"data"`
	Version number `json:"version"`
}

// enter takes down a write that was done.
func (l *ledger) enter(op string, request, answer []byte) {
	var in struct {
		Item, Key wireRow
	}
	var out struct{ Attributes wireRow }
	// What cannot be read leaves the ledger without an entry, which the audit finds.
	_, _ = json.Unmarshal(request, &in), json.Unmarshal(answer, &out)

	l.mu.Lock()
	defer l.mu.Unlock()
	switch op {
	case "PutItem":
		l.of(in.Item.ID.S).puts++
		l.of(in.Item.ID.S).wrote(in.Item)
		l.made[payloadOf(in.Item.Data.S).Made]++
	case "UpdateItem":
		h := l.of(in.Key.ID.S)
		h.updates[payloadOf(out.Attributes.Data.S).Value]++
		h.wrote(out.Attributes)
	case "DeleteItem":
		l.of(in.Key.ID.S).deletes++
	}
}

func (h *history) wrote(r wireRow) {
	if version, err := strconv.ParseInt(r.Version.N, 10, 64); err == nil && version > h.version {
		h.version, h.latest = version, r.Data.S
	}
}

func (l *ledger) of(id string) *history {
	if l.rows[id] == nil {
		l.rows[id] = &history{updates: map[string]int{}}
	}
	return l.rows[id]
}

// history returns what was written to the row; call it when the ledger is quiet.
func (l *ledger) history(id string) history {
	l.mu.Lock()
	defer l.mu.Unlock()
	if h := l.rows[id]; h != nil {
		return *h
	}
	return history{}
}

// awaitQuiet waits until no call is on its way, at most for limit.
func (l *ledger) awaitQuiet(limit time.Duration) bool {
	return poll(limit, l.quiet)
}
