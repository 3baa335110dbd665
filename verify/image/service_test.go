package image

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
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

var buildDir string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "session-api-image-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	buildDir = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// build builds the program, once for all tests.
var build = sync.OnceValues(func() (string, error) {
	binary := filepath.Join(buildDir, "session-api")
	compile := exec.Command("go", "build", "-o", binary, "./cmd/session-api")
	compile.Dir = "../.." // where its own go.mod says which modules it is made of
	said, err := compile.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("the program does not build: %w\n%s", err, said)
	}
	return binary, nil
})

// start starts the program on a free port, until t ends.
func start(t *testing.T) string {
	t.Helper()
	binary, err := build()
	if err != nil {
		t.Fatal(err)
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
