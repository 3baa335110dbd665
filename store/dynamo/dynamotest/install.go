package dynamotest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"time"
)

// completeMark is the file that an installed folder ends with. A folder without
// it is what an installation left that was cut short.
const completeMark = "complete"

// Install puts server s into the user's cache directory, unless it is there, and
// returns its folder. Processes that want the same server at one time install it
// once. The errors say in one sentence what to install or to set.
func Install(ctx context.Context, s Server) (dir string, err error) {
	r, ok := recipes[s]
	if !ok {
		return "", fmt.Errorf("the test server %q cannot be installed; set %s to one that runs", s, EndpointVariable)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("test servers are kept in the user's cache directory, and there is none (%w); set HOME, or %s to a server that runs", err, EndpointVariable)
	}
	return installer{recipe: r, server: s, root: filepath.Join(cache, "session-api-tests")}.install(ctx)
}

// installer installs one server under root.
type installer struct {
	recipe
	server Server
	root   string
}

func (i installer) install(ctx context.Context) (string, error) {
	dir := filepath.Join(i.root, i.folder())
	if complete(dir) {
		return dir, nil
	}
	if err := os.MkdirAll(i.root, 0o750); err != nil {
		return "", fmt.Errorf("the folder of the test servers cannot be made: %w", err)
	}
	unlock, err := lock(ctx, dir+".lock")
	if err != nil {
		return "", err
	}
	defer unlock()
	if complete(dir) { // another process was faster
		return dir, nil
	}
	if _, err := exec.LookPath(i.tool); err != nil {
		return "", fmt.Errorf("the %s test server needs %s, which is not on PATH: %s, choose another with %s, or set %s to one that runs",
			i.server, i.tool, i.remedy, ServerVariable, EndpointVariable)
	}
	if err := i.build(ctx, dir); err != nil {
		return "", fmt.Errorf("the %s test server could not be installed into %s: %w", i.server, dir, err)
	}
	return dir, nil
}

func complete(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, completeMark))
	return err == nil
}

// build fills dir. It works in place, since a Python environment does not
// survive being moved.
func (i installer) build(ctx context.Context, dir string) error {
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	for name, content := range i.files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			return err
		}
	}
	for _, argv := range i.steps(dir) {
		if err := runStep(ctx, dir, argv); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(dir, completeMark), nil, 0o600)
}

// runStep runs one command, at low priority where there is "nice": a build of
// minutes must not slow down the tests beside it.
func runStep(ctx context.Context, dir string, argv []string) error {
	if nice, err := exec.LookPath("nice"); err == nil {
		argv = append([]string{nice, "-n", "10"}, argv...)
	}
	var output tail
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...) // #nosec G204 -- a step of recipes.go
	cmd.Dir = dir
	cmd.Stdout, cmd.Stderr = &output, &output
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 5 * time.Second
	err := cmd.Run()
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return errors.New(`the test run's time was over first; run "go run ./store/dynamo/dynamotest/prepare" once`)
	}
	if err != nil {
		return fmt.Errorf("%v: %w: %s", argv, err, &output)
	}
	return nil
}

// folder names what is installed by version and by a hash of the whole recipe,
// so that another pin or another flag is another folder.
func (i installer) folder() string {
	h := sha256.New()
	names := make([]string, 0, len(i.files))
	for name := range i.files {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		_, _ = fmt.Fprintf(h, "%s %q\n", name, i.files[name])
	}
	_, _ = fmt.Fprintf(h, "%q\n", i.steps("dir"))
	return fmt.Sprintf("%s-%s-%s", i.server, i.version, hex.EncodeToString(h.Sum(nil)[:4]))
}
