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
	"regexp"
	"slices"
	"sync"
	"time"
)

// patience bounds every wait that is no measurement. It is far above what the
// slowest machine needs.
const patience = time.Minute

// service is the running program.
type service struct {
	addr   string
	cmd    *exec.Cmd
	stderr bytes.Buffer
	exited chan struct{}

	mu  sync.Mutex
	log []line
}

// line is a line of the program's log.
type line struct {
	Time  time.Time
	Level string
	Msg   string
	Addr  string
	Cause string
	Error string
	text  string
}

// startService starts the program on the table behind endpoint and waits until it
// listens.
func startService(ctx context.Context, program, endpoint, table string, requestTimeout time.Duration) (*service, error) {
	s := &service{cmd: exec.Command(program), exited: make(chan struct{})}
	s.cmd.Env = []string{
		"PORT=0", "LOG_FORMAT=json", "REQUEST_TIMEOUT=" + requestTimeout.String(), "SHUTDOWN_DELAY=0s",
		"DYNAMODB_TABLE_NAME=" + table, "AWS_REGION=" + region, "AWS_ENDPOINT_URL_DYNAMODB=" + endpoint,
		"AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test", "AWS_EC2_METADATA_DISABLED=true",
		"GORACE=atexit_sleep_ms=0", // it would take a second to end
	}
	s.cmd.Stderr = &s.stderr
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	listening := make(chan string, 1)
	go s.read(out, listening)
	select {
	case s.addr = <-listening:
		return s, nil
	case <-s.exited:
		return nil, fmt.Errorf("session-api ended at once: %s", &s.stderr)
	case <-ctx.Done():
	case <-time.After(patience):
	}
	return nil, errors.Join(errors.New("session-api does not listen"), ctx.Err(), s.stop())
}

// read takes the log in until the program ends.
func (s *service) read(out io.Reader, listening chan<- string) {
	defer close(s.exited)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		l := line{text: lines.Text()}
		_ = json.Unmarshal(lines.Bytes(), &l) // what is no JSON has no fields
		s.mu.Lock()
		s.log = append(s.log, l)
		s.mu.Unlock()
		if l.Msg == "listening" {
			listening <- l.Addr
		}
	}
	_ = s.cmd.Wait() // the exit code says what there is to know
}

// stop ends the program in good order. The error says what it must never say or
// do, such as a report of the race detector.
func (s *service) stop() error {
	_ = s.cmd.Process.Signal(os.Interrupt)
	select {
	case <-s.exited:
	case <-time.After(patience):
		_ = s.cmd.Process.Kill()
		<-s.exited
		return errors.New("session-api does not stop")
	}
	if code := s.cmd.ProcessState.ExitCode(); code != 0 || s.stderr.Len() > 0 {
		return fmt.Errorf("session-api ended with code %d: %s", code, &s.stderr)
	}
	return nil
}

// said returns what was logged at or above warning from one time to another.
func (s *service) said(from, to time.Time) []line {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []line
	for _, l := range s.log {
		if (l.Level == "WARN" || l.Level == "ERROR") && !l.Time.Before(from) && l.Time.Before(to) {
			found = append(found, l)
		}
	}
	return found
}

// idLike finds whatever could be a session id in a log.
var idLike = regexp.MustCompile(`session-[A-Za-z0-9._~@-]+`)

// shows counts the lines of the log that hold one of the ids.
func (s *service) shows(ids map[string]bool) (lines int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.log {
		if slices.ContainsFunc(idLike.FindAllString(l.text, -1), func(word string) bool { return ids[word] }) {
			lines++
		}
	}
	return lines
}

// poll asks ok until it is true, at most for limit, and returns its last answer.
func poll(limit time.Duration, ok func() bool) bool {
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for end := time.Now().Add(limit); !ok(); <-again.C {
		if time.Now().After(end) {
			return false
		}
	}
	return true
}
