package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is a server under measurement.
type process struct {
	name   string
	addr   string
	cmd    *exec.Cmd
	listen time.Duration // from its start until it said where it listens
}

// start runs a server and waits until its log names its address.
func start(name string, env []string, in io.Reader, program string, args ...string) (*process, error) {
	p := &process{name: name, cmd: exec.Command(program, args...)}
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.Stdin = in
	p.cmd.Stderr = os.Stderr
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	begin := time.Now()
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(out)
	for p.addr == "" {
		if !lines.Scan() {
			_ = p.cmd.Wait()
			return nil, fmt.Errorf("%s ended before it listened", name)
		}
		p.addr = listeningAddr(lines.Bytes())
	}
	p.listen = time.Since(begin)
	go func() { _, _ = io.Copy(io.Discard, out) }()
	return p, nil
}

// listeningAddr returns the address that a log line names, if it does.
func listeningAddr(line []byte) string {
	var entry struct{ Msg, Addr string }
	if json.Unmarshal(line, &entry) != nil || !strings.HasPrefix(strings.ToLower(entry.Msg), "listening") {
		return ""
	}
	return entry.Addr
}

// build compiles session-api from this checkout into a folder of its own.
func build() (string, error) {
	dir, err := os.MkdirTemp("", "session-api-bench")
	if err != nil {
		return "", err
	}
	program := filepath.Join(dir, "session-api")
	cmd := exec.Command("go", "build", "-trimpath", "-o", program, "./cmd/session-api")
	cmd.Dir = ".."
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return program, nil
}

// startOurs starts session-api on dir.
func startOurs(program, dir string) (*process, error) {
	return start("session-api", []string{
		"PORT=0", "HOST=127.0.0.1", "DATA_DIR=" + dir, "SESSION_STORE=embedded", "LOG_FORMAT=json",
		"SESSION_TTL_HOURS=24",
	}, nil, program)
}

// stop ends the server with sig and waits until it is gone.
func (p *process) stop(sig syscall.Signal) {
	_ = p.cmd.Process.Signal(sig)
	_ = p.cmd.Wait()
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

// clockTick is the unit of CPU time in /proc: USER_HZ, 100 a second on every
// Linux that Go runs on (proc(5)).
const clockTick = 10 * time.Millisecond

// cpu returns the user and system time that the process has used.
func (p *process) cpu() (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	// The name in parentheses may hold anything; fields are counted after it.
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	user, err := strconv.Atoi(fields[11])
	if err != nil {
		return 0, err
	}
	system, err := strconv.Atoi(fields[12])
	return time.Duration(user+system) * clockTick, err
}

// resident returns the process's resident memory, in MB (10^6 bytes).
func (p *process) resident() (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kib, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")))
			return float64(kib) * 1024 / 1e6, err
		}
	}
	return 0, fmt.Errorf("no VmRSS of %s", p.name)
}
