package main

import (
	"fmt"
	"io"
	"runtime"
	"strconv"
	"time"
)

// report writes the results as a table in Markdown.
func report(out io.Writer, p plan, results []result) {
	_, _ = fmt.Fprintf(out, "%d processors, %s, %s; %v a load, median of %d rounds\n\n", runtime.NumCPU(), runtime.GOOS, runtime.Version(), p.long, p.rounds)
	_, _ = fmt.Fprintf(out, "| store | `MAX_INFLIGHT` | peak/s | p99 at 80 %% | sent/s | served/s | of the peak | p99 | times | refused/s | failed/s | idle |\n"+
		"|---|---|---|---|---|---|---|---|---|---|---|---|\n")
	for _, r := range results {
		_, _ = fmt.Fprintf(out, "| %s | %s | %.0f | %s | %.0f | %.0f | %.0f %% | %s | %.1f | %.0f | %.0f | %s |\n",
			r.setup.name, r.limit, r.peak, short(r.usual.p99), r.over.sent, r.over.served, 100*r.share(), short(r.over.p99), r.slowdown(),
			r.over.refused, r.over.failed, percent(r.idle))
	}
}

func short(d time.Duration) string {
	if d >= time.Second {
		return d.Round(10 * time.Millisecond).String()
	}
	return strconv.FormatFloat(d.Seconds()*1000, 'f', 1, 64) + " ms"
}

func percent(share float64) string {
	if share < 0 {
		return "?"
	}
	return fmt.Sprintf("%.0f %%", 100*share)
}
