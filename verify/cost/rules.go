package main

import (
	"fmt"
	"strings"
)

// The sizes that units are counted in, in bytes (AWS: Developer Guide, "DynamoDB
// read and write operations").
const (
	writeUnitBytes = 1 << 10
	readUnitBytes  = 4 << 10
	// pageBytes is what one Query or Scan reads at most (AWS: API reference, Scan).
	pageBytes = 1 << 20
)

// started returns how many units a number of bytes begins.
func started(bytes, unit int) float64 { return float64((bytes + unit - 1) / unit) }

// writeUnits is the cost of writing an item of that many bytes: of an update the
// larger of before and after, of a delete what was deleted, of a write that was
// refused what was there. Where nothing was there it is 1.
func writeUnits(bytes int) float64 { return max(1, started(bytes, writeUnitBytes)) }

// readUnits is the cost of a consistent read of that many bytes in one piece: an
// item, or all that a Query or Scan has looked at. Reading nothing costs 1.
func readUnits(bytes int) float64 { return max(1, started(bytes, readUnitBytes)) }

// eventual is the cost of an eventually consistent read in place of a consistent
// one.
func eventual(readUnits float64) float64 { return readUnits / 2 }

// batchUnits is the cost of a consistent BatchGetItem of n items: each is counted
// by itself.
func batchUnits(n, bytes int) float64 { return float64(n) * readUnits(bytes) }

// attribute is a value as it is on the wire.
type attribute struct{ S, N *string }

// item is a row as it is on the wire.
type item map[string]attribute

// size returns the bytes that an item counts for: names and values (AWS:
// Developer Guide, "DynamoDB item sizes and formats"). It returns an error for a
// type of attribute that no item of ours has.
func (i item) size() (int, error) {
	bytes := 0
	for name, value := range i {
		bytes += len(name)
		switch {
		case value.S != nil:
			bytes += len(*value.S)
		case value.N != nil:
			bytes += numberSize(*value.N)
		default:
			return 0, fmt.Errorf("the attribute %s is neither a string nor a number", name)
		}
	}
	return bytes, nil
}

// numberSize is a byte for two significant digits, and one more.
func numberSize(digits string) int {
	significant := strings.Trim(digits, "0")
	return (len(significant)+1)/2 + 1
}

// entry returns what the index keeps of the item: the keys.
func (i item) entry() item {
	return item{"id": i["id"], "userId": i["userId"], "createdAt": i["createdAt"]}
}
