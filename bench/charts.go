package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"session-api/bench/chart"
)

// writeCharts writes a chart for each workload and kind of data.
func writeCharts(dir string, cells []cell) error {
	for key, group := range groups(cells) {
		slices.SortFunc(group, func(a, b cell) int { return cmp.Compare(a.Conns, b.Conns) })
		if err := os.WriteFile(filepath.Join(dir, key+".svg"), chartOf(group).SVG(), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// groups returns the cells of each chart under its name.
func groups(cells []cell) map[string][]cell {
	all := map[string][]cell{}
	for _, c := range cells {
		key := fmt.Sprintf("%s-%d-sessions-%d-bytes", c.Workload, c.Size, c.Value)
		all[key] = append(all[key], c)
	}
	return all
}

// chartOf draws cells that differ in their connections alone.
func chartOf(group []cell) chart.Dots {
	first := group[0]
	d := chart.Dots{
		Title: first.Workload.title(),
		Note: fmt.Sprintf("%s sessions of %s; the stub answers after %v", thousands(float64(first.Size)), bytesText(first.Value),
			time.Duration(first.DelayMicros)*time.Microsecond),
	}
	panels := []struct {
		title, unit string
		text        func(float64) string
		value       func(figures) float64
	}{
		{"Throughput (more is better)", "requests a second", count, func(f figures) float64 { return f.PerSecond }},
		{"Server CPU (less is better)", "CPU time for each request", span, func(f figures) float64 { return f.CPU.Seconds() }},
		{"99th percentile (less is better)", "time until the answer", span, func(f figures) float64 { return f.P99.Seconds() }},
	}
	for _, p := range panels {
		d.Panels = append(d.Panels, chart.Panel{Title: p.title, Unit: p.unit, Text: p.text})
	}
	for _, c := range group {
		d.Series = append(d.Series, plural(c.Conns, "connection"))
	}
	for _, row := range slices.Concat(contenders, variants) {
		if !measuredIn(group, row.name) {
			continue
		}
		d.Rows = append(d.Rows, row.title)
		for i, p := range panels {
			d.Panels[i].Values = append(d.Panels[i].Values, valuesOf(group, row.name, p.value))
		}
	}
	return d
}

// valuesOf returns one figure of a contender for each cell, 0 where there is none.
func valuesOf(group []cell, name string, value func(figures) float64) []float64 {
	values := make([]float64, len(group))
	for i, c := range group {
		for _, f := range c.Figures {
			if f.Name == name && f.Why == "" {
				values[i] = value(f)
			}
		}
	}
	return values
}

func measuredIn(group []cell, name string) bool {
	return slices.Max(valuesOf(group, name, func(f figures) float64 { return f.PerSecond })) > 0
}

// growthChart draws what growth measured.
func growthChart(lines []growthLine, o growthFlags) chart.Dots {
	d := chart.Dots{
		Title:  "List a user's 20 sessions as the table grows",
		Note:   fmt.Sprintf("sessions of %s, %s", bytesText(o.value), plural(o.conns, "connection")),
		Series: []string{thousands(float64(o.small)) + " sessions", thousands(float64(o.large)) + " sessions"},
		Panels: []chart.Panel{{Title: "Median time (less is better)", Unit: "time until the answer", Text: span}},
	}
	for _, line := range lines {
		d.Rows = append(d.Rows, line.title)
		d.Panels[0].Values = append(d.Panels[0].Values, []float64{line.small.Seconds(), line.large.Seconds()})
	}
	return d
}

// count writes a number with few letters.
func count(v float64) string {
	if v >= 1000 {
		return fmt.Sprintf("%gk", roundTo(v/1000))
	}
	return fmt.Sprint(roundTo(v))
}

// span writes seconds as a time with few letters.
func span(v float64) string {
	switch {
	case v >= 1:
		return fmt.Sprintf("%g s", roundTo(v))
	case v >= 1e-3:
		return fmt.Sprintf("%g ms", roundTo(v*1e3))
	}
	return fmt.Sprintf("%g µs", roundTo(v*1e6))
}

// roundTo leaves three figures of a number.
func roundTo(v float64) (rounded float64) {
	_, _ = fmt.Sscan(fmt.Sprintf("%.3g", v), &rounded)
	return rounded
}
