package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

// graceful is how long a program may take to end when it is asked to.
const graceful = 10 * time.Second

// process is a program that runs until the cluster stops it.
type process struct {
	name   string
	cmd    *exec.Cmd
	log    string // the file of what it writes
	exited chan struct{}
}

// start runs a program beside the others, with the variables of all and env; what
// it writes goes to a file of its name. stop ends it.
func (c *cluster) start(name string, env []string, args ...string) (*process, error) {
	path := filepath.Join(c.dir, name+".log")
	log, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	return c.startInto(log, path, name, append(c.env(), env...), args...)
}

// startInto is start with nothing but env, and with another place for the log,
// which can be read at path.
func (c *cluster) startInto(log io.WriteCloser, path, name string, env []string, args ...string) (*process, error) {
	p := &process{name: name, log: path, exited: make(chan struct{})}
	p.cmd = exec.Command(c.programs[name], args...)
	p.cmd.Dir, p.cmd.Env = c.dir, env
	p.cmd.Stdout, p.cmd.Stderr = log, log
	if err := p.start(log); err != nil {
		return nil, fmt.Errorf("%s does not start: %w", name, err)
	}
	c.processes = append(c.processes, p)
	return p, nil
}

// start keeps the thread that makes the child until that has ended: Linux ends
// the child with it, so that a run that is killed leaves nothing behind.
func (p *process) start(log io.Closer) error {
	endWithParent(p.cmd)
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := p.cmd.Start()
		started <- err
		if err == nil {
			_ = p.cmd.Wait() // a program that ends too early is seen by who needs it
		}
		_ = log.Close()
		close(p.exited)
	}()
	return <-started
}

// end stops one program before the others.
func (c *cluster) end(p *process) {
	c.processes = slices.DeleteFunc(c.processes, func(other *process) bool { return other == p })
	p.stop()
}

// stop asks the program to end, and makes it.
func (p *process) stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // fails only if it has ended already
	select {
	case <-p.exited:
	case <-time.After(graceful):
		_ = p.cmd.Process.Kill()
		<-p.exited
	}
}

// alive returns an error with the program's last words if it has ended.
func (p *process) alive() error {
	select {
	case <-p.exited:
		return fmt.Errorf("%s has ended by itself; its last words:\n%s", p.name, lastWords(p.log))
	default:
		return nil
	}
}

// lastWords returns the end of a file.
func lastWords(path string) string {
	const lines = 15
	text, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	all := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
