package fetch

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// alone gives the test a cache directory of its own.
func alone(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"XDG_CACHE_HOME", "HOME"} {
		t.Setenv(name, dir)
	}
}

func TestAFolderIsInstalledOnceForEachVersion(t *testing.T) {
	alone(t)
	installed := 0
	install := func(_ context.Context, dir string) error {
		installed++
		return os.WriteFile(filepath.Join(dir, "program"), nil, 0o644)
	}
	for _, want := range []struct {
		version string
		times   int
	}{{"1", 1}, {"1", 1}, {"2", 2}} {
		dir, err := folder(t.Context(), "thing", []byte(want.version), install)
		if err != nil || installed != want.times {
			t.Fatalf("version %s: installed %d times, %v; want %d", want.version, installed, err, want.times)
		}
		if _, err := os.Stat(filepath.Join(dir, "program")); err != nil {
			t.Error(err)
		}
	}
}

func TestAnInstallationThatFailedIsBegunAnew(t *testing.T) {
	alone(t)
	cause := errors.New("no network")
	_, err := folder(t.Context(), "thing", nil, func(_ context.Context, dir string) error {
		return errors.Join(os.WriteFile(filepath.Join(dir, "half"), nil, 0o644), cause)
	})
	if !errors.Is(err, cause) {
		t.Fatalf("the error is %v", err)
	}
	dir, err := folder(t.Context(), "thing", nil, func(context.Context, string) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "half")); err == nil {
		t.Error("what the failed one left is still there")
	}
}

func TestAMissingToolIsNamedWithItsRemedy(t *testing.T) {
	alone(t)
	t.Setenv("PATH", t.TempDir())
	pins := filepath.Join(t.TempDir(), "requirements.txt")
	if err := os.WriteFile(pins, []byte("flask==3.1.3\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := Python(t.Context(), "flask", pins)
	if err == nil || !strings.Contains(err.Error(), "install Python") {
		t.Errorf("the error is %v", err)
	}
	_, err = Debian(t.Context(), "wrk", "wrk")
	if err == nil || !strings.Contains(err.Error(), "install the package wrk") {
		t.Errorf("the error is %v", err)
	}
}
