package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"session-api/store/dynamo/faultproxy"
)

// meter reads what the calls through a proxy consume. The service asks for no
// figures itself, so the meter writes the wish into each call; the servers that
// tests run on check no signature.
type meter struct {
	mu    sync.Mutex
	taken reading
	// stored is the item that was written last, as it was then.
	stored item
}

// reading is what calls consumed.
type reading struct {
	calls map[string]int
	units units
	// untold says that an answer told no units: it was a refusal.
	untold bool
	err    error
}

// fault is the meter as what the proxy does to every call.
func (m *meter) fault(x *faultproxy.Exchange) {
	op := x.Op()
	if _, data := dataCalls[op]; data {
		x.Body = wishFor(x.Body)
	}
	answer, err := x.Forward()
	if err != nil {
		m.add(op, nil, fmt.Errorf("%s: %w", op, err))
		x.HangUp()
	}
	m.add(op, answer.Body, nil)
	m.keep(op, x.Body, answer)
	x.Reply(answer)
}

// wishFor returns the call with the wish that its answer tells what it consumed.
func wishFor(body []byte) []byte {
	var call map[string]json.RawMessage
	if json.Unmarshal(body, &call) != nil {
		return body // the server will say so
	}
	call["ReturnConsumedCapacity"] = json.RawMessage(`"INDEXES"`)
	wished, err := json.Marshal(call)
	if err != nil {
		return body
	}
	return wished
}

func (m *meter) add(op string, answer []byte, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.taken.calls == nil {
		m.taken.calls = map[string]int{}
	}
	m.taken.calls[op]++
	if _, data := dataCalls[op]; !data || err != nil {
		m.taken.note(err)
		return
	}
	u, told, err := consumedBy(op, answer)
	m.taken.note(err)
	m.taken.units = m.taken.units.plus(u)
	m.taken.untold = m.taken.untold || !told
}

func (r *reading) note(err error) {
	if r.err == nil {
		r.err = err
	}
}

// keep takes over the item that a call wrote.
func (m *meter) keep(op string, body []byte, answer *faultproxy.Answer) {
	var text []byte
	switch {
	case answer.Status != 200:
		return
	case op == "PutItem":
		text = body
	case op == "UpdateItem":
		text = answer.Body
	default:
		return
	}
	var written struct{ Item, Attributes item }
	if json.Unmarshal(text, &written) != nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stored = written.Item
	if op == "UpdateItem" {
		m.stored = written.Attributes
	}
}

// read returns what was consumed since the last read.
func (m *meter) read() reading {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.taken
	m.taken = reading{}
	return r
}

// last returns the item that was written last.
func (m *meter) last() item {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.stored
}

// text lists the calls, such as "1 Query, 3 BatchGetItem". What consumes units
// comes in the order of this list.
func (r reading) text() string {
	order := []string{"GetItem", "PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "Query", "BatchGetItem", "Scan"}
	for op := range r.calls {
		if !slices.Contains(order, op) {
			order = append(order, op)
		}
	}
	var said []string
	for _, op := range order {
		if n := r.calls[op]; n > 0 {
			said = append(said, fmt.Sprintf("%d %s", n, op))
		}
	}
	return strings.Join(said, ", ")
}
