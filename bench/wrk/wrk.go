// Package wrk drives a server with the load generator of that name
// (https://github.com/wg/wrk). It owns how requests reach wrk and how its figures
// come back; which requests they are, and what the server costs, is the caller's.
//
// wrk keeps a number of connections busy: each sends its next request as soon as
// the answer before is there. Requests are written out beforehand and drawn by
// chance, so that making them costs next to nothing while the clock runs. wrk
// corrects its percentiles for coordinated omission: while one answer keeps a
// connection waiting, the requests that would have been sent meanwhile count as
// well, with what is left of the wait.
package wrk

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"
)

// Generator is an installed wrk.
type Generator struct {
	// Program is its path, and Env what its environment has beside ours.
	Program string
	Env     []string
}

// Load says how a round is driven.
type Load struct {
	// Addr is the server, host and port.
	Addr string
	// Conns is how many connections send at once.
	Conns int
	// Duration is the length of the round, in whole seconds: wrk knows no others.
	Duration time.Duration
	// Seed draws the requests: the same seed, the same requests.
	Seed uint64
}

// patience is how long wrk waits for one answer before it counts it as late.
const patience = 30 * time.Second

//go:embed script.lua
var script []byte

// Kind is requests that are alike, of which one is drawn.
type Kind struct {
	// Weight is how many of all requests are of this kind, in proportion.
	Weight int
	// Requests are whole HTTP/1.1 requests, as they go over the wire.
	Requests [][]byte
}

// Plan is requests that are written out, ready for any number of rounds.
type Plan struct{ dir string }

// Dir returns the folder that the plan is in.
func (p Plan) Dir() string { return p.dir }

// NewPlan writes the requests into dir, which must be there and be the plan's own.
func NewPlan(dir string, kinds ...Kind) (Plan, error) {
	var text bytes.Buffer
	for _, k := range kinds {
		fmt.Fprintf(&text, "%d %d\n", k.Weight, len(k.Requests))
		for _, r := range k.Requests {
			fmt.Fprintf(&text, "%d\n", len(r))
			text.Write(r)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "script.lua"), script, 0o600); err != nil {
		return Plan{}, err
	}
	return Plan{dir}, os.WriteFile(filepath.Join(dir, "requests"), text.Bytes(), 0o600)
}

// Run drives one round and returns what wrk saw. Answers that fail are counted,
// not an error.
func (g Generator) Run(ctx context.Context, p Plan, l Load) (Result, error) {
	if l.Duration < time.Second || l.Duration%time.Second != 0 {
		return Result{}, fmt.Errorf("a round takes whole seconds, not %v: wrk knows no others", l.Duration)
	}
	// One that hangs must not hang the run.
	ctx, cancel := context.WithTimeout(ctx, l.Duration+2*patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, g.Program, "--threads", "1", "--connections", strconv.Itoa(l.Conns),
		"--duration", strconv.Itoa(int(l.Duration/time.Second))+"s", "--timeout", strconv.Itoa(int(patience/time.Second))+"s",
		"--script", filepath.Join(p.dir, "script.lua"), "http://"+l.Addr+"/",
		"--", filepath.Join(p.dir, "requests"), strconv.FormatUint(l.Seed%(1<<31), 10))
	cmd.Env = append(os.Environ(), g.Env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return Result{}, fmt.Errorf("wrk: %w: %s", err, bytes.TrimSpace(out))
	}
	return parse(out)
}
