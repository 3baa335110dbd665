package main

import (
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"time"

	"session-api/store/dynamo"
	"session-api/store/dynamo/dynamotest"
	"session-api/store/dynamo/table"
	"session-api/verify/program"
)

// region is that of all tables. Test servers do not care.
const region = "us-west-2"

// patience bounds every wait. It is far above what the slowest machine needs.
const patience = time.Minute

// lab is what the rigs have in common: the built program, a DynamoDB server on
// which each rig has a table of its own, and a directory.
type lab struct {
	dir     string
	program string
	backend *dynamotest.Process
}

// newLab builds the program, with further flags of "go build" as given, and
// starts the server.
//
// The server is always Dynoxide, whatever the environment of the tests says: Moto
// looks at a condition and writes in two steps, so that it alone can lose updates.
func newLab(ctx context.Context, buildFlags ...string) (l *lab, err error) {
	l = &lab{}
	defer func() {
		if err != nil {
			l.close()
		}
	}()
	if l.dir, err = os.MkdirTemp("", "session-api-linear-"); err != nil {
		return l, err
	}
	if l.program, err = program.Build(ctx, l.dir, buildFlags...); err != nil {
		return l, err
	}
	if l.backend, err = dynamotest.Launch(ctx, dynamotest.Dynoxide); err != nil {
		return l, err
	}
	return l, program.UseEndpoint(l.backend.Endpoint)
}

func (l *lab) close() {
	if l.backend != nil {
		l.backend.Stop()
	}
	_ = os.RemoveAll(l.dir)
}

// newDir returns the name of a directory that nobody has made.
func (l *lab) newDir() string { return filepath.Join(l.dir, "data-"+rand.Text()) }

// newTable makes an empty table and returns its name. It ends with the server.
func (l *lab) newTable(ctx context.Context) (string, error) {
	name := "linear-" + strings.ToLower(rand.Text())
	// What the server does with a table takes it milliseconds; there is no AWS to
	// wait for.
	atOnce := func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	admin, err := table.Connect(ctx, table.Options{Table: name, Region: region, Sleep: atOnce})
	if err != nil {
		return "", err
	}
	return name, admin.Create(ctx, table.CreateOptions{})
}

// openDynamo opens the engine as it is by default, but that it sends no call twice.
// An engine alone makes sessions anew under one id, and a delete that is sent again
// may meet the next session: that is one reason why the service never gives an id a
// second time. Reads share calls from so many on that are under way; 0 means as many
// as by default.
func openDynamo(ctx context.Context, table string, shareFrom int) (*dynamo.Store, error) {
	return dynamo.Open(ctx, dynamo.Options{
		Table: table, Region: region, ConsistentRead: true, CoalesceReads: true, CoalesceFrom: shareFrom,
		Attempts: 1, AttemptTimeout: patience, CallTimeout: patience,
	})
}
