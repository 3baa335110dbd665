package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"session-api/internal/httpapi"
)

// measured is one measurement for all tests: the engine takes its endpoint from
// the environment, which a process has once.
var measured = sync.OnceValues(func() ([]size, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute) // the server may have to be built first
	defer cancel()
	return measure(ctx)
})

func sizesOf(t *testing.T) []size {
	t.Helper()
	sizes, err := measured()
	if err != nil {
		t.Fatal(err)
	}
	return sizes
}

// TestEachAPICallCostsWhatItShould fails when a backend call is added to a call
// of the API, when one consumes other units than AWS's rules give, and when a
// route of sessions has no cost here.
func TestEachAPICallCostsWhatItShould(t *testing.T) {
	t.Parallel()
	if err := faults(sizesOf(t)); err != nil {
		t.Error(err)
	}
}

// TestADifferenceIsAFault: a cost that is right is changed in each way that must
// not go unseen.
func TestADifferenceIsAFault(t *testing.T) {
	t.Parallel()
	right := func() cost {
		return cost{
			apiCall:  apiCall{name: "get", want: "200", backend: "1 GetItem", rule: units{tableRead: 1}},
			answer:   "200",
			measured: reading{calls: map[string]int{"GetItem": 1}, units: units{tableRead: 1}},
		}
	}
	if err := right().fault(); err != nil {
		t.Fatalf("what is right is a fault: %v", err)
	}
	for what, change := range map[string]func(*cost){
		"another answer":            func(c *cost) { c.answer = "404" },
		"the same call once more":   func(c *cost) { c.measured.calls["GetItem"] = 2 },
		"another call besides":      func(c *cost) { c.measured.calls["DescribeTable"] = 1 },
		"no call":                   func(c *cost) { c.measured.calls = nil },
		"more units of the table":   func(c *cost) { c.measured.units.tableRead = 2 },
		"units of the index":        func(c *cost) { c.measured.units.indexWrite = 1 },
		"units of the other kind":   func(c *cost) { c.measured.units = units{tableWrite: 1} },
		"half the units (eventual)": func(c *cost) { c.measured.units.tableRead = 0.5 },
	} {
		c := right()
		c.measured.calls = maps.Clone(c.measured.calls)
		change(&c)
		if c.fault() == nil {
			t.Errorf("%s: no fault", what)
		}
	}
	refused := right()
	refused.measured.untold, refused.rule.tableWrite = true, 2
	if err := refused.fault(); err != nil {
		t.Errorf("a refusal that tells what it read, and not what it wrote: %v", err)
	}
	refused.measured.units.tableRead = 2
	if refused.fault() == nil {
		t.Error("a refusal that read more: no fault")
	}
	if faults([]size{{unasked: []httpapi.Route{{Method: "PATCH", Pattern: "/sessions/{id}"}}}}) == nil {
		t.Error("a route without a cost: no fault")
	}
}

// TestTheRulesGiveAWSsOwnExamples: the figures are those of the Developer Guide,
// "DynamoDB read and write operations" and "DynamoDB item sizes and formats".
func TestTheRulesGiveAWSsOwnExamples(t *testing.T) {
	t.Parallel()
	const kb = 1 << 10
	for what, c := range map[string]struct{ got, want float64 }{
		"a get of 3,500 bytes":                  {readUnits(3500), 1},
		"a get of 8 KB":                         {readUnits(8 * kb), 2},
		"a get of 10 KB, as one of 12":          {readUnits(10 * kb), 3},
		"an eventual get of 8 KB":               {eventual(readUnits(8 * kb)), 1},
		"a get of nothing":                      {readUnits(0), 1},
		"an eventual get of nothing":            {eventual(readUnits(0)), 0.5},
		"a batch of 1.5 KB and 6.5 KB":          {batchUnits(1, kb*3/2) + batchUnits(1, kb*13/2), 3},
		"a query of 10 items of 40.8 KB in all": {readUnits(kb * 408 / 10), 11},
		"a query of 1,500 items of 64 bytes":    {readUnits(1500 * 64), 24},
		"an eventual read of 80 KB":             {eventual(readUnits(80 * kb)), 10},
		"a put of 500 bytes":                    {writeUnits(500), 1},
		"a put of 1.6 KB":                       {writeUnits(kb * 16 / 10), 2},
		"a put of exactly 1 KB":                 {writeUnits(kb), 1},
		"a delete of nothing":                   {writeUnits(0), 1},
		"27 significant digits":                 {float64(numberSize(strings.Repeat("1", 27))), 15},
		"a number whose end is zeros":           {float64(numberSize("1200000")), 2},
	} {
		if c.got != c.want {
			t.Errorf("%s: %v; want %v", what, c.got, c.want)
		}
	}
}

func TestAnItemIsAsLargeAsItsNamesAndValues(t *testing.T) {
	t.Parallel()
	text, number := "für", "1766656807"
	got, err := item{"id": {S: &text}, "ttl": {N: &number}}.size()
	if want := 2 + 4 + 3 + 6; got != want || err != nil {
		t.Errorf("the size is %d, %v; want %d", got, err, want)
	}
	if _, err := (item{"list": {}}).size(); err == nil {
		t.Error("a list has a size that is not computed here; want an error")
	}
}

func TestUnitsAreReadFromAnswers(t *testing.T) {
	t.Parallel()
	const both = `{"CapacityUnits":3,"Table":{"CapacityUnits":2},"GlobalSecondaryIndexes":{"userId-index":{"CapacityUnits":1}}}`
	for _, c := range []struct {
		op, answer string
		want       units
		told       bool
	}{
		{"PutItem", `{"ConsumedCapacity":` + both + `}`, units{tableWrite: 2, indexWrite: 1}, true},
		{"Query", `{"ConsumedCapacity":` + both + `}`, units{tableRead: 2, indexRead: 1}, true},
		{"BatchGetItem", `{"ConsumedCapacity":[` + both + `,` + both + `]}`, units{tableRead: 4, indexRead: 2}, true},
		{"TransactWriteItems", `{"ConsumedCapacity":[` + both + `]}`, units{tableWrite: 2, indexWrite: 1}, true},
		{"UpdateItem", `{"__type":"ConditionalCheckFailedException"}`, units{}, false},
	} {
		got, told, err := consumedBy(c.op, []byte(c.answer))
		if got != c.want || told != c.told || err != nil {
			t.Errorf("%s: %+v, told %v, %v; want %+v, told %v", c.op, got, told, err, c.want, c.told)
		}
	}
	if _, _, err := consumedBy("GetItem", []byte(`{"ConsumedCapacity":7}`)); err == nil {
		t.Error("an answer that cannot be understood gives no error")
	}
}

func TestNumbersAreGrouped(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"7": "7", "856": "856", "1070": "1,070", "109497.5": "109,497.5", "1261841": "1,261,841", "2 + 1": "2 + 1"} {
		if got := groupedAmount(in); got != want {
			t.Errorf("%s is grouped as %s; want %s", in, got, want)
		}
	}
}

func TestAReadingTellsItsFirstError(t *testing.T) {
	t.Parallel()
	m := &meter{}
	first := errors.New("first")
	m.add("GetItem", nil, first)
	m.add("GetItem", nil, fmt.Errorf("second"))
	m.add("DescribeTable", nil, nil)
	r := m.read()
	if !errors.Is(r.err, first) || r.text() != "2 GetItem, 1 DescribeTable" {
		t.Errorf("the reading is %q, %v", r.text(), r.err)
	}
	if again := m.read(); again.text() != "" || again.err != nil {
		t.Errorf("the next reading is %q, %v; want nothing", again.text(), again.err)
	}
}
