package main

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// units are capacity units that calls consumed.
type units struct{ tableRead, indexRead, tableWrite, indexWrite float64 }

func (u units) plus(v units) units {
	return units{u.tableRead + v.tableRead, u.indexRead + v.indexRead, u.tableWrite + v.tableWrite, u.indexWrite + v.indexWrite}
}

func (u units) read() string  { return parts(u.tableRead, u.indexRead) }
func (u units) write() string { return parts(u.tableWrite, u.indexWrite) }

// parts writes the units of the table and, if there are any, of the index.
func parts(table, index float64) string {
	if index == 0 {
		return amount(table)
	}
	return amount(table) + " + " + amount(index)
}

func amount(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

// consumed is the ConsumedCapacity of an answer that was asked for INDEXES (AWS:
// API reference, ConsumedCapacity).
type consumed struct {
	CapacityUnits          float64
	Table                  struct{ CapacityUnits float64 }
	GlobalSecondaryIndexes map[string]struct{ CapacityUnits float64 }
}

// consumedBy returns the units in the answer to a call of op. told is false where
// there are none, as in the answer to a write that was refused.
func consumedBy(op string, answer []byte) (u units, told bool, err error) {
	var a struct{ ConsumedCapacity json.RawMessage }
	if err := json.Unmarshal(answer, &a); err != nil || a.ConsumedCapacity == nil {
		return units{}, false, err
	}
	all := make([]consumed, 1)
	into := any(&all[0])
	if op == "BatchGetItem" || op == "TransactWriteItems" { // which tell them for each table
		into = &all
	}
	if err := json.Unmarshal(a.ConsumedCapacity, into); err != nil {
		return units{}, false, fmt.Errorf("the consumed capacity of a %s: %w", op, err)
	}
	for _, c := range all {
		u = u.plus(c.units(dataCalls[op]))
	}
	return u, true, nil
}

func (c consumed) units(k kind) units {
	var index float64
	for _, i := range c.GlobalSecondaryIndexes {
		index += i.CapacityUnits
	}
	if k == write {
		return units{tableWrite: c.Table.CapacityUnits, indexWrite: index}
	}
	return units{tableRead: c.Table.CapacityUnits, indexRead: index}
}

// kind says which units a call consumes.
type kind int

const (
	read kind = iota + 1
	write
)

// dataCalls are the calls that consume units.
var dataCalls = map[string]kind{
	"GetItem": read, "BatchGetItem": read, "Query": read, "Scan": read,
	"PutItem": write, "UpdateItem": write, "DeleteItem": write, "TransactWriteItems": write,
}
