package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"session-api/store/dynamo"
	"session-api/store/dynamo/dynamotest"
	"session-api/store/dynamo/table"
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
		return nil, err
	}
	if l.program, err = build(ctx, l.dir, buildFlags); err != nil {
		return nil, err
	}
	if l.backend, err = dynamotest.Launch(ctx, dynamotest.Dynoxide); err != nil {
		return nil, err
	}
	return l, useEndpoint(l.backend.Endpoint)
}

func (l *lab) close() {
	if l.backend != nil {
		l.backend.Stop()
	}
	_ = os.RemoveAll(l.dir)
}

// newDir returns the name of a directory that nobody has made.
func (l *lab) newDir() string { return filepath.Join(l.dir, "data-"+rand.Text()) }

// build builds session-api from the checkout that this module replaces it with.
func build(ctx context.Context, dir string, flags []string) (string, error) {
	main, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", "session-api").Output()
	if err != nil {
		return "", fmt.Errorf("go list finds no session-api: %w", withStderr(err))
	}
	program := filepath.Join(dir, "session-api")
	cmd := exec.CommandContext(ctx, "go", append(append([]string{"build", "-o", program}, flags...), "./cmd/session-api")...)
	cmd.Dir = strings.TrimSpace(string(main))
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("session-api does not build: %w\n%s", err, out)
	}
	return program, nil
}

func withStderr(err error) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return fmt.Errorf("%w\n%s", err, exit.Stderr)
	}
	return err
}

// useEndpoint has every AWS client of this process call url with credentials that
// mean nothing: the engine takes both from the environment alone.
func useEndpoint(url string) error {
	for _, name := range []string{"AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_CA_BUNDLE"} {
		if err := os.Unsetenv(name); err != nil {
			return err
		}
	}
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL_DYNAMODB": url, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
		"AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
	} {
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	return nil
}

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
// second time.
func openDynamo(ctx context.Context, table string) (*dynamo.Store, error) {
	return dynamo.Open(ctx, dynamo.Options{
		Table: table, Region: region, ConsistentRead: true,
		Attempts: 1, AttemptTimeout: patience, CallTimeout: patience,
	})
}
