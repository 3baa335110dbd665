package main

import (
	"context"
	"errors"
	"sync/atomic"

	"session-api"
	"session-api/store/dynamo/faultproxy"
	"session-api/store/embedded"
	"session-api/store/memory"
	"session-api/verify/program"
)

// rig is an engine or the service on one.
type rig struct {
	name string
	open func(context.Context, *lab) (*system, error)
	// long is set for a rig of the long run alone: it takes most of the time that all
	// the others take together.
	long bool
}

// servers is how many processes share a table.
const servers = 3

var rigs = []rig{
	{name: "memory", open: func(context.Context, *lab) (*system, error) { return engine(memory.New(), nil) }},
	{name: "embedded", open: func(_ context.Context, l *lab) (*system, error) {
		return engine(embedded.Open(embedded.Options{Dir: l.newDir()}))
	}},
	{name: "dynamo", open: func(ctx context.Context, l *lab) (*system, error) {
		table, err := l.newTable(ctx)
		if err != nil {
			return nil, err
		}
		return engine(openDynamo(ctx, table, 0))
	}},
	{name: "dynamo, reads share calls", open: func(ctx context.Context, l *lab) (*system, error) {
		table, err := l.newTable(ctx)
		if err != nil {
			return nil, err
		}
		return engine(openDynamo(ctx, table, 1))
	}},
	{name: "embedded, over HTTP", open: func(ctx context.Context, l *lab) (*system, error) {
		return l.serve(ctx, 1, false, "SESSION_STORE=embedded", "DATA_DIR="+l.newDir())
	}},
	{name: "dynamo, three processes over HTTP", open: func(ctx context.Context, l *lab) (*system, error) {
		return l.fleet(ctx, l.backend.Endpoint, false)
	}},
	{name: "dynamo, three processes, 1 answer in 10 lost", open: losing, long: true},
}

// engine returns the system that is an engine alone.
func engine[S session.Store](store S, err error) (*system, error) {
	if err != nil {
		return nil, err
	}
	return &system{
		register: func() register { return newEngineRegister(store) },
		again:    true, close: store.Close,
	}, nil
}

// losing is the fleet behind a proxy that carries each tenth call out and then hangs
// up, so that processes send calls a second time.
func losing(ctx context.Context, l *lab) (*system, error) {
	proxy, err := faultproxy.New(l.backend.Endpoint)
	if err != nil {
		return nil, err
	}
	s, err := l.fleet(ctx, proxy.URL(), true)
	if err != nil {
		proxy.Close()
		return nil, err
	}
	var calls atomic.Int64
	lose := faultproxy.LoseReply()
	proxy.Add(faultproxy.Rule{Fault: func(x *faultproxy.Exchange) {
		if calls.Add(1)%10 == 0 {
			lose(x)
			return
		}
		if a, err := x.Forward(); err == nil {
			x.Reply(a)
		}
	}})
	stop := s.close
	s.close = func() error { defer proxy.Close(); return stop() }
	return s, nil
}

// fleet starts processes on a new table, which call it at endpoint.
func (l *lab) fleet(ctx context.Context, endpoint string, resent bool) (*system, error) {
	table, err := l.newTable(ctx)
	if err != nil {
		return nil, err
	}
	return l.serve(ctx, servers, resent,
		"DYNAMODB_TABLE_NAME="+table, "AWS_REGION="+region, "AWS_ENDPOINT_URL_DYNAMODB="+endpoint,
		"AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test", "AWS_EC2_METADATA_DISABLED=true",
		// So that reads share calls in spite of few clients.
		"DYNAMODB_COALESCE_FROM=1",
		// A call that only takes long on a busy machine must not be sent again: see
		// remote.resent.
		"DYNAMODB_ATTEMPT_TIMEOUT="+patience.String(), "DYNAMODB_CALL_TIMEOUT="+patience.String())
}

// serve starts processes of the program with these variables. resent says that they
// may send a call to their backend twice.
func (l *lab) serve(ctx context.Context, n int, resent bool, env ...string) (*system, error) {
	env = append([]string{"REQUEST_TIMEOUT=" + patience.String()}, env...)
	var running []*program.Process
	stop := func() (err error) {
		for _, p := range running {
			err = errors.Join(err, p.Stop())
		}
		return err
	}
	f := newFront()
	for range n {
		p, err := program.Start(ctx, l.program, env, nil)
		if err != nil {
			return nil, errors.Join(err, stop())
		}
		running = append(running, p)
		f.bases = append(f.bases, "http://"+p.Addr)
	}
	return &system{register: func() register { return &remote{front: f, resent: resent} }, close: stop}, nil
}
