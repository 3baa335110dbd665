package program

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

// patience bounds the wait for a start or a stop. It is far above what the slowest
// machine needs.
const patience = time.Minute

// Process is the running program.
type Process struct {
	// Addr is where it listens: host and port.
	Addr string

	cmd    *exec.Cmd
	log    func(line []byte)
	stderr bytes.Buffer
	exited chan struct{}
}

// Start starts the program with these variables, and no others but for a port of
// its own, and returns when it listens. log, if it is not nil, is given each line
// that the program logs, as JSON, which is its own to keep.
func Start(ctx context.Context, binary string, variables []string, log func(line []byte)) (*Process, error) {
	p := &Process{cmd: exec.Command(binary), log: log, exited: make(chan struct{})}
	p.cmd.Env = append([]string{
		"PORT=0", "LOG_FORMAT=json", "SHUTDOWN_DELAY=0s",
		"GORACE=atexit_sleep_ms=0", // it would take a second to end
	}, variables...)
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
	case p.Addr = <-listening:
		return p, nil
	case <-p.exited:
		return nil, fmt.Errorf("session-api ended at once: %s", &p.stderr)
	case <-ctx.Done():
	case <-time.After(patience):
	}
	return nil, errors.Join(errors.New("session-api does not listen"), ctx.Err(), p.Stop())
}

// read takes the log in until the program ends, and tells the address in it.
func (p *Process) read(out io.Reader, listening chan<- string) {
	defer close(p.exited)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if p.log != nil {
			p.log(bytes.Clone(lines.Bytes()))
		}
		var line struct{ Msg, Addr string }
		_ = json.Unmarshal(lines.Bytes(), &line) // what is no JSON has no address
		if line.Msg == "listening" {
			listening <- line.Addr
		}
	}
	_ = p.cmd.Wait() // the exit code says what there is to know
}

// Stop ends the program in good order. The error says what it must never say or
// do, such as a report of the race detector.
func (p *Process) Stop() error {
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
