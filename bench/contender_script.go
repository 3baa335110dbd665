package main

import (
	"context"
	"path/filepath"
	"runtime"
	"strconv"

	"session-api/bench/fetch"
)

// gunicornThreads is how many requests a worker of gunicorn serves at once. Its
// plain workers close the connection after each answer.
const gunicornThreads = 8

// openFlask starts a Flask service of the shape of the one before session-api,
// under gunicorn with the workers that its manual advises: two for each core and
// one more.
func openFlask(on backendOpener) func(context.Context, *site) (*subject, error) {
	return func(ctx context.Context, s *site) (*subject, error) {
		b, table, err := s.table(ctx, on, "sessions-of-flask")
		if err != nil {
			return nil, err
		}
		dir := filepath.Join("contenders", "flask")
		bin, err := fetch.Python(ctx, "flask", filepath.Join(dir, "requirements.txt"))
		if err != nil {
			return nil, err
		}
		port, err := freePort()
		if err != nil {
			return nil, err
		}
		p, err := s.keep(startAt("Flask", port, dir, b.env(table), filepath.Join(bin, "gunicorn"),
			"--workers", strconv.Itoa(2*runtime.NumCPU()+1), "--worker-class", "gthread", "--threads", strconv.Itoa(gunicornThreads),
			"--bind", "127.0.0.1:"+strconv.Itoa(port), "app:app"))
		sub := &subject{dialect: rest, server: p, behind: b.behind, fill: b.filler(table, s.data.value, sessionRow)}
		if !b.keeps {
			sub.cannot = map[workload]string{listing: "it scans the table for them, and the stub has no rows to scan"}
		}
		return sub, err
	}
}

// openExpress starts Express with express-session and connect-dynamodb, one
// process for each core, as Node is run on more than one.
func openExpress(ctx context.Context, s *site) (*subject, error) {
	b, err := emulatorBackend(ctx, s)
	if err != nil {
		return nil, err
	}
	dir, err := fetch.Node(ctx, "express", filepath.Join("contenders", "express"), "server.js")
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	const table = "sessions-of-express"
	env := append(b.env(table), "PORT="+strconv.Itoa(port), "WORKERS="+strconv.Itoa(runtime.NumCPU()), "NODE_ENV=production")
	p, err := s.keep(startAt("Express", port, dir, env, "node", "server.js"))
	return &subject{
		dialect: cookie("connect.sid"), server: p, behind: b.behind,
		fill:   b.filler(table, s.data.value, expressRow),
		cannot: map[workload]string{listing: "express-session has no way to find a user's sessions"},
	}, err
}
