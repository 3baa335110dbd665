package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWhatCannotBeBuiltIsRefusedAtOnce(t *testing.T) {
	t.Setenv("SOURCE_DATE_EPOCH", "1770091506")
	strange := t.TempDir()
	if err := os.WriteFile(filepath.Join(strange, "Dockerfile"), []byte("FROM debian\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		args []string
		says string
	}{
		{"an argument that is no flag", []string{"v1.0.0"}, "nothing but flags"},
		{"a version that no tag can be", []string{"-commit", "c0ffee0", "-version", "v1.0.0+build"}, "v1.0.0+build"},
		{"a name that no image can have", []string{"-commit", "c0ffee0", "-name", "Session API"}, "Session API"},
		{"another Dockerfile", []string{"-commit", "c0ffee0", "-source", strange}, "the Dockerfile is not understood"},
		{"no Dockerfile", []string{"-commit", "c0ffee0", "-source", t.TempDir()}, "Dockerfile"},
		{"no git", []string{"-source", t.TempDir()}, "give -commit"},
	} {
		var said bytes.Buffer
		err := run(t.Context(), &said, append([]string{"-out", t.TempDir()}, test.args...))
		if err == nil || !strings.Contains(err.Error(), test.says) || said.Len() > 0 {
			t.Errorf("%s: error %v, said %q", test.name, err, &said)
		}
	}
}
