package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"
)

// process is a server under measurement, or one behind it.
type process struct {
	name   string
	addr   string
	cmd    *exec.Cmd
	listen time.Duration // from its start until it said where it listens

	last    lastWords
	watched atomic.Pointer[watch]
	ended   chan struct{} // closed when it has ended
}

// startWithin bounds a start; the slowest contender needs some seconds.
const startWithin = time.Minute

// start runs a server and waits until its log names its address.
func start(name string, env []string, in io.Reader, program string, args ...string) (*process, error) {
	p := newProcess(name, env, program, args...)
	p.cmd.Stdin = in
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	begin := time.Now()
	if err := p.run(); err != nil {
		return nil, err
	}
	addr := make(chan string, 1)
	go p.readLog(out, addr)
	select {
	case p.addr = <-addr:
		p.listen = time.Since(begin)
		return p, nil
	case <-p.ended:
	case <-time.After(startWithin):
	}
	p.stop(syscall.SIGKILL)
	return nil, fmt.Errorf("%s does not serve; its last words: %s", name, &p.last)
}

// startAt runs a server that was told to listen on a port of the loopback address
// and waits until it does.
func startAt(name string, port int, dir string, env []string, program string, args ...string) (*process, error) {
	p := newProcess(name, env, program, args...)
	p.cmd.Dir = dir
	p.cmd.Stdout = &p.last
	p.addr = net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	begin := time.Now()
	if err := p.run(); err != nil {
		return nil, err
	}
	for time.Since(begin) < startWithin {
		if conn, err := net.Dial("tcp", p.addr); err == nil {
			p.listen = time.Since(begin)
			return p, conn.Close()
		}
		select {
		case <-p.ended:
			return nil, fmt.Errorf("%s ended at once; its last words: %s", name, &p.last)
		case <-time.After(10 * time.Millisecond):
		}
	}
	p.stop(syscall.SIGKILL)
	return nil, fmt.Errorf("%s does not listen after %v; its last words: %s", name, startWithin, &p.last)
}

func newProcess(name string, env []string, program string, args ...string) *process {
	p := &process{name: name, cmd: exec.Command(program, args...), ended: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.Stderr = &p.last
	return p
}

// run starts the process in a goroutine that keeps its thread until the child has
// ended: the child is told to end with the thread that made it.
func (p *process) run() error {
	tie(p.cmd)
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := p.cmd.Start()
		started <- err
		if err == nil {
			_, _ = p.cmd.Process.Wait() // how it ends does not matter
			close(p.ended)
		}
	}()
	return <-started
}

// stop ends the server with sig, and all that it started, and waits until it is
// gone.
func (p *process) stop(sig syscall.Signal) {
	_ = p.cmd.Process.Signal(sig)
	_ = p.cmd.Process.Signal(syscall.SIGCONT)
	<-p.ended
	killGroup(p.cmd.Process.Pid)
}

// waitReady asks /ready until it answers 200 and returns how long that took.
func (p *process) waitReady() (time.Duration, error) {
	begin := time.Now()
	for time.Since(begin) < 30*time.Second {
		res, err := http.Get("http://" + p.addr + "/ready")
		if err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return time.Since(begin), nil
			}
		}
		time.Sleep(time.Millisecond)
	}
	return 0, fmt.Errorf("%s is not ready after 30 s", p.name)
}

// freePort returns a port that nobody listens on.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}
