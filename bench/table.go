package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// writeTable prints a cell as a heading and a Markdown table.
func (c cell) writeTable(out io.Writer) {
	var text strings.Builder
	fmt.Fprintf(&text, "\n### %s, %s\n\n", c.Workload.title(), c.where())
	if base := c.base(); base != "" {
		fmt.Fprintf(&text, "| server | requests/s | × %[1]s | p50 | × %[1]s | p99 | server CPU per request | × %[1]s | database CPU per request | memory | database memory |\n", base)
		text.WriteString("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n")
	}
	var notes []string
	for _, f := range c.Figures {
		if f.Why != "" {
			notes = append(notes, f.Title+": "+f.Why+".")
			continue
		}
		if f.Bad > 0 {
			notes = append(notes, fmt.Sprintf("%s: %d requests failed and are not counted.", f.Title, f.Bad))
		}
		fmt.Fprintf(&text, "| %s | %s | %.2f | %s | %.2f | %s | %s | %.2f | %s | %s | %s |\n", f.Title, thousands(f.PerSecond), f.Throughput,
			short(f.P50), f.P50Ratio, short(f.P99), short(f.CPU), f.CPURatio, orNone(f.CPUBehind, short), megabytes(f.Memory), orNone(f.Behind, megabytes))
	}
	for _, note := range notes {
		fmt.Fprintf(&text, "\n%s\n", note)
	}
	_, _ = io.WriteString(out, text.String())
}

// base returns the title of the contender that the others are compared with, ""
// if none has figures.
func (c cell) base() string {
	for _, f := range c.Figures {
		if f.Why == "" {
			return f.Title
		}
	}
	return ""
}

// where says what the load was and on what.
func (c cell) where() string {
	return fmt.Sprintf("%s, %s sessions of %s", plural(c.Conns, "connection"), thousands(float64(c.Size)), bytesText(c.Value))
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// thousands writes a whole number with its thousands apart.
func thousands(f float64) string {
	text := strconv.FormatInt(int64(f+0.5), 10)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// short writes a duration with three figures.
func short(d time.Duration) string {
	switch {
	case d >= 10*time.Second:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d >= time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d >= 10*time.Millisecond:
		return fmt.Sprintf("%.0f ms", float64(d)/float64(time.Millisecond))
	case d >= time.Millisecond:
		return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
	case d >= 100*time.Microsecond:
		return fmt.Sprintf("%.0f µs", float64(d)/float64(time.Microsecond))
	}
	return fmt.Sprintf("%.1f µs", float64(d)/float64(time.Microsecond))
}

func megabytes(n int64) string { return fmt.Sprintf("%.0f MB", float64(n)/1e6) }

func bytesText(n int) string {
	if n >= 1024 && n%1024 == 0 {
		return fmt.Sprintf("%d KB", n/1024)
	}
	return fmt.Sprintf("%d B", n)
}

// orNone leaves a field empty where there is nothing to tell.
func orNone[T time.Duration | int64](n T, text func(T) string) string {
	if n == 0 {
		return ""
	}
	return text(n)
}
