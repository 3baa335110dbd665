package main

import (
	"context"
	"fmt"
	"strings"
)

// contender is a server that can be measured.
type contender struct {
	// name is what -contenders takes, and title what tables and charts show.
	name, title string
	start       func(ctx context.Context, s *site) (*subject, error)
}

// contenders are all of them, in the order of tables. The first is what the others
// are compared with.
var contenders = []contender{
	{"bare", "bare net/http", openBare},
	{"embedded", "session-api, embedded", openEmbedded},
	{"scs", "scs + Redis", openSCS(false)},
	{"scs-durable", "scs + Redis, synced", openSCS(true)},
	{"dynamodb-stub", "session-api, stub", openDynamoDB(stubBackend)},
	{"naive-stub", "Go + SDK, stub", openNaive(stubBackend)},
	{"flask-stub", "Flask + boto3, stub", openFlask(stubBackend)},
	{"dynamodb", "session-api, Dynoxide", openDynamoDB(emulatorBackend)},
	{"naive", "Go + SDK, Dynoxide", openNaive(emulatorBackend)},
	{"flask", "Flask + boto3, Dynoxide", openFlask(emulatorBackend)},
	{"express", "Express, Dynoxide", openExpress},
}

// chosen returns the contenders with these names, in the order of tables; all if
// there are no names.
func chosen(names string) ([]contender, error) {
	if names == "" {
		return contenders, nil
	}
	wanted := map[string]bool{}
	for _, name := range strings.Split(names, ",") {
		wanted[strings.TrimSpace(name)] = true
	}
	var found []contender
	var known []string
	for _, c := range contenders {
		known = append(known, c.name)
		if wanted[c.name] {
			found = append(found, c)
			delete(wanted, c.name)
		}
	}
	for name := range wanted {
		return nil, fmt.Errorf("there is no contender %q; there are %s", name, strings.Join(known, ", "))
	}
	return found, nil
}

// openBare starts the bare server. It holds nothing.
func openBare(ctx context.Context, s *site) (*subject, error) {
	a, err := s.record(ctx)
	if err != nil {
		return nil, err
	}
	p, err := s.keep(startBare(a))
	return &subject{dialect: rest, server: p}, err
}

// openEmbedded starts session-api as it comes, on a fresh directory.
func openEmbedded(ctx context.Context, s *site) (*subject, error) {
	dir, err := s.folder("embedded")
	if err != nil {
		return nil, err
	}
	return s.embedded(ctx, dir)
}

// openDynamoDB starts session-api on a table that it makes itself.
func openDynamoDB(on func(context.Context, *site) (*backend, error)) func(context.Context, *site) (*subject, error) {
	return func(ctx context.Context, s *site) (*subject, error) {
		b, table, err := s.table(ctx, on, "sessions-of-session-api")
		if err != nil {
			return nil, err
		}
		program, err := s.ours(ctx)
		if err != nil {
			return nil, err
		}
		env := append(b.env(table), "SESSION_STORE=dynamodb")
		p, err := s.keep(start("session-api", append(env, oursEnv...), nil, program))
		return &subject{dialect: rest, server: p, behind: b.behind, fill: b.filler(table, s.data.value, sessionRow)}, err
	}
}

// openNaive starts the handler that a Go team writes first.
func openNaive(on func(context.Context, *site) (*backend, error)) func(context.Context, *site) (*subject, error) {
	return func(ctx context.Context, s *site) (*subject, error) {
		b, table, err := s.table(ctx, on, "sessions-of-naive")
		if err != nil {
			return nil, err
		}
		self, err := executable()
		if err != nil {
			return nil, err
		}
		p, err := s.keep(start("Go + SDK", b.env(table), nil, self, "naive"))
		return &subject{dialect: rest, server: p, behind: b.behind, fill: b.filler(table, s.data.value, sessionRow)}, err
	}
}
