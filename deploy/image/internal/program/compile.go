// Package program owns the making of the binary: the Go command of the recipe, run so
// that nothing of the machine is left in what it writes.
package program

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"session-api/deploy/image/internal/recipe"
)

// LocalToolchain builds with the Go command at hand, whatever release it is.
const LocalToolchain = "local"

// PinnedToolchain names the release of Go that the recipe's base has. The Go command
// fetches it from the module proxy if it is another release itself.
func PinnedToolchain(r *recipe.Recipe) string { return "go" + r.GoRelease }

// Compile builds the program of the source tree at root and returns the binary.
func Compile(ctx context.Context, root string, r *recipe.Recipe, toolchain string) ([]byte, error) {
	env, err := environment(ctx, toolchain)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "session-api-image-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	binary := filepath.Join(dir, "program")
	args := append([]string{r.Compile.Args[0], "-o", binary}, r.Compile.Args[1:]...)
	if _, err := goCommand(ctx, root, append(env, r.Compile.Env...), args...); err != nil {
		return nil, err
	}
	return os.ReadFile(binary) // #nosec G304 -- in a directory of its own
}

// sources are the settings of the Go command that say where modules come from and
// where they are kept. They are the machine's; what they bring is checked by go.sum.
var sources = []string{
	"GOAUTH", "GOCACHE", "GOINSECURE", "GOMODCACHE", "GONOPROXY", "GONOSUMDB", "GOPATH", "GOPRIVATE", "GOPROXY", "GOSUMDB", "GOVCS",
}

// environment returns the variables of a build: the machine's, but of those of Go
// only the sources. Any other, from GOFLAGS to GOAMD64, could change the binary.
func environment(ctx context.Context, toolchain string) ([]string, error) {
	said, err := goCommand(ctx, "", os.Environ(), append([]string{"env", "-json"}, sources...)...)
	if err != nil {
		return nil, err
	}
	settings := map[string]string{}
	if err := json.Unmarshal(said, &settings); err != nil {
		return nil, err
	}
	var env []string
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "GO") && !strings.HasPrefix(variable, "CGO_") {
			env = append(env, variable)
		}
	}
	for name, value := range settings {
		env = append(env, name+"="+value)
	}
	// Without GOENV=off the file of "go env -w" would bring back what was left out.
	return append(env, "GOENV=off", "GOWORK=off", "GOTOOLCHAIN="+toolchain), nil
}

// goCommand runs the Go command in dir and returns what it says.
func goCommand(ctx context.Context, dir string, env []string, args ...string) ([]byte, error) {
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, "go", args...) // #nosec G204 -- the arguments are those of this package
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, env, &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, &stderr)
	}
	return stdout.Bytes(), nil
}
