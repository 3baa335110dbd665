package chart

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
)

func plain(v float64) string { return fmt.Sprint(v) }

func example() Dots {
	return Dots{
		Title: "Read a session", Note: "300 B & more", Rows: []string{"bare", "ours <1>"}, Series: []string{"1", "16"},
		Panels: []Panel{
			{Title: "requests/s", Unit: "requests/s", Text: plain, Values: [][]float64{{100, 1000}, {90, 20000}}},
			{Title: "p99", Unit: "time", Text: plain, Values: [][]float64{{1, 2}, {0, math.NaN()}}},
		},
	}
}

func TestAChartIsWellFormedAndNamesEverything(t *testing.T) {
	t.Parallel()
	svg := string(example().SVG())
	for decoder := xml.NewDecoder(strings.NewReader(svg)); ; {
		_, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, part := range []string{"Read a session", "300 B &amp; more", "ours &lt;1&gt;", "requests/s", "prefers-color-scheme: dark", "bare, 16: 1000"} {
		if !strings.Contains(svg, part) {
			t.Errorf("it does not have %q", part)
		}
	}
}

func TestWhatHasNoPlaceOnTheAxisIsLeftOut(t *testing.T) {
	t.Parallel()
	svg := string(example().SVG())
	// Two in the first row of the second panel, none in its second row.
	if got := strings.Count(svg, "<title>"); got != 6 {
		t.Errorf("there are %d marks with a value; want 6", got)
	}
}

func TestTheAxisHoldsAllValuesAndAtLeastAFactorOfTen(t *testing.T) {
	t.Parallel()
	for _, values := range [][]float64{{5}, {1, 1000}, {3, 3.1}, {0.002, 70}} {
		low, high := Panel{Values: [][]float64{values}}.span()
		if low >= slices.Min(values) || high <= slices.Max(values) || high/low < 9.99 {
			t.Errorf("%v: the axis is from %v to %v", values, low, high)
		}
	}
	if low, high := (Panel{}).span(); low >= high || low <= 0 {
		t.Errorf("without values the axis is from %v to %v", low, high)
	}
}

func TestTicksAreFewAndRound(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		low, high float64
		want      []float64
	}{
		{3, 40, []float64{5, 10, 20}},
		{10, 1500, []float64{10, 30, 100, 300, 1000}},
		{8, 200_000, []float64{10, 100, 1000, 10_000, 100_000}},
		{8, 2_000_000, []float64{100, 10_000, 1_000_000}},
	} {
		if got := ticks(c.low, c.high); !slices.EqualFunc(got, c.want, func(a, b float64) bool { return math.Abs(a-b) < a/1e9 }) {
			t.Errorf("from %v to %v: %v; want %v", c.low, c.high, got, c.want)
		}
	}
}
