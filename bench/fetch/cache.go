// Package fetch owns the programs and packages that contenders need and this
// module does not bring: Debian's wrk and Redis, Python packages, Node packages.
// They are installed at their pinned versions into session-api-bench/ in the
// user's cache directory (XDG_CACHE_HOME on Linux), one folder each, without
// being root. The errors say in one sentence what is missing.
package fetch

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// completeMark is the file that an installed folder ends with. A folder without
// it is what an installation left that was cut short.
const completeMark = "complete"

// installWithin bounds one installation.
const installWithin = 10 * time.Minute

// folder returns the folder of what install fills it with, which happens once for
// each name and version. Processes that want the same one install it once.
func folder(ctx context.Context, name string, version []byte, install func(ctx context.Context, dir string) error) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("what the bench installs is kept in the user's cache directory, and there is none (%w); set HOME", err)
	}
	sum := sha256.Sum256(version)
	dir := filepath.Join(cache, "session-api-bench", name+"-"+hex.EncodeToString(sum[:4]))
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return "", err
	}
	unlock, err := lock(dir + ".lock")
	if err != nil {
		return "", err
	}
	defer unlock()
	mark := filepath.Join(dir, completeMark)
	if _, err := os.Stat(mark); err == nil {
		return dir, nil
	}
	if err := os.RemoveAll(dir); err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, installWithin)
	defer cancel()
	if err := install(ctx, dir); err != nil {
		return "", err
	}
	return dir, os.WriteFile(mark, nil, 0o644)
}

// step runs one command of an installation in dir.
func step(ctx context.Context, dir string, argv ...string) error {
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Dir = dir
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 5 * time.Second
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", strings.Join(argv, " "), err, lastLines(out))
	}
	return nil
}

// lastLines returns the end of what a command printed, which has its reason.
func lastLines(out []byte) []byte {
	const enough = 600
	out = bytes.TrimSpace(out)
	return out[max(0, len(out)-enough):]
}

// need returns the path of a program, or a sentence that says how to have it.
func need(program, remedy string) (string, error) {
	path, err := exec.LookPath(program)
	if err != nil {
		return "", fmt.Errorf("%s is not on PATH: %s", program, remedy)
	}
	return path, nil
}
