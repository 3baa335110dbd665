package main

import (
	"testing"
	"time"
)

// written returns a run whose ledger holds one row with two updates, as a worker
// has them acknowledged, and the table that goes with it.
func written() (*run, map[string]row) {
	w := newWorker(0, nil, nil)
	w.book.created["w-1"], w.book.updated["w-2"], w.book.updated["w-3"] = "a", "a", "a"
	w.book.deleted = []string{"b"}
	r := &run{rig: &rig{ledger: &ledger{}}, load: &load{workers: []*worker{w}}}
	r.ledger.forget()
	r.ledger.made["w-1"] = 1
	*r.ledger.of("a") = history{puts: 1, updates: map[string]int{"w-2": 1, "w-3": 1}, latest: "last", version: 3}
	*r.ledger.of("b") = history{puts: 1, deletes: 1}
	return r, map[string]row{"a": {version: 3, data: "last"}}
}

func TestTheAuditFindsWhatTheTableAndTheLedgerShow(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		broken promise // "" if nothing is
		change func(l *ledger, rows map[string]row)
	}{
		"nothing wrong":                       {"", func(*ledger, map[string]row) {}},
		"a create that was never done":        {nothingLost, func(l *ledger, _ map[string]row) { l.of("a").puts = 0 }},
		"a create that was done twice":        {onceOnly, func(l *ledger, _ map[string]row) { l.made["w-1"] = 2 }},
		"a row that was put twice":            {onceOnly, func(l *ledger, _ map[string]row) { l.of("a").puts = 2 }},
		"an update that was never done":       {nothingLost, func(l *ledger, _ map[string]row) { delete(l.of("a").updates, "w-2") }},
		"an update that was done twice":       {onceOnly, func(l *ledger, _ map[string]row) { l.of("a").updates["w-2"] = 2 }},
		"an end that was never done":          {nothingLost, func(l *ledger, _ map[string]row) { l.of("b").deletes = 0 }},
		"an end that was done twice":          {onceOnly, func(l *ledger, _ map[string]row) { l.of("b").deletes = 2 }},
		"a version that was raised twice":     {onceOnly, func(_ *ledger, rows map[string]row) { rows["a"] = row{version: 4, data: "last"} }},
		"a row that holds an older write":     {nothingLost, func(_ *ledger, rows map[string]row) { rows["a"] = row{version: 3, data: "first"} }},
		"a row that is gone":                  {nothingLost, func(_ *ledger, rows map[string]row) { delete(rows, "a") }},
		"a row that was deleted and is there": {staysEnded, func(_ *ledger, rows map[string]row) { rows["b"] = row{} }},
		"a row that came past the ledger":     {onceOnly, func(_ *ledger, rows map[string]row) { rows["c"] = row{} }},
		"a shared update that was never done": {nothingLost, func(l *ledger, _ map[string]row) { delete(l.of("shared").updates, "s-1") }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, rows := written()
			r.shareWritten(rows)
			c.change(r.ledger, rows)
			r.auditWrites()
			r.auditRows(rows)
			all := r.found.found()
			if c.broken == "" && len(all) > 0 {
				t.Errorf("found %v", all)
			}
			if c.broken != "" && counted(all, c.broken) == 0 {
				t.Errorf("found %v; want %q", all, c.broken)
			}
		})
	}
}

// shareWritten adds a shared session that was updated once.
func (r *run) shareWritten(rows map[string]row) {
	s := newShared("shared", "s")
	s.begin("s-1")
	s.acknowledge("s-1")
	r.shared = []*shared{s}
	*r.ledger.of("shared") = history{puts: 1, updates: map[string]int{"s-1": 1}, version: 2}
	rows["shared"] = row{version: 2}
}

func TestASharedSessionMustNotShowWhatWasReplaced(t *testing.T) {
	t.Parallel()
	s := newShared("shared", "s")
	for _, value := range []string{"s-1", "s-2"} {
		s.begin(value)
		s.acknowledge(value)
	}
	s.begin("s-3") // and nobody knows whether it was done
	for value, sound := range map[string]bool{"s-1": false, "s-2": true, "s-3": true, "s-4": false} {
		if fault := s.judge(payload{Made: "s", Value: value}, time.Now()); (fault == "") != sound {
			t.Errorf("to show %s is %q", value, fault)
		}
	}
	if fault := s.judge(payload{Made: "other", Value: "s-2"}, time.Now()); fault == "" {
		t.Error("a session may show another's data")
	}
}
