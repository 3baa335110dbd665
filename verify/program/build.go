package program

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

// Build builds session-api into dir, from the checkout that this module replaces it
// with, with further flags of "go build" as given, and returns the file's name.
func Build(ctx context.Context, dir string, flags ...string) (string, error) {
	main, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", "session-api").Output()
	if err != nil {
		return "", fmt.Errorf("go list finds no session-api: %w", withStderr(err))
	}
	binary := filepath.Join(dir, "session-api")
	cmd := exec.CommandContext(ctx, "go", append(append([]string{"build", "-o", binary}, flags...), "./cmd/session-api")...)
	cmd.Dir = strings.TrimSpace(string(main))
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("session-api does not build: %w\n%s", err, out)
	}
	return binary, nil
}

func withStderr(err error) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return fmt.Errorf("%w\n%s", err, exit.Stderr)
	}
	return err
}
