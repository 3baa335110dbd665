package browser

import (
	"bufio"
	"encoding/json"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// startServer builds the server, starts it as a person would, on a free port
// with an empty data directory, and returns the URL that the browser has for it.
// It is stopped at the end of the test.
func startServer(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "session-api")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "./cmd/session-api")
	build.Dir = filepath.Join("..", "..")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the server: %v\n%s", err, out)
	}

	server := exec.Command(binary)
	server.Env = append(os.Environ(),
		"HOST=127.0.0.1", "PORT=0", "SESSION_STORE=embedded", "DATA_DIR="+filepath.Join(t.TempDir(), "data"),
		"LOG_FORMAT=json", "LOG_LEVEL=info", "SHUTDOWN_DELAY=0s")
	logs, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	server.Stderr = t.Output()
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, server, logs) })
	_, port, err := net.SplitHostPort(awaitAddress(t, logs))
	if err != nil {
		t.Fatal(err)
	}
	return "http://" + net.JoinHostPort(hostname, port)
}

// awaitAddress reads the log until the line that says where the server listens.
func awaitAddress(t *testing.T, logs io.Reader) string {
	t.Helper()
	lines := bufio.NewScanner(logs)
	for lines.Scan() {
		var line struct{ Addr string }
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Addr != "" {
			return line.Addr
		}
		t.Logf("server: %s", lines.Text())
	}
	t.Fatalf("the server's log ended without an address: %v", lines.Err())
	return ""
}

// stop ends the server as an orchestrator would and expects a clean exit.
func stop(t *testing.T, server *exec.Cmd, logs io.Reader) {
	t.Helper()
	if err := server.Process.Signal(syscall.SIGTERM); err != nil {
		t.Errorf("signalling the server: %v", err)
	}
	// A full pipe would block the server; Wait closes it.
	if _, err := io.Copy(io.Discard, logs); err != nil {
		t.Errorf("reading the server's log: %v", err)
	}
	if err := server.Wait(); err != nil {
		t.Errorf("the server did not stop cleanly: %v", err)
	}
}
