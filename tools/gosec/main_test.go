package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// module makes a module of one file that reads a file whose name it is given, with
// a comment above.
func module(t *testing.T, comment string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module faulty\n\ngo 1.26.0\n",
		"faulty.go": "package faulty\n\nimport \"os\"\n\nfunc read(name string) ([]byte, error) {\n" +
			comment + "\treturn os.ReadFile(name)\n}\n\nvar _ = read\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestAFaultIsFoundUnlessItIsExceptedForAReason(t *testing.T) {
	t.Parallel()
	const fault = "faulty.go:6: G304"
	for comment, want := range map[string][]string{
		"": {fault},
		"\t// #nosec G304 -- its caller chose it\n": nil,
		"\t// #nosec G304\n":                        {"faulty.go:7: G304", "justification"},
		"\t// #nosec -- its caller chose it\n":      {"faulty.go:7: G304", "rule"},
		"\t// #nosec G115 -- another rule\n":        {"faulty.go:7: G304"},
	} {
		found, err := run([]string{module(t, comment)})
		if err != nil {
			t.Fatal(err)
		}
		if all := strings.Join(found, "\n"); len(found) != len(want) || !containsAll(all, want) {
			t.Errorf("with %q it finds\n%s\nwant %q", comment, all, want)
		}
	}
}

func containsAll(text string, parts []string) bool {
	for _, part := range parts {
		if !strings.Contains(text, part) {
			return false
		}
	}
	return true
}

func TestWhatCannotBeLookedAtIsAnError(t *testing.T) {
	t.Parallel()
	broken := module(t, "\tno go\n")
	for what, dirs := range map[string][]string{"nothing": nil, "no module": {t.TempDir()}, "no Go": {broken}} {
		if found, err := run(dirs); err == nil {
			t.Errorf("%s: no error, and %q is found", what, found)
		}
	}
}
