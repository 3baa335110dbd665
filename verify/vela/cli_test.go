package vela

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// update writes the files that tests compare with anew.
var update = flag.Bool("update", false, "write the files that tests compare with")

// top is the top of the repository.
const top = "../.."

// component is the file of the component definition, without its extension.
const component = top + "/deploy/kubevela/definitions/aws-dynamodb-simple-kro"

// command returns the path of the vela command, which the go command builds from
// the release in go.mod and keeps.
var command = sync.OnceValues(func() (string, error) {
	return output(exec.Command("go", "tool", "-n", "cli"))
})

// module returns the folder of KubeVela's source.
var module = sync.OnceValues(func() (string, error) {
	return output(exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/oam-dev/kubevela"))
})

func output(cmd *exec.Cmd) (string, error) {
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	return strings.TrimSpace(string(out)), err
}

// noCluster is a kubeconfig that is valid and leads nowhere: without one the
// command ends with exit code 1 and no word, even where it needs no cluster.
const noCluster = `
apiVersion: v1
kind: Config
current-context: none
contexts: [{name: none, context: {cluster: none, user: none}}]
clusters: [{name: none, cluster: {server: "https://127.0.0.1:1"}}]
users: [{name: none, user: {}}]
`

// vela runs the command and returns what it writes to standard output.
func vela(t *testing.T, args ...string) (string, error) {
	t.Helper()
	path, err := command()
	if err != nil {
		t.Fatalf("the vela command does not build: %v", err)
	}
	home := t.TempDir() // it writes into its user's home
	config := filepath.Join(home, "kubeconfig")
	if err := os.WriteFile(config, []byte(noCluster), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Env = append(os.Environ(), "HOME="+home, "KUBECONFIG="+config)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("vela %s: %w\n%s%s", strings.Join(args, " "), err, &stdout, &stderr)
	}
	return stdout.String(), nil
}

func mustVela(t *testing.T, args ...string) string {
	t.Helper()
	out, err := vela(t, args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// golden fails t where got is not what file holds, or writes it there.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if read(t, file) != got {
		t.Errorf("it is not what %s holds (go test . -update writes it anew):\n%s", file, got)
	}
}
