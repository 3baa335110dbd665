package dynamotest

import (
	"net"
	"net/http"
	"strings"
	"testing"
)

// launchFake starts the fake server for t.
func launchFake(t *testing.T) *Process {
	t.Helper()
	p, err := Launch(t.Context(), fakeServer)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	return p
}

func TestLaunchReturnsOnlyWhenTheServerServes(t *testing.T) {
	t.Parallel()
	resp, err := http.Get(launchFake(t).Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("the first request after it is answered with %d", resp.StatusCode)
	}
}

func TestTwoLaunchesAreTwoServers(t *testing.T) {
	t.Parallel()
	if a, b := launchFake(t), launchFake(t); a.Endpoint == b.Endpoint {
		t.Errorf("both are at %s", a.Endpoint)
	}
}

func TestStopEndsTheServerBeforeItReturns(t *testing.T) {
	t.Parallel()
	p := launchFake(t)
	p.Stop()
	select {
	case <-p.Exited():
	default:
		t.Error("Exited is not closed")
	}
	if conn, err := net.Dial("tcp", strings.TrimPrefix(p.Endpoint, "http://")); err == nil {
		_ = conn.Close()
		t.Error("its port is still open")
	}
	p.Stop() // a second one does nothing
}

func TestAServerThatEndsAtOnceIsReportedWithItsLastWords(t *testing.T) {
	t.Parallel()
	_, err := Launch(t.Context(), dyingServer)
	if err == nil {
		t.Fatal("no error")
	}
	for _, part := range []string{"dying", "ended at once", "the disk is made of cheese"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the error does not say %q: %v", part, err)
		}
	}
}

func TestTailKeepsTheEnd(t *testing.T) {
	t.Parallel()
	var kept tail
	for range 3 {
		if _, err := kept.Write([]byte(strings.Repeat("a", tailBytes))); err != nil {
			t.Fatal(err)
		}
	}
	_, _ = kept.Write([]byte("end"))
	if got := kept.String(); len(got) != tailBytes || !strings.HasSuffix(got, "aend") {
		t.Errorf("it keeps %d bytes that end with %q", len(got), got[len(got)-4:])
	}
}
