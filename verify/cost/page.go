package main

import (
	"fmt"
	"os"
	"strings"
)

// The lines of a page between which the tables stand.
const (
	beginMark = "<!-- Written by \"go run ./cost ../docs/dynamodb.md\" in verify/; do not edit. -->\n"
	endMark   = "<!-- End of what is written. -->\n"
)

// cut returns the page before, between and after the marks.
func cut(page string) (before, between, after string, err error) {
	before, rest, begins := strings.Cut(page, beginMark)
	between, after, ends := strings.Cut(rest, endMark)
	if !begins || !ends {
		return "", "", "", fmt.Errorf("the page has no lines %q and %q", strings.TrimSpace(beginMark), strings.TrimSpace(endMark))
	}
	return before, between, after, nil
}

// writeInto puts text between the marks of the page at path.
func writeInto(path, text string) error {
	page, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, _, after, err := cut(string(page))
	if err != nil {
		return err
	}
	return os.WriteFile(path, []byte(before+beginMark+text+"\n"+endMark+after), 0o644)
}
