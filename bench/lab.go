package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"session-api/bench/fetch"
	"session-api/bench/wrk"
)

// lab is what all measurements of a run share: a folder, the load generator and
// the programs that were built.
type lab struct {
	dir   string
	built map[string]string
	load  wrk.Generator
}

// openLab makes the folder and gets the load generator.
func openLab(ctx context.Context) (*lab, error) {
	generator, err := fetch.Debian(ctx, "wrk", "wrk")
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "session-api-bench")
	if err != nil {
		return nil, err
	}
	return &lab{dir: dir, built: map[string]string{}, load: wrk.Generator{Program: generator.Path, Env: generator.Env}}, nil
}

// close removes the folder.
func (l *lab) close() { _ = os.RemoveAll(l.dir) }

// program returns the program of the package at path, seen from dir, built once.
func (l *lab) program(ctx context.Context, dir, path string) (string, error) {
	if program := l.built[path]; program != "" {
		return program, nil
	}
	program := filepath.Join(l.dir, filepath.Base(path))
	if err := compile(ctx, dir, path, program); err != nil {
		return "", err
	}
	l.built[path] = program
	return program, nil
}

// ours returns the program under test.
func (l *lab) ours(ctx context.Context) (string, error) {
	return l.program(ctx, moduleRoot, "./cmd/session-api")
}

// moduleRoot is where the program's own module is, seen from where the bench runs.
const moduleRoot = ".."

// site is where servers run side by side on data of one kind.
type site struct {
	*lab
	data  dataset
	delay time.Duration // of the stub
	dir   string

	running  []*process
	cleanups []func()
	emulated *backend
	stubbed  *backend
	recorded *answers
}

// dataset says what a server holds when it is measured.
type dataset struct {
	// size is the number of sessions and value the bytes of data in each.
	size, value int
}

// hot is how many sessions are asked for by id; the others are there.
const hot = 1000

// openSite returns a site with nothing running.
func (l *lab) openSite(data dataset, delay time.Duration) (*site, error) {
	dir, err := os.MkdirTemp(l.dir, "site")
	return &site{lab: l, data: data, delay: delay, dir: dir}, err
}

// openAlone returns a site in a lab of its own, and what closes both.
func openAlone(ctx context.Context, data dataset) (s *site, done func(), err error) {
	l, err := openLab(ctx)
	if err != nil {
		return nil, nil, err
	}
	if s, err = l.openSite(data, 0); err != nil {
		l.close()
		return nil, nil, err
	}
	return s, func() { s.close(); l.close() }, nil
}

// keep makes the site end p, and returns it.
func (s *site) keep(p *process, err error) (*process, error) {
	if err == nil {
		s.running = append(s.running, p)
	}
	return p, err
}

// folder returns a fresh folder of the site.
func (s *site) folder(name string) (string, error) { return os.MkdirTemp(s.dir, name) }

// close ends all that runs, last first: a database after its server.
func (s *site) close() {
	for i := len(s.running) - 1; i >= 0; i-- {
		s.running[i].stop(syscall.SIGKILL)
	}
	for i := len(s.cleanups) - 1; i >= 0; i-- {
		s.cleanups[i]()
	}
	_ = os.RemoveAll(s.dir)
}

// open starts a contender on the site and gives it its sessions.
func (s *site) open(ctx context.Context, c contender) (*subject, error) {
	sub, err := c.start(ctx, s)
	if err != nil {
		return nil, err
	}
	sub.contender = c
	if sub.fill != nil && s.data.size > hot {
		if err := sub.fill(ctx, s.data.size-hot); err != nil {
			return nil, err
		}
	}
	return sub, sub.prepare(ctx, min(hot, s.data.size), s.data.value)
}

// oneSentence makes an error fit a line of a report.
func oneSentence(err error) string {
	const enough = 400
	text := strings.Join(strings.Fields(err.Error()), " ")
	if errors.Is(err, context.DeadlineExceeded) {
		text = "the time was over: " + text
	}
	if len(text) > enough {
		text = text[:enough] + "…"
	}
	return text
}
