package main

import (
	"fmt"
	"io"
	"strings"
)

// report writes the sums, the table, and what each server did instead.
func report(w io.Writer, checks []check, results []result) error {
	var b strings.Builder
	writeSums(&b, checks, results)
	writeTable(&b, checks, results)
	for _, r := range results {
		writeFindings(&b, checks, r)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// writeSums writes one row for each group of checks.
func writeSums(b *strings.Builder, checks []check, results []result) {
	header(b, "group", results)
	for _, group := range groups(checks) {
		line(b, group, results, func(r result) string {
			right, all := count(checks, r, func(c check) bool { return groupOf(c) == group })
			return fmt.Sprintf("%d of %d", right, all)
		})
	}
	line(b, "**all**", results, func(r result) string {
		right, all := count(checks, r, func(check) bool { return true })
		return fmt.Sprintf("**%d of %d**", right, all)
	})
	line(b, "start until it answers", results, func(r result) string {
		if r.started == 0 {
			return "–"
		}
		return fmt.Sprintf("%.2f s", r.started.Seconds())
	})
	b.WriteString("\n")
}

func writeTable(b *strings.Builder, checks []check, results []result) {
	header(b, "what AWS does (and where it says so)", results)
	for i, c := range checks {
		line(b, fmt.Sprintf("%s (%s)", c.name, c.rule), results, func(r result) string {
			if r.findings[i] == nil {
				return "yes"
			}
			return "**no**"
		})
	}
	b.WriteString("\n")
}

func writeFindings(b *strings.Builder, checks []check, r result) {
	fmt.Fprintf(b, "What %s does instead:\n\n", r.server)
	for i, c := range checks {
		if r.findings[i] != nil {
			fmt.Fprintf(b, "* %s: %s\n", c.name, strings.ReplaceAll(r.findings[i].Error(), "\n", " "))
		}
	}
	b.WriteString("\n")
}

func header(b *strings.Builder, title string, results []result) {
	line(b, title, results, func(r result) string { return string(r.server) })
	b.WriteString("|---|" + strings.Repeat("---|", len(results)) + "\n")
}

func line(b *strings.Builder, title string, results []result, cell func(result) string) {
	b.WriteString("| " + strings.ReplaceAll(title, "|", `\|`) + " |")
	for _, r := range results {
		b.WriteString(" " + cell(r) + " |")
	}
	b.WriteString("\n")
}

func count(checks []check, r result, of func(check) bool) (right, all int) {
	for i, c := range checks {
		if !of(c) {
			continue
		}
		all++
		if r.findings[i] == nil {
			right++
		}
	}
	return right, all
}

func groupOf(c check) string {
	group, _, _ := strings.Cut(c.name, "/")
	return group
}

func groups(checks []check) []string {
	var out []string
	for _, c := range checks {
		if g := groupOf(c); len(out) == 0 || out[len(out)-1] != g {
			out = append(out, g)
		}
	}
	return out
}
