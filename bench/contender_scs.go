package main

import (
	"context"
	"fmt"
	"strconv"

	"session-api/bench/fetch"
)

// openSCS starts what a Go team would pick instead: a small handler with
// alexedwards/scs, and Redis from Debian. Redis as it comes writes to disk now and
// then, so its creates are not durable; synced, it appends and syncs each write.
func openSCS(synced bool) func(context.Context, *site) (*subject, error) {
	return func(ctx context.Context, s *site) (*subject, error) {
		redis, err := s.startRedis(ctx, synced)
		if err != nil {
			return nil, err
		}
		program, err := s.program(ctx, ".", "./contenders/scs")
		if err != nil {
			return nil, err
		}
		p, err := s.keep(start("scs", []string{"REDIS_ADDR=" + redis.addr}, nil, program))
		if err != nil {
			return nil, err
		}
		sub := &subject{dialect: cookie("session"), server: p, behind: []int{redis.cmd.Process.Pid}}
		sub.fill = sub.fillThrough(s.data.value)
		sub.cannot = map[workload]string{listing: "scs has no way to find a user's sessions but to walk through all of them"}
		return sub, nil
	}
}

func (s *site) startRedis(ctx context.Context, synced bool) (*process, error) {
	redis, err := fetch.Debian(ctx, "redis-server", "redis-server")
	if err != nil {
		return nil, err
	}
	dir, err := s.folder("redis")
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, fmt.Errorf("no port for Redis: %w", err)
	}
	args := []string{"--port", strconv.Itoa(port), "--bind", "127.0.0.1", "--dir", dir}
	if synced {
		args = append(args, "--appendonly", "yes", "--appendfsync", "always")
	}
	return s.keep(startAt("Redis", port, dir, redis.Env, redis.Path, args...))
}
