package main

import (
	"context"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"time"
)

const (
	// patience bounds every wait. On a machine that does nothing else the longest
	// takes a few seconds.
	patience = 3 * time.Minute
	lookEach = 300 * time.Millisecond
)

// fails, among what a command must print, says that it must end with an error.
const fails = "exit status 1"

// story tells the run as it happens. The first thing that goes wrong is kept, and
// nothing is done after it, so that a chapter reads as a sequence of claims. It
// holds the context because it is the run.
type story struct {
	*cluster
	ctx    context.Context
	err    error
	claims int
}

func (s *story) heading(title string) { fmt.Printf("\n== %s\n", title) }

func (s *story) fail(format string, args ...any) {
	if s.err == nil {
		s.err = fmt.Errorf(format, args...)
	}
}

// holds states a claim that check decides.
func (s *story) holds(claim string, check func() error) {
	if s.err != nil {
		return
	}
	if err := check(); err != nil {
		s.fail("it does not hold that %s: %w", claim, err)
		return
	}
	s.claims++
	fmt.Printf("\n   ok  %s\n", claim)
}

// comes states a claim that check decides, sooner or later.
func (s *story) comes(claim string, check func() error) {
	s.holds(claim, func() error { return s.await(check) })
}

// await repeats check until it returns nil.
func (s *story) await(check func() error) error {
	deadline := time.Now().Add(patience)
	for {
		err := check()
		if err == nil {
			return nil
		}
		if dead := s.dead(); dead != nil {
			return dead
		}
		if s.ctx.Err() != nil {
			return fmt.Errorf("%w; at last: %w", context.Cause(s.ctx), err)
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("not after %s; at last: %w", patience, err)
		}
		time.Sleep(lookEach)
	}
}

// dead returns an error if one of the programs has ended.
func (s *story) dead() error {
	for _, p := range s.processes {
		if err := p.alive(); err != nil {
			return err
		}
	}
	return nil
}

// shows states a claim whose evidence is what a command prints: it is repeated
// until all of want is in there, and what begins with "!" is not.
func (s *story) shows(claim, line string, want ...string) string {
	var out string
	s.comes(claim, func() error {
		out = s.output("sh", "-c", line)
		return match(out, want)
	})
	if s.err == nil {
		fmt.Printf("       $ %s\n%s", line, indent(out))
	}
	return out
}

// does runs a command of an operator's, which must succeed, and shows it.
func (s *story) does(line string) {
	if s.err != nil {
		return
	}
	out := s.output("sh", "-c", line)
	if strings.Contains(out, "\nexit status ") {
		s.fail("%q fails:\n%s", line, out)
		return
	}
	fmt.Printf("\n       $ %s\n%s", line, indent(out))
}

// quietly runs a command that no operator would, and returns what it prints.
func (s *story) quietly(args ...string) string {
	if s.err != nil {
		return ""
	}
	out := s.output(args...)
	if strings.Contains(out, "\nexit status ") {
		s.fail("%q fails:\n%s", strings.Join(args, " "), out)
	}
	return out
}

// output runs a command at the top of the repository. How it failed is its last
// line.
func (s *story) output(args ...string) string {
	path, ok := s.programs[args[0]]
	if !ok {
		path = args[0]
	}
	cmd := exec.CommandContext(s.ctx, path, args[1:]...)
	cmd.Dir, cmd.Env = s.top, s.env()
	return combined(cmd)
}

func combined(cmd *exec.Cmd) string {
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Sprintf("%s\n%v\n", strings.TrimRight(string(out), "\n"), err)
	}
	return string(out)
}

func match(out string, want []string) error {
	if failed := strings.Contains(out, "\nexit status "); failed && !slices.Contains(want, fails) {
		return fmt.Errorf("it fails:\n%s", out)
	}
	for _, w := range want {
		unwanted, not := strings.CutPrefix(w, "!")
		if strings.Contains(out, unwanted) == not {
			return fmt.Errorf("%q is wanted in\n%s", w, out)
		}
	}
	return nil
}

func indent(out string) string {
	var b strings.Builder
	for line := range strings.Lines(out) {
		if strings.TrimSpace(line) != "" {
			b.WriteString("       " + strings.TrimRight(line, " \n") + "\n")
		}
	}
	return b.String()
}
