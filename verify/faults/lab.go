package main

import (
	"context"
	"os"

	"session-api/store/dynamo/dynamotest"
	"session-api/verify/program"
)

// lab is what all experiments have in common: the built program and a DynamoDB
// server, on which each experiment has a table of its own.
type lab struct {
	dir     string
	program string
	backend *dynamotest.Process
}

// newLab builds the program, with further flags of "go build" as given, and
// starts the server.
//
// The server is always Dynoxide, whatever the environment of the tests says: the
// proxies before it break the signatures that AWS checks, and Moto looks at a
// condition and writes in two steps, so that it alone can lose updates.
func newLab(ctx context.Context, buildFlags ...string) (*lab, error) {
	dir, err := os.MkdirTemp("", "session-api-faults-")
	if err != nil {
		return nil, err
	}
	l := &lab{dir: dir}
	if l.program, err = program.Build(ctx, dir, buildFlags...); err == nil {
		l.backend, err = dynamotest.Launch(ctx, dynamotest.Dynoxide)
	}
	if err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

func (l *lab) close() {
	if l.backend != nil {
		l.backend.Stop()
	}
	_ = os.RemoveAll(l.dir)
}
