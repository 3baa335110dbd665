package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

func TestMain(m *testing.M) {
	// The rig starts its table by calling itself, which here is the test.
	if len(os.Args) > 1 && os.Args[1] == tableCommand {
		if err := serveTable(os.Args[2:], os.Stdin, os.Stdout); err != nil {
			panic(err)
		}
		return
	}
	os.Exit(m.Run())
}

// TestAShortRunMeasures says nothing of what is measured: a machine that others use
// must not fail it.
func TestAShortRunMeasures(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	args := []string{"-only", "32 at once in 40 ms", "-for", "200ms", "-rounds", "1", "-times", "2"}
	if err := command(t.Context(), args, &out); err != nil {
		t.Fatal(err)
	}
	for _, limit := range cases[0].limits {
		if !strings.Contains(out.String(), "| table, 32 at once in 40 ms | "+limit+" | ") {
			t.Errorf("MAX_INFLIGHT=%s is missing in\n%s", limit, &out)
		}
	}
}
