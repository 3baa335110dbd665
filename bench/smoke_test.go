package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestMain lets the test binary play the Go servers, as the program itself does.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && !strings.HasPrefix(os.Args[1], "-") {
		if err := run(context.Background(), os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// onLinux skips a test elsewhere: CPU time and memory are read from /proc.
func onLinux(t *testing.T) {
	t.Helper()
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("the bench measures on Linux only")
	}
}

// A comparison of the servers that are written in Go and need no installation,
// short, from end to end. It measures nothing that anybody should believe.
func TestAComparisonMeasuresEveryGoContender(t *testing.T) {
	t.Parallel()
	onLinux(t)
	dir := t.TempDir()
	const names = "bare,embedded,naive-stub,dynamodb-stub"
	err := run(t.Context(), []string{
		"compare", "-contenders", names, "-workload", "get,mixed", "-conns", "4", "-size", "40", "-rounds", "1", "-for", "1s",
		"-delay", "1ms", "-out", dir,
	})
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "figures.json"))
	if err != nil {
		t.Fatal(err)
	}
	var cells []cell
	if err := json.Unmarshal(text, &cells); err != nil || len(cells) != 2 {
		t.Fatalf("%d cells, %v; want 2", len(cells), err)
	}
	for _, c := range cells {
		for _, f := range c.Figures {
			if f.Why != "" || f.PerSecond <= 0 || f.P99 < f.P50 || f.CPU <= 0 || f.CPU > time.Second || f.Memory == 0 {
				t.Errorf("%s, %s: %+v", c.Workload, f.Title, f)
			}
		}
		if len(c.Figures) != 4 {
			t.Errorf("%s has %d contenders; want 4", c.Workload, len(c.Figures))
		}
	}
	for _, file := range []string{"tables.md", "get-40-sessions-300-bytes.svg"} {
		if info, err := os.Stat(filepath.Join(dir, file)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// The cost of statements, short. What a server makes of them needs an installation.
func TestTheCostOfStatementsIsMeasured(t *testing.T) {
	t.Parallel()
	onLinux(t)
	if err := costOfStatements(t.Context(), settings{rounds: 1, value: 300}); err != nil {
		t.Fatal(err)
	}
}
