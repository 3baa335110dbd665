package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// dataKeysCommand runs session-api data-keys with args on the file, and returns what
// it says and its exit code.
func dataKeysCommand(file string, args ...string) (said string, code int) {
	var out bytes.Buffer
	p := process{
		args: append([]string{"data-keys"}, args...), stdout: &out, stderr: &out,
		env: func(name string) (string, bool) { return file, name == "DATA_KEYS_FILE" && file != "" },
	}
	code = p.run()
	return out.String(), code
}

func mustChangeKeys(t *testing.T, file string, args ...string) (said string) {
	t.Helper()
	said, code := dataKeysCommand(file, args...)
	if code != exitOK {
		t.Fatalf("data-keys %v ends with %d: %s", args, code, said)
	}
	return said
}

var aNumber = regexp.MustCompile(`\d+`)

func TestTheKeysOfDataAreChangedByCommands(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "data-keys.json")
	first := aNumber.FindString(mustChangeKeys(t, file, "new"))
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v", info, err)
	}
	if err := os.Chmod(file, 0o640); err != nil {
		t.Fatal(err)
	}
	second := aNumber.FindString(mustChangeKeys(t, file, "add"))
	if said, want := mustChangeKeys(t, file, "list"), first+" reads and encrypts\n"+second+" reads\n"; said != want {
		t.Errorf("the keys are\n%swant\n%s", said, want)
	}
	mustChangeKeys(t, file, "promote", "--key", second)
	if said, code := dataKeysCommand(file, "remove", "--key", second); code != exitFailed || !strings.Contains(said, "primary") {
		t.Errorf("removing the key that encrypts ends with %d: %s", code, said)
	}
	mustChangeKeys(t, file, "remove", "--key="+first)
	if said, want := mustChangeKeys(t, file, "list"), second+" reads and encrypts\n"; said != want {
		t.Errorf("the keys are\n%swant\n%s", said, want)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the file is %v, %v; its mode was changed by a person", info, err)
	}
	if left, err := os.ReadDir(filepath.Dir(file)); err != nil || len(left) != 1 {
		t.Errorf("beside the file are %v, %v", left, err)
	}
	keys, err := readDataKeys(file)
	if err != nil || keys == nil {
		t.Errorf("a server reads them with the error %v", err)
	}
}

func TestACommandThatCannotChangeTheKeysChangesNothing(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "data-keys.json")
	mustChangeKeys(t, file, "new")
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	secret := string(before[len(before)/2 : len(before)/2+16])
	other := fileWith(t, "hunter2")
	for _, test := range []struct {
		file string
		args []string
		code int
		want string
	}{
		{file, []string{"new"}, exitFailed, "is there already"},
		{file, []string{"promote", "--key=1"}, exitFailed, "no key 1"},
		{file, []string{"remove", "--key=1"}, exitFailed, "no key 1"},
		{file, []string{"promote"}, exitUsage, "--key"},
		{file, []string{"promote", "--key=0"}, exitUsage, "--key"},
		{file, []string{"promote", "--key=4294967296"}, exitUsage, "--key"},
		{"", []string{"new"}, exitUsage, "DATA_KEYS_FILE"},
		{"", []string{"list"}, exitUsage, "DATA_KEYS_FILE"},
		{other, []string{"add"}, exitFailed, "is no keyset"},
		{filepath.Join(t.TempDir(), "none"), []string{"add"}, exitFailed, "no such file"},
		{filepath.Join(t.TempDir(), "none", "none"), []string{"new"}, exitFailed, "no such file"},
	} {
		said, code := dataKeysCommand(test.file, test.args...)
		if code != test.code || !strings.Contains(said, test.want) || strings.Contains(said, "hunter2") || strings.Contains(said, secret) {
			t.Errorf("%v of %q ends with %d: %s", test.args, test.file, code, said)
		}
	}
	if after, err := os.ReadFile(file); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the file has changed, %v", err)
	}
}
