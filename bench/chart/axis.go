package chart

import "math"

// value returns that of a row and series, 0 if there is none.
func (p Panel) value(row, series int) float64 {
	if row >= len(p.Values) || series >= len(p.Values[row]) {
		return 0
	}
	return p.Values[row][series]
}

// drawable reports whether a logarithmic axis has a place for v.
func drawable(v float64) bool { return v > 0 && !math.IsInf(v, 0) && !math.IsNaN(v) }

// span returns the ends of the axis: all values lie within, with some air, and it
// is at least a factor of ten.
func (p Panel) span() (low, high float64) {
	low, high = math.Inf(1), 0
	for _, row := range p.Values {
		for _, v := range row {
			if drawable(v) {
				low, high = min(low, v), max(high, v)
			}
		}
	}
	if high == 0 {
		return 1, 10
	}
	const air = 1.25
	low, high = low/air, high*air
	if widen := math.Sqrt(10 / (high / low)); widen > 1 {
		low, high = low/widen, high*widen
	}
	return low, high
}

// mostTicks is how many numbers fit below a panel.
const mostTicks = 5

// ticks returns round numbers within an axis: powers of ten, or as few of them as
// fit, and 2 and 5 times those where there is room.
func ticks(low, high float64) []float64 {
	for _, steps := range [][]float64{{1, 2, 5}, {1, 3}} {
		if found := ticksOf(low, high, steps, 1); len(found) <= mostTicks {
			return found
		}
	}
	for every := 1; ; every++ {
		if found := ticksOf(low, high, []float64{1}, every); len(found) <= mostTicks {
			return found
		}
	}
}

// ticksOf returns the numbers step × 10^n within an axis, for every n that is a
// multiple of every.
func ticksOf(low, high float64, steps []float64, every int) (found []float64) {
	for n := int(math.Floor(math.Log10(low))); n <= int(math.Ceil(math.Log10(high))); n++ {
		if n%every != 0 {
			continue
		}
		for _, step := range steps {
			if v := step * math.Pow10(n); v >= low && v <= high {
				found = append(found, v)
			}
		}
	}
	return found
}
