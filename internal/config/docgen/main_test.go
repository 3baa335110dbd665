package main

import (
	"os"
	"path/filepath"
	"testing"
)

const published = "../../../docs/configuration.md"

func TestTheConfigurationPageIsWhatTheStructSays(t *testing.T) {
	t.Parallel()
	fresh := filepath.Join(t.TempDir(), "configuration.md")
	if err := write(fresh); err != nil {
		t.Fatal(err)
	}
	want, got := read(t, fresh), read(t, published)
	if got != want {
		t.Errorf("docs/configuration.md is out of date; run: go generate ./internal/config")
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
