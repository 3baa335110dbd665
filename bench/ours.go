package main

import (
	"context"
	"fmt"
	"os/exec"
)

// compile builds the program of the package at path, seen from dir.
func compile(ctx context.Context, dir, path, program string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", program, path)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
}

// oursEnv is how session-api is told where to listen; the rest is as it comes.
var oursEnv = []string{"PORT=0", "HOST=127.0.0.1", "LOG_FORMAT=json", "SESSION_TTL_HOURS=24"}

// embedded starts session-api on the directory dir, with env beside what it needs,
// which goes before that.
func (s *site) embedded(ctx context.Context, dir string, env ...string) (*subject, error) {
	program, err := s.ours(ctx)
	if err != nil {
		return nil, err
	}
	env = append(append([]string{"DATA_DIR=" + dir, "SESSION_STORE=embedded"}, oursEnv...), env...)
	p, err := s.keep(start("session-api", env, nil, program))
	if err != nil {
		return nil, err
	}
	sub := &subject{contender: contender{name: "embedded", title: "session-api, embedded"}, dialect: rest, server: p}
	sub.fill = sub.fillThrough(s.data.value)
	return sub, nil
}
