package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience bounds every wait of these tests. It is far above what the slowest
// machine needs, because reaching it is a failure.
const patience = time.Minute

// The version that the program under test is built with.
const (
	builtVersion = "v9.8.7"
	builtCommit  = "c0ffee0"
)

var buildDir string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "session-api-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	buildDir = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// build builds the program, once for all tests.
var build = sync.OnceValues(func() (string, error) {
	binary := filepath.Join(buildDir, "session-api")
	args := append([]string{"build", "-o", binary, "-ldflags",
		"-X main.version=" + builtVersion + " -X main.commit=" + builtCommit}, raceFlags...)
	out, err := exec.Command("go", append(args, ".")...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return binary, nil
})

// program is one run of the built program.
type program struct {
	t      *testing.T
	cmd    *exec.Cmd
	stdout *output
	stderr *output
	exited chan struct{} // closed when the process has ended
}

// launch starts the program with args and, of the environment, variables only.
// The test ends it if it has not ended before.
func launch(t *testing.T, args []string, variables ...string) *program {
	t.Helper()
	binary, err := build()
	if err != nil {
		t.Fatalf("the program does not build: %v", err)
	}
	p := &program{
		t: t, cmd: exec.Command(binary, args...),
		stdout: newOutput(), stderr: newOutput(), exited: make(chan struct{}),
	}
	p.cmd.Dir = t.TempDir()
	p.cmd.Env = append(variables, "GORACE=atexit_sleep_ms=0") // it would take a second to end
	p.cmd.Stdout, p.cmd.Stderr = p.stdout, p.stderr
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.exited)
		_ = p.cmd.Wait() // the exit code says what there is to know
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		<-p.exited
		if strings.Contains(p.stderr.String(), "DATA RACE") {
			t.Error("the program has a data race")
		}
		if t.Failed() {
			t.Logf("%s\nstdout:\n%sstderr:\n%s", p.cmd, p.stdout, p.stderr)
		}
	})
	return p
}

// signal sends sig to the process.
func (p *program) signal(sig os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
		p.t.Fatal(err)
	}
}

// exitCode waits for the end of the process and returns its exit code; -1 if a
// signal ended it.
func (p *program) exitCode() int {
	p.t.Helper()
	select {
	case <-p.exited:
	case <-time.After(patience):
		p.t.Fatal("the process does not end")
	}
	return p.cmd.ProcessState.ExitCode()
}

// output is what a process has written so far.
type output struct {
	mu      sync.Mutex
	text    bytes.Buffer
	changed chan struct{} // closed, and replaced, with every write
}

func newOutput() *output { return &output{changed: make(chan struct{})} }

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	close(o.changed)
	o.changed = make(chan struct{})
	return o.text.Write(p)
}

func (o *output) String() string {
	text, _ := o.now()
	return text
}

func (o *output) now() (text string, changed <-chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String(), o.changed
}

// logLine waits until the process has logged msg and returns that line's fields.
func (p *program) logLine(msg string) map[string]any {
	p.t.Helper()
	timeout := time.After(patience)
	for {
		text, changed := p.stdout.now()
		if line := findLine(text, msg); line != nil {
			return line
		}
		select {
		case <-changed:
		case <-p.exited:
			if findLine(p.stdout.String(), msg) == nil {
				p.t.Fatalf("the process ended without logging %q", msg)
			}
		case <-timeout:
			p.t.Fatalf("the process does not log %q", msg)
		}
	}
}

// findLine returns the fields of the first whole line that logs msg, or nil.
func findLine(text, msg string) map[string]any {
	for line := range strings.Lines(text) {
		var fields map[string]any
		if strings.HasSuffix(line, "\n") && json.Unmarshal([]byte(line), &fields) == nil && fields["msg"] == msg {
			return fields
		}
	}
	return nil
}
