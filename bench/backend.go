package main

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"

	"session-api/store/dynamo/dynamotest"
)

// backend is something that speaks DynamoDB.
type backend struct {
	url    string
	behind []int // its process
	// keeps says whether it keeps what it is given.
	keeps bool
}

// backendOpener returns a site's backend of one kind.
type backendOpener func(context.Context, *site) (*backend, error)

// executable returns this program, which plays the Go servers as well.
func executable() (string, error) { return os.Executable() }

// env is what brings a program of any language to a table of the backend.
func (b *backend) env(table string) []string {
	return []string{
		"AWS_ENDPOINT_URL_DYNAMODB=" + b.url, "AWS_REGION=us-west-2", "AWS_DEFAULT_REGION=us-west-2",
		"AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test", "AWS_EC2_METADATA_DISABLED=true",
		"DYNAMODB_TABLE_NAME=" + table,
	}
}

// stubBackend returns the site's stub.
func stubBackend(_ context.Context, s *site) (*backend, error) {
	if s.stubbed == nil {
		p, err := s.keep(startStub(s.data.value, s.delay))
		if err != nil {
			return nil, err
		}
		s.stubbed = &backend{url: "http://" + p.addr, behind: []int{p.cmd.Process.Pid}}
	}
	return s.stubbed, nil
}

// emulatorBackend returns the site's DynamoDB emulator, installed where it is not.
func emulatorBackend(ctx context.Context, s *site) (*backend, error) {
	if s.emulated == nil {
		p, err := dynamotest.Launch(ctx, dynamotest.Dynoxide)
		if err != nil {
			return nil, err
		}
		s.cleanups = append(s.cleanups, p.Stop)
		pid, err := childOn(p.Endpoint)
		if err != nil {
			return nil, err
		}
		s.emulated = &backend{url: p.Endpoint, behind: []int{pid}, keeps: true}
	}
	return s.emulated, nil
}

// childOn returns the child of this process that was told to listen on the port of
// endpoint.
func childOn(endpoint string) (int, error) {
	u, err := url.Parse(endpoint)
	if err != nil {
		return 0, err
	}
	all, err := readStats()
	if err != nil {
		return 0, err
	}
	for pid, s := range all {
		line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		if err == nil && s.parent == os.Getpid() && bytes.Contains(line, []byte(u.Port())) {
			return pid, nil
		}
	}
	return 0, fmt.Errorf("no child of this process is at %s", endpoint)
}

// table returns a backend with a table of that name, as session-api makes it.
func (s *site) table(ctx context.Context, on backendOpener, name string) (*backend, string, error) {
	b, err := on(ctx, s)
	if err != nil || !b.keeps {
		return b, name, err
	}
	program, err := s.ours(ctx)
	if err != nil {
		return nil, "", err
	}
	cmd := exec.CommandContext(ctx, program, "table", "create")
	cmd.Env = append(os.Environ(), b.env(name)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, "", fmt.Errorf("session-api table create: %w: %s", err, out)
	}
	return b, name, nil
}
