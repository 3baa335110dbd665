package main

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"session-api/bench/wrk"
)

func TestMedianIsTheMiddleOne(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		of   []float64
		want float64
	}{{nil, 0}, {[]float64{3}, 3}, {[]float64{9, 1, 5}, 5}, {[]float64{4, 1, 3, 2}, 3}} {
		if got := median(c.of); got != c.want {
			t.Errorf("of %v it is %v; want %v", c.of, got, c.want)
		}
	}
}

func TestARatioIsTheMedianOfTheRoundsRatios(t *testing.T) {
	t.Parallel()
	tallyOf := func(perSecond ...int) (t tally) {
		for _, n := range perSecond {
			t = append(t, round{Result: wrk.Result{Requests: n, Elapsed: time.Second}})
		}
		return t
	}
	// A machine that is slow in one round is slow for both: 0.5, 0.4 and 0.9. The
	// medians of the two alone would give 400 / 1000.
	got := tallyOf(100, 400, 900).ratio(tallyOf(200, 1000, 1000), byThroughput)
	if got != 0.5 {
		t.Errorf("it is %v; want 0.5", got)
	}
}

func TestAProcessIsReadFromItsLine(t *testing.T) {
	t.Parallel()
	const line = "4242 (a (odd) name) S 17 4242 4242 0 -1 4194560 4000 10 0 0 150 50 7 3 20 0 9 0 12345 1000000 300 18446744073709551615 1 1 0\n"
	pid, got, err := parseStat([]byte(line))
	if err != nil || pid != 4242 || got.parent != 17 || got.cpu != 2100*time.Millisecond {
		t.Errorf("pid %d, %+v, %v; want 4242, parent 17, 2.1 s of CPU time with that of ended children", pid, got, err)
	}
	if got.resident%300 != 0 || got.resident == 0 {
		t.Errorf("%d bytes are no 300 pages", got.resident)
	}
	if _, _, err := parseStat([]byte("4242 (cut")); err == nil {
		t.Error("a line that is cut is read")
	}
}

func TestUsageIncludesWhatDescends(t *testing.T) {
	t.Parallel()
	onLinux(t)
	p, err := start("a shell", nil, nil, "sh", "-c", `sleep 600 & echo '{"msg":"listening","addr":"nowhere"}'; wait`)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.stop(syscall.SIGKILL) })
	all, err := readStats()
	if err != nil {
		t.Fatal(err)
	}
	shell := all[p.cmd.Process.Pid]
	if got, err := treeUsage(p.cmd.Process.Pid); err != nil || got.resident <= shell.resident {
		t.Errorf("the shell and its child have %d bytes, %v; the shell alone has %d", got.resident, err, shell.resident)
	}
	if _, err := treeUsage(1 << 30); err == nil {
		t.Error("a process that is not there has usage")
	}
}

func TestSessionDataHasTheBytesThatWereAskedFor(t *testing.T) {
	t.Parallel()
	for _, n := range []int{100, 300, 301, 302, 1024, 10_240} {
		if got := len(sessionData(n)); got != n {
			t.Errorf("for %d bytes there are %d: %s", n, got, sessionData(n))
		}
	}
}

func TestWhatCannotBeChosenIsNamedWithWhatCan(t *testing.T) {
	t.Parallel()
	_, err := chosen("bare,rails")
	if err == nil || !strings.Contains(err.Error(), `"rails"`) || !strings.Contains(err.Error(), "embedded") {
		t.Errorf("the error is %v", err)
	}
	got, err := chosen("embedded, bare")
	if err != nil || len(got) != 2 || got[0].name != "embedded" {
		t.Errorf("got %v, %v; want the two in that order", got, err)
	}
	var bad error
	if numbers("1,x", &bad); bad == nil {
		t.Error("x is a number")
	}
	if parseWorkloads("get,fly", &bad); bad == nil {
		t.Error("fly is a workload")
	}
}

func TestFiguresAreShortToRead(t *testing.T) {
	t.Parallel()
	for got, want := range map[string]string{
		thousands(999): "999", thousands(1000): "1,000", thousands(1234567.6): "1,234,568",
		short(13100 * time.Nanosecond): "13.1 µs", short(123456 * time.Nanosecond): "123 µs", short(2340 * time.Microsecond): "2.3 ms",
		short(45600 * time.Microsecond): "46 ms", short(2500 * time.Millisecond): "2.5 s",
		bytesText(300): "300 B", bytesText(10240): "10 KB", count(12345): "12.3k", span(0.00123): "1.23 ms",
	} {
		if got != want {
			t.Errorf("got %q; want %q", got, want)
		}
	}
}

func TestATableSaysWhyAContenderIsNotInIt(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	cell{Workload: listing, Conns: 16, Size: 1000, Value: 300, Figures: []figures{
		{Name: "bare", Title: "bare net/http", PerSecond: 1000, P50: time.Millisecond, CPU: time.Millisecond, Throughput: 1, CPURatio: 1, P50Ratio: 1},
		{Name: "scs", Title: "scs + Redis", Why: "it has no such list"},
	}}.writeTable(&out)
	lines := strings.Split(out.String(), "\n")
	columns := -1
	for _, line := range lines {
		if strings.HasPrefix(line, "|") {
			if n := strings.Count(line, "|"); columns >= 0 && n != columns {
				t.Errorf("%q has %d columns; the line before %d", line, n, columns)
			}
			columns = strings.Count(line, "|")
		}
	}
	if !strings.Contains(out.String(), "scs + Redis: it has no such list.") {
		t.Errorf("the table does not say it:\n%s", out.String())
	}
}
