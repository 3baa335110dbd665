package wrk

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const good = "Running 3s test @ http://127.0.0.1:1/\nfigures requests=1000 micros=2000000 p50=120 p99=3400 failed=10 broken=2 late=1\n"

func TestTheLineOfFiguresIsRead(t *testing.T) {
	t.Parallel()
	got, err := parse([]byte(good))
	want := Result{
		Requests: 1000, Elapsed: 2 * time.Second, P50: 120 * time.Microsecond, P99: 3400 * time.Microsecond,
		Failed: 10, Broken: 2, Late: 1,
	}
	if err != nil || got != want {
		t.Fatalf("got %+v, %v; want %+v", got, err, want)
	}
	if got.PerSecond() != 495 {
		t.Errorf("%v good answers a second; want 495", got.PerSecond())
	}
	if bad := got.Bad(); bad != 11.0/1001 {
		t.Errorf("the share of bad ones is %v; want 11 of 1001", bad)
	}
}

func TestOutputWithoutFiguresIsAnErrorThatShowsIt(t *testing.T) {
	t.Parallel()
	for _, out := range []string{"unable to connect to 127.0.0.1:1", "figures requests=many\n", strings.Replace(good, "requests=1000", "requests=0", 1)} {
		if _, err := parse([]byte(out)); err == nil {
			t.Errorf("%q was taken for figures", out)
		}
	}
	if _, err := parse([]byte("unable to connect")); err == nil || !strings.Contains(err.Error(), "unable to connect") {
		t.Errorf("the error is %v", err)
	}
}

func TestARoundTakesWholeSeconds(t *testing.T) {
	t.Parallel()
	for _, d := range []time.Duration{0, 500 * time.Millisecond, 1500 * time.Millisecond} {
		if _, err := (Generator{}).Run(t.Context(), Plan{}, Load{Duration: d}); err == nil || !strings.Contains(err.Error(), "whole seconds") {
			t.Errorf("%v: the error is %v", d, err)
		}
	}
}

func TestAPlanHasTheBytesOfEachRequest(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, err := NewPlan(dir, Kind{Weight: 90, Requests: [][]byte{[]byte("GET /a\r\n\r\n"), []byte("GET /\n")}}, Kind{Weight: 1, Requests: [][]byte{[]byte("x")}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(dir, "requests"))
	if want := "90 2\n10\nGET /a\r\n\r\n6\nGET /\n1 1\n1\nx"; err != nil || string(got) != want {
		t.Errorf("the file has %q, %v; want %q", got, err, want)
	}
}
