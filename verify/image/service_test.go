package image

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// addressVariable names a service that runs, as a URL without a path.
const addressVariable = "SESSION_API_URL"

// address returns the URL of the service that is driven.
func address(t *testing.T) string {
	t.Helper()
	if given := os.Getenv(addressVariable); given != "" {
		return strings.TrimRight(given, "/")
	}
	return start(t)
}

// start builds the program and starts it on a free port, until t ends.
func start(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "session-api")
	if said, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "session-api/cmd/session-api").CombinedOutput(); err != nil {
		t.Fatalf("the program does not build: %v\n%s", err, said)
	}
	server := exec.Command(binary)
	server.Env = []string{"SESSION_STORE=memory", "PORT=0", "SHUTDOWN_DELAY=0s"}
	server.Stderr = os.Stderr
	said, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Signal(syscall.SIGTERM)
		if err := server.Wait(); err != nil {
			t.Errorf("the server does not stop in good order: %v", err)
		}
	})
	lines := bufio.NewScanner(said)
	for lines.Scan() {
		var line struct{ Msg, Addr string }
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "listening" {
			go func() { _, _ = io.Copy(io.Discard, said) }() // a full pipe would stop it
			return "http://" + line.Addr
		}
	}
	t.Fatal("the server ends without listening")
	return ""
}
