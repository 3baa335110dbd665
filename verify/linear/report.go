package main

import (
	"fmt"
	"io"
	"time"
)

// report writes the results as Markdown. The error is errFound if there are
// findings.
func report(out io.Writer, p plan, all []*result) (err error) {
	// Failing does not matter where this goes to: a terminal.
	printf := func(format string, args ...any) { _, _ = fmt.Fprintf(out, format, args...) }
	printf("%d clients call on one session at a time, %d calls each; seed %d.\n\n", p.clients, p.ops, p.seed)
	printf("| rig | histories | operations | done | conflict | absent or taken | outcome unknown | illegal | undecided | time |\n")
	printf("|---|---|---|---|---|---|---|---|---|---|\n")
	for _, r := range all {
		illegal, undecided := r.count()
		n := r.outcomes
		printf("| %s | %d | %d | %d | %d | %d | %d | %d | %d | %v |\n", r.rig, r.histories, r.calls,
			n[done]+n[ended], n[conflict]+n[gaveUp], n[notFound]+n[exists], n[unknown], illegal, undecided, r.took.Round(100*time.Millisecond))
	}
	for _, r := range all {
		for _, f := range r.findings {
			printf("\n%s, %v\n", r.rig, f)
			err = errFound
		}
	}
	return err
}
