package image

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"session-api/verify/program"
)

// addressVariable names a service that runs, as a URL without a path.
const addressVariable = "SESSION_API_URL"

// tokenVariable holds an API key or a token with every scope, for a service that asks
// who calls.
const tokenVariable = "SESSION_API_TOKEN"

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
var build = sync.OnceValues(func() (string, error) { return program.Build(context.Background(), buildDir) })

// start starts the program on a free port, until t ends.
func start(t *testing.T) string {
	t.Helper()
	binary, err := build()
	if err != nil {
		t.Fatal(err)
	}
	server, err := program.Start(t.Context(), binary, []string{"SESSION_STORE=memory"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	return "http://" + server.Addr
}
