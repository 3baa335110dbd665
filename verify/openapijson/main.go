// Command openapijson writes an OpenAPI document that is kept as YAML once more
// as JSON:
//
//	openapijson <from.yaml> <to.json>
//
// It owns the conversion and nothing else. Members keep their order, so that the
// JSON reads like the YAML and its diffs stay small, and numbers keep their
// digits.
package main

import (
	"fmt"
	"os"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: openapijson <from.yaml> <to.json>")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "openapijson:", err)
		os.Exit(1)
	}
}

func run(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	converted, err := convert(text)
	if err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	return os.WriteFile(to, converted, 0o644)
}
