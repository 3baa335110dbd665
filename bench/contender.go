package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// contender is a server that can be measured.
type contender struct {
	// name is what -contenders takes, and title what tables and charts show.
	name, title string
	start       func(ctx context.Context, s *site) (*subject, error)
}

// contenders are all of them, in the order of tables and charts. Of those that are
// measured, the first is what the others are compared with.
var contenders = []contender{
	{"bare", "bare net/http", openBare},
	{"embedded", "session-api, embedded", openEmbedded},
	{"scs", "scs + Redis", openSCS(false)},
	{"scs-durable", "scs + Redis, synced", openSCS(true)},
	{"dynamodb-stub", "session-api, stub", openDynamoDB(stubBackend)},
	{"naive-stub", "Go + SDK, stub", openNaive(stubBackend, 0)},
	{"flask-stub", "Flask + boto3, stub", openFlask(stubBackend)},
	{"dynamodb", "session-api, Dynoxide", openDynamoDB(emulatorBackend)},
	{"naive", "Go + SDK, Dynoxide", openNaive(emulatorBackend, 0)},
	{"flask", "Flask + boto3, Dynoxide", openFlask(emulatorBackend)},
	{"express", "Express, Dynoxide", openExpress},
}

// variants are measured only where they are named: what a setting is worth.
var variants = []contender{
	{"naive-stub-idle", "Go + SDK with 256 idle connections, stub", openNaive(stubBackend, 256)},
	{"dynamodb-stub-direct", "session-api, DYNAMODB_COALESCE_READS=false, stub", openDynamoDB(stubBackend, "DYNAMODB_COALESCE_READS=false")},
}

// chosen returns the contenders with these names, in that order; all but variants
// if there are no names.
func chosen(names string) (found []contender, err error) {
	if names == "" {
		return contenders, nil
	}
	all := slices.Concat(contenders, variants)
	for _, name := range strings.Split(names, ",") {
		i := slices.IndexFunc(all, func(c contender) bool { return c.name == strings.TrimSpace(name) })
		if i < 0 {
			return nil, fmt.Errorf("there is no contender %q; there are %s", name, namesOf(all))
		}
		found = append(found, all[i])
	}
	return found, nil
}

func namesOf(all []contender) string {
	var names []string
	for _, c := range all {
		names = append(names, c.name)
	}
	return strings.Join(names, ", ")
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

// patient is how long session-api waits for the backend. As it comes it gives up
// after 300 ms, which a machine with clients, server and backend on it passes under
// load; the other contenders wait longer too. As it comes it also refuses what makes
// the rest wait long, and no other contender refuses anything.
var patient = []string{"DYNAMODB_ATTEMPT_TIMEOUT=10s", "DYNAMODB_CALL_TIMEOUT=20s", "REQUEST_TIMEOUT=30s", "MAX_INFLIGHT=0"}

// openDynamoDB starts session-api on a table that it makes itself.
func openDynamoDB(on backendOpener, more ...string) func(context.Context, *site) (*subject, error) {
	return func(ctx context.Context, s *site) (*subject, error) {
		b, table, err := s.table(ctx, on, "sessions-of-session-api")
		if err != nil {
			return nil, err
		}
		program, err := s.ours(ctx)
		if err != nil {
			return nil, err
		}
		env := slices.Concat(b.env(table), oursEnv, patient, more, []string{"SESSION_STORE=dynamodb"})
		p, err := s.keep(start("session-api", env, nil, program))
		return &subject{dialect: rest, server: p, behind: b.behind, fill: b.filler(table, s.data.value, sessionRow)}, err
	}
}

// openNaive starts the handler that a Go team writes first. idle is how many idle
// connections it keeps, 0 for what the SDK comes with.
func openNaive(on backendOpener, idle int) func(context.Context, *site) (*subject, error) {
	return func(ctx context.Context, s *site) (*subject, error) {
		b, table, err := s.table(ctx, on, "sessions-of-naive")
		if err != nil {
			return nil, err
		}
		self, err := executable()
		if err != nil {
			return nil, err
		}
		p, err := s.keep(start("Go + SDK", b.env(table), nil, self, "naive", "-idle", strconv.Itoa(idle)))
		return &subject{dialect: rest, server: p, behind: b.behind, fill: b.filler(table, s.data.value, sessionRow)}, err
	}
}
