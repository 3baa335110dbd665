package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"session-api/store/dynamo/dynamotest"
)

// lab is what all experiments have in common: the built program and a DynamoDB
// server, on which each experiment has a table of its own.
type lab struct {
	dir     string
	program string
	backend *dynamotest.Process
}

// newLab builds the program, with further flags of "go build" as given, and
// starts the server.
//
// The server is always Dynoxide, whatever the environment of the tests says: the
// proxies before it break the signatures that AWS checks, and Moto looks at a
// condition and writes in two steps, so that it alone can lose updates.
func newLab(ctx context.Context, buildFlags ...string) (*lab, error) {
	dir, err := os.MkdirTemp("", "session-api-faults-")
	if err != nil {
		return nil, err
	}
	l := &lab{dir: dir}
	if l.program, err = build(ctx, dir, buildFlags); err == nil {
		l.backend, err = dynamotest.Launch(ctx, dynamotest.Dynoxide)
	}
	if err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

func (l *lab) close() {
	if l.backend != nil {
		l.backend.Stop()
	}
	_ = os.RemoveAll(l.dir)
}

// build builds session-api from the checkout that this module replaces it with.
func build(ctx context.Context, dir string, flags []string) (string, error) {
	main, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", "session-api").Output()
	if err != nil {
		return "", fmt.Errorf("go list finds no session-api: %w", withStderr(err))
	}
	program := filepath.Join(dir, "session-api")
	cmd := exec.CommandContext(ctx, "go", append(append([]string{"build", "-o", program}, flags...), "./cmd/session-api")...)
	cmd.Dir = strings.TrimSpace(string(main))
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("session-api does not build: %w\n%s", err, out)
	}
	return program, nil
}

func withStderr(err error) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return fmt.Errorf("%w\n%s", err, exit.Stderr)
	}
	return err
}
