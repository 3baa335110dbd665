package dynamotest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"time"
)

const (
	// startTimeout bounds one start; the slowest server needs about two seconds
	// on an idle machine.
	startTimeout = 60 * time.Second
	// askEvery is the pause between two looks at a server that starts.
	askEvery = 10 * time.Millisecond
)

// Process is a running server. It keeps everything in memory, so its end is the
// end of its tables.
type Process struct {
	// Endpoint is its URL, "http://127.0.0.1:<port>".
	Endpoint string

	cmd    *exec.Cmd
	log    tail
	exited chan struct{}
	stop   sync.Once
}

// Launch installs s where needed, starts it on a free loopback port and returns
// when it answers. Tests want Start or Shared instead, which end it too. The
// errors say in one sentence what to do.
func Launch(ctx context.Context, s Server) (*Process, error) {
	dir, err := Install(ctx, s)
	if err != nil {
		return nil, err
	}
	// A free port is found by opening and closing it. Until the server holds it
	// nobody does, so starts of all processes take turns.
	unlock, err := lock(ctx, filepath.Join(filepath.Dir(dir), "start.lock"))
	if err != nil {
		return nil, err
	}
	defer unlock()
	const tries = 3 // an outgoing connection may still take the port
	for range tries {
		var p *Process
		if p, err = launchOn(ctx, s, dir); err == nil || !errors.Is(err, errEnded) {
			return p, err
		}
	}
	return nil, err
}

var errEnded = errors.New("it ended at once")

func launchOn(ctx context.Context, s Server, dir string) (*Process, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	argv := recipes[s].run(dir, strconv.Itoa(port))
	p := &Process{
		Endpoint: "http://" + net.JoinHostPort("127.0.0.1", strconv.Itoa(port)),
		cmd:      exec.Command(argv[0], argv[1:]...), // #nosec G204 -- a recipe of recipes.go
		exited:   make(chan struct{}),
	}
	p.cmd.Stdout, p.cmd.Stderr = &p.log, &p.log
	if err := p.start(); err != nil {
		return nil, fmt.Errorf("the %s test server cannot be started, remove %s to have it installed anew: %w", s, dir, err)
	}
	if err := p.awaitAnswer(ctx); err != nil {
		p.Stop()
		return nil, fmt.Errorf("the %s test server in %s does not serve: %w; its last words: %s", s, dir, err, &p.log)
	}
	return p, nil
}

// start runs the command in a goroutine that keeps its thread until the child
// has ended: on Linux the child is told to end with the thread that made it, so
// that a test binary that is killed leaves no server behind.
func (p *Process) start() error {
	endWithParent(p.cmd)
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := p.cmd.Start()
		started <- err
		if err == nil {
			_ = p.cmd.Wait() // how a server ends that holds nothing does not matter
			close(p.exited)
		}
	}()
	return <-started
}

// Stop ends the server at once and returns when it has ended. Further calls do
// nothing.
func (p *Process) Stop() {
	p.stop.Do(func() {
		_ = p.cmd.Process.Kill() // fails only if it has ended already
		<-p.exited
	})
}

// Exited is closed when the server has ended, by Stop or by itself.
func (p *Process) Exited() <-chan struct{} { return p.exited }
