package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"strconv"

	"session-api"
	"session-api/internal/config"
	"session-api/internal/httpapi"
	"session-api/internal/reload"
)

// serve runs the server until a signal ends it, and returns nil after a stop in
// good order.
func serve(c *config.Config, out io.Writer, signals <-chan os.Signal) error {
	if err := c.Check(); err != nil {
		return usageError{err}
	}
	log := newLogger(c.Logs, out)

	callers, err := openCallers(c.Callers, log)
	if err != nil {
		return usageError{err}
	}
	settings, certificates, err := openTLS(c, log)
	if err != nil {
		return usageError{err}
	}
	secrets, err := readSecrets(c.AtRest)
	if err != nil {
		return usageError{err}
	}
	engine, err := openEngine(&c.Store, log)
	if err != nil {
		return err
	}
	engine = secrets.keep(engine, log)
	service, err := newService(engine, c.Sessions, log)
	if err != nil {
		return both(err, engine.Close())
	}
	clients, err := newClients(c.Limits)
	if err != nil {
		return both(err, engine.Close())
	}
	api := httpapi.New(service, httpapi.Options{
		Logger:         log,
		MaxBodyBytes:   c.HTTP.MaxBodyBytes,
		RequestTimeout: c.HTTP.RequestTimeout,
		RequireIfMatch: c.HTTP.RequireIfMatch,
		Callers:        callers.gate(),
		HideDocs:       !c.Callers.ServesDocs(),
		InFlight:       newInFlight(c),
		Limiter:        newLimiter(c.Limits),
		Clients:        clients,
	})
	listener, err := listen(c.HTTP.Listen)
	if err != nil {
		return both(err, engine.Close())
	}
	callers.say(log)
	log.Info("listening", "addr", listener.Addr().String(), "tls", settings != nil)

	door := newDoor(listener, c.Limits, settings != nil, log)
	requests, cut := context.WithCancel(context.Background())
	defer cut()
	callers.watch(requests)
	go reload.Watch(requests, certificates...)
	s := stopper{
		drain:  api.Drain,
		server: newServer(requests, api, door, c.HTTP, settings, log),
		cut:    cut,
		jobs:   service,
		store:  engine,
		delay:  c.HTTP.ShutdownDelay,
		grace:  c.HTTP.ShutdownGrace,
		log:    log,
	}
	return s.serveUntil(signals, door)
}

func newService(e engine, c config.Sessions, log *slog.Logger) (*session.Service, error) {
	newID := session.NewLabelledID
	if c.IDFormat == config.OpaqueIDs {
		newID = session.NewOpaqueID
	}
	if e.newIDs != nil {
		newID = e.newIDs(newID)
	}
	return session.NewService(e, session.Options{
		TTL:           c.TTL,
		MaxTTL:        c.LongestTTL(),
		IdleTimeout:   c.IdleTimeout,
		TouchOnRead:   c.TouchOnRead,
		TouchInterval: c.TouchInterval,
		MaxPerUser:    c.MaxPerUser,
		LimitPolicy:   session.LimitPolicy(c.LimitPolicy),
		MaxDataBytes:  e.maxDataBytes,
		Handle:        e.handle,
		CursorKey:     e.cursorKey,
		NewID:         newID,
		Logger:        log,
	})
}

func listen(l config.Listen) (net.Listener, error) {
	addr := net.JoinHostPort(l.Host, strconv.Itoa(l.Port))
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		if op := (*net.OpError)(nil); errors.As(err, &op) {
			err = op.Err // the rest of its text is the address once more
		}
		return nil, fmt.Errorf("cannot listen on %s, which HOST (--host) and PORT (--port) name: %w", addr, err)
	}
	return listener, nil
}
