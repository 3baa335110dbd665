package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
)

// upload is a request whose body the test holds back.
type upload struct {
	conn net.Conn
	in   *bufio.Reader
	rest string
}

// beginUpload sends the header of a request that creates a session, and returns
// when the server asks for the body: from then on the request runs.
func beginUpload(t *testing.T, s *server) *upload {
	t.Helper()
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	body := createBody("ada", `"held back"`)
	if _, err := fmt.Fprintf(conn, "POST /sessions HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n"+
		"Content-Length: %d\r\nExpect: 100-continue\r\n\r\n", len(body)); err != nil {
		t.Fatal(err)
	}
	u := &upload{conn: conn, in: bufio.NewReader(conn), rest: body}
	// RFC 9110 section 10.1.1: the interim answer comes when the body is wanted.
	if line, err := u.in.ReadString('\n'); err != nil || !strings.Contains(line, " 100 ") {
		t.Fatalf("the server does not ask for the body: %q, %v", line, err)
	}
	if _, err := u.in.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	return u
}

// finish sends the body and returns the answer.
func (u *upload) finish(t *testing.T) answer {
	t.Helper()
	if _, err := io.WriteString(u.conn, u.rest); err != nil {
		t.Fatal(err)
	}
	return u.answer(t)
}

// answer waits for the answer.
func (u *upload) answer(t *testing.T) answer {
	t.Helper()
	response, err := http.ReadResponse(u.in, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, text}
}

func TestAStopLetsTheRunningRequestFinishAndTurnsOthersAway(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	// The delay leaves a loaded machine time to be asked; the request must
	// outlive it.
	s := serveOn(t, dir, "SHUTDOWN_DELAY=2s", "SHUTDOWN_GRACE=1m", "REQUEST_TIMEOUT=1m")
	running := beginUpload(t, s)
	s.signal(syscall.SIGTERM)

	var notReady answer
	eventually(t, "/ready says no", func() bool {
		a, err := s.try("GET", "/ready", "")
		notReady = a
		return err == nil && a.status == 503
	})
	if got := decode[struct{ Status string }](t, notReady).Status; got != "not_ready" {
		t.Errorf("/ready says %q", got)
	}
	s.call(200, "GET", "/health", "")
	s.create("bob", "1") // what comes while load balancers turn away is served

	s.client.CloseIdleConnections()
	eventually(t, "new connections are refused", func() bool {
		conn, err := net.Dial("tcp", s.addr)
		if err == nil {
			_ = conn.Close()
		}
		return err != nil
	})
	select {
	case <-s.exited:
		t.Fatal("the process ended before the request did")
	default:
	}
	finished := running.finish(t)
	if finished.status != 201 {
		t.Fatalf("the running request is answered %d: %s", finished.status, finished.body)
	}
	if code := s.exitCode(); code != exitOK {
		t.Errorf("exit code %d", code)
	}
	id := decode[record](t, finished).SessionID
	if got := serveOn(t, dir).get(id); string(got.Data) != `"held back"` {
		t.Errorf("after the restart the session has %s", got.Data)
	}
}

func TestABodyThatNeverComesIsAnsweredAtTheDeadline(t *testing.T) {
	t.Parallel()
	s := serveOn(t, t.TempDir(), "REQUEST_TIMEOUT=50ms")
	if a := beginUpload(t, s).answer(t); a.status != 408 || !strings.Contains(string(a.body), "50ms") {
		t.Errorf("answered %d: %s", a.status, a.body)
	}
}

func TestAnInterruptStopsAsSIGTERMDoes(t *testing.T) {
	t.Parallel()
	s := serveOn(t, t.TempDir(), "SHUTDOWN_DELAY=0s")
	s.create("ada", "1")
	s.signal(syscall.SIGINT)
	if code := s.exitCode(); code != exitOK || s.stderr.String() != "" {
		t.Errorf("exit code %d, %q", code, s.stderr)
	}
	s.logLine("stopped")
}

func TestARequestThatOutlivesTheGraceIsCutAndTheRestIsKept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := serveOn(t, dir, "SHUTDOWN_DELAY=0s", "SHUTDOWN_GRACE=50ms", "REQUEST_TIMEOUT=1m")
	kept := s.create("ada", `"kept"`)
	hanging := beginUpload(t, s)
	s.signal(syscall.SIGTERM)
	if code := s.exitCode(); code != exitFailed {
		t.Errorf("exit code %d", code)
	}
	s.wantSentence("SHUTDOWN_GRACE (--shutdown-grace)")
	if rest, _ := io.ReadAll(hanging.in); strings.Contains(string(rest), "201") {
		t.Errorf("the request that was cut is answered %s", rest)
	}
	again := serveOn(t, dir)
	again.get(kept.SessionID)
	if all := again.all("/sessions", "10"); len(all) != 1 {
		t.Errorf("there are %d sessions", len(all))
	}
}

func TestASecondSignalEndsTheProcessAtOnce(t *testing.T) {
	t.Parallel()
	s := serveOn(t, t.TempDir(), "SHUTDOWN_DELAY=5m", "SHUTDOWN_GRACE=1h", "REQUEST_TIMEOUT=5m")
	beginUpload(t, s)
	s.signal(syscall.SIGTERM)
	s.logLine("stopping")
	s.signal(syscall.SIGTERM)
	if code := s.exitCode(); code != exitFailed {
		t.Errorf("exit code %d", code)
	}
	s.wantSentence("second signal")
}
