package faultproxy

import "slices"

// Rule says which calls have which fault.
type Rule struct {
	// Op is the operation that the rule is for, such as "GetItem"; "" means all.
	Op string
	// Skip is how many matching calls pass by the rule before its first.
	Skip int
	// Times is how many calls have the fault before the rule is used up; 0 means
	// all, until it is removed.
	Times int
	// Fault is what happens to them.
	Fault Fault
}

// Fault deals with one call in place of the proxy. It answers through the
// Exchange, or returns without an answer, which closes the connection.
type Fault func(x *Exchange)

// rule is a Rule in use.
type rule struct {
	Rule
	seen, used int
}

// Add puts a rule behind those that are there, and returns what removes it.
func (p *Proxy) Add(r Rule) (remove func()) {
	added := &rule{Rule: r}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rules = append(p.rules, added)
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.rules = slices.DeleteFunc(p.rules, func(other *rule) bool { return other == added })
	}
}

// Clear removes all rules. Calls that a fault holds stay held.
func (p *Proxy) Clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rules = nil
}

// arrived counts a call of op and returns its fault, nil if there is none.
func (p *Proxy) arrived(op string) Fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls[op]++
	for _, r := range p.rules {
		if r.takes(op) {
			return r.Fault
		}
	}
	return nil
}

// takes counts a call of op and reports whether the rule is for it.
func (r *rule) takes(op string) bool {
	if r.Op != "" && r.Op != op {
		return false
	}
	if r.seen++; r.seen <= r.Skip {
		return false
	}
	if r.Times > 0 && r.used == r.Times {
		return false
	}
	r.used++
	return true
}
