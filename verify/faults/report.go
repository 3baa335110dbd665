package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// report writes the results as Markdown.
func report(out io.Writer, o plan, all []*result) {
	w := &writer{out: out}
	w.printf("%d callers, at most one request each in %v; every fault lasts %v; REQUEST_TIMEOUT=%v.\n\n", o.workers, o.pace, o.broken, o.requestTimeout)
	w.printf("| fault | requests | served | 503 | p50 | p99 | longest | wrong status | too late | writes acknowledged | lost | came back | twice | calls/request | normal after |\n")
	w.printf("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n")
	for _, r := range all {
		w.row(r)
	}
	w.printf("\n| fault | what is broken | /ready | log |\n|---|---|---|---|\n")
	for _, r := range all {
		w.printf("| %s | %s | %s | %s |\n", r.experiment.name, r.experiment.how, readiness(r), cmp.Or(strings.Join(voices(r.said), "<br>"), "-"))
	}
	w.findings(all)
}

// writer writes to a place where failing does not matter: a terminal.
type writer struct{ out io.Writer }

func (w *writer) printf(format string, args ...any) { _, _ = fmt.Fprintf(w.out, format, args...) }

func (w *writer) row(r *result) {
	n := func(p promise) int { return counted(r.findings, p) }
	w.printf("| %s | %d | %d | %d | %v | %v | %v | %d | %d | %d | %d | %d | %d | %.2f | %v |\n",
		r.experiment.name, r.requests, r.requests-r.refused-n(rightStatus), r.refused, rounded(r.p50), rounded(r.p99), rounded(r.longest),
		n(rightStatus), n(inTime), r.acknowledged, n(nothingLost), n(staysEnded), n(onceOnly), r.callShare(), seconds(r.normalAfter))
}

// shownFindings bounds what is told of one experiment: they repeat themselves.
const shownFindings = 10

func (w *writer) findings(all []*result) {
	for _, r := range all {
		for i, f := range r.findings {
			if i == shownFindings {
				w.printf("\n%s: and %d more\n", r.experiment.name, len(r.findings)-i)
				break
			}
			w.printf("\n%s: %s: %s\n", r.experiment.name, f.promise, f.what)
		}
	}
}

// shownVoices bounds how many kinds of lines are shown.
const shownVoices = 3

// voices returns the kinds of lines in a log with how often each is there: errors
// first, then the most frequent. Why a request failed is told without its call.
func voices(said []line) (kinds []string) {
	count := map[string]int{}
	for _, l := range said {
		why := l.Error
		if l.Cause != "" {
			parts := strings.SplitN(l.Cause, ": ", 3) // the caller's sentence, the operation, the reason
			why = parts[len(parts)-1]
		}
		count[l.Level+" "+l.Msg+": "+why]++
	}
	names := slices.SortedFunc(maps.Keys(count), func(a, b string) int {
		return cmp.Or(cmp.Compare(a[:4], b[:4]), count[b]-count[a], cmp.Compare(a, b))
	})
	for i, name := range names {
		if i == shownVoices {
			return append(kinds, "…")
		}
		kinds = append(kinds, fmt.Sprintf("%d × %s", count[name], name))
	}
	return kinds
}

func readiness(r *result) string {
	if r.notReadyAfter == 0 {
		return "200"
	}
	return "503 after " + seconds(r.notReadyAfter)
}

// rounded shows a time in milliseconds, short ones with a digit more.
func rounded(d time.Duration) string {
	if d < 10*time.Millisecond {
		return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
	}
	return fmt.Sprintf("%d ms", d.Milliseconds())
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }
