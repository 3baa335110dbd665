package main

import (
	"fmt"
	"strconv"
	"strings"
)

// report writes a table for each size.
func report(sizes []size) string {
	var out strings.Builder
	for _, s := range sizes {
		fmt.Fprintf(&out, "\n**Data of %s bytes:** an item of %s bytes, %s after an update, and an index entry of %s.\n\n",
			grouped(s.data), grouped(s.created), grouped(s.updated), grouped(s.entry))
		out.WriteString("| API call | answer | backend calls | RCU | by the rules | WCU | by the rules | before: calls | RCU | WCU |\n")
		out.WriteString("|---|---|---|---|---|---|---|---|---|---|\n")
		for _, c := range s.costs {
			out.WriteString("| " + strings.Join(c.cells(), " | ") + " |\n")
		}
	}
	return out.String()
}

func (c cost) cells() []string {
	const untold = "not told"
	read, write := c.measured.units.read(), c.measured.units.write()
	if c.measured.untold {
		write = untold
	}
	cells := []string{c.name, c.answer, c.measured.text(), read, c.rule.read(), write, c.rule.write()}
	if c.older == nil {
		return append(cells, "has none", "", "")
	}
	return append(cells, groupedCalls(c.older.calls), groupedAmount(c.older.units.read()), c.older.units.write())
}

// groupedCalls groups the digits of the number that calls begin with.
func groupedCalls(calls string) string {
	n, rest, _ := strings.Cut(calls, " ")
	return groupedAmount(n) + " " + rest
}

// groupedAmount groups the digits of a number that may have a fraction.
func groupedAmount(n string) string {
	whole, fraction, has := strings.Cut(n, ".")
	value, err := strconv.Atoi(whole)
	if err != nil {
		return n
	}
	if has {
		fraction = "." + fraction
	}
	return grouped(value) + fraction
}

// grouped writes n with a comma before each three digits.
func grouped(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
