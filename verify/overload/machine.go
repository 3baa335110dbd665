package main

import (
	"context"
	"os"
	"strconv"
	"strings"
	"time"
)

// isQuiet is which part of the processors must be idle before a load.
const isQuiet = 0.8

// waitForQuiet returns when the machine has been quiet for a second, or after so long.
func waitForQuiet(ctx context.Context, atMost time.Duration) {
	over := time.After(atMost)
	for before := readTimes(); ; before = readTimes() {
		select {
		case <-over:
			return
		case <-ctx.Done():
			return
		case <-time.After(time.Second):
		}
		if idle := readTimes().idleSince(before); idle < 0 || idle > isQuiet {
			return
		}
	}
}

// times are those of all the machine's processors, as Linux counts them (proc(5),
// /proc/stat); zero where it is another system.
type times struct{ all, idle float64 }

func readTimes() (t times) {
	text, _ := os.ReadFile("/proc/stat")
	first, _, _ := strings.Cut(string(text), "\n")
	for i, field := range strings.Fields(first) {
		ticks, err := strconv.ParseFloat(field, 64)
		if err != nil {
			continue // its name
		}
		t.all += ticks
		if i == 4 {
			t.idle = ticks
		}
	}
	return t
}

// idleSince returns which part of the time since before the processors were idle;
// negative if that is not known.
func (t times) idleSince(before times) float64 {
	if t.all <= before.all {
		return -1
	}
	return (t.idle - before.idle) / (t.all - before.all)
}
