package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"
)

// process is the running program.
type process struct {
	addr   string
	cmd    *exec.Cmd
	stderr bytes.Buffer
	exited chan struct{}
}

// start starts the program with these variables and returns when it listens.
func start(ctx context.Context, program string, env []string) (*process, error) {
	p := &process{cmd: exec.Command(program), exited: make(chan struct{})}
	p.cmd.Env = append([]string{
		"PORT=0", "LOG_FORMAT=json", "SHUTDOWN_DELAY=0s", "REQUEST_TIMEOUT=" + patience.String(),
		"GORACE=atexit_sleep_ms=0", // it would take a second to end
	}, env...)
	p.cmd.Stderr = &p.stderr
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	listening := make(chan string, 1)
	go p.read(out, listening)
	select {
	case p.addr = <-listening:
		return p, nil
	case <-p.exited:
		return nil, fmt.Errorf("session-api ended at once: %s", &p.stderr)
	case <-ctx.Done():
	case <-time.After(patience):
	}
	return nil, errors.Join(errors.New("session-api does not listen"), ctx.Err(), p.stop())
}

// read takes the log in until the program ends, and tells the address in it.
func (p *process) read(out io.Reader, listening chan<- string) {
	defer close(p.exited)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		var line struct{ Msg, Addr string }
		_ = json.Unmarshal(lines.Bytes(), &line) // what is no JSON has no address
		if line.Msg == "listening" {
			listening <- line.Addr
		}
	}
	_ = p.cmd.Wait() // the exit code says what there is to know
}

// stop ends the program in good order. The error says what it must never say or
// do, such as a report of the race detector.
func (p *process) stop() error {
	_ = p.cmd.Process.Signal(os.Interrupt)
	select {
	case <-p.exited:
	case <-time.After(patience):
		_ = p.cmd.Process.Kill()
		<-p.exited
		return errors.New("session-api does not stop")
	}
	if code := p.cmd.ProcessState.ExitCode(); code != 0 || p.stderr.Len() > 0 {
		return fmt.Errorf("session-api ended with code %d: %s", code, &p.stderr)
	}
	return nil
}
