package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"session-api"
)

// The ways in which a stop is not in good order.
var (
	errCut          = errors.New("requests were cut, because they still ran when SHUTDOWN_GRACE (--shutdown-grace) was over")
	errJobsCut      = errors.New("work in the background was cut, because it still ran when SHUTDOWN_GRACE (--shutdown-grace) was over")
	errSecondSignal = errors.New("a second signal came before everything was stopped, so the process ended at once")
)

// jobs is what goes on after its request was answered.
type jobs interface {
	// Close lets it finish, until ctx ends.
	Close(ctx context.Context) error
}

// stopper serves, and stops in an order that loses nothing: first the word that
// no more requests are wanted, then the end of the running ones and of what they
// left to do in the background, then the engine.
type stopper struct {
	drain  func() // /ready answers 503 from here on
	server *http.Server
	cut    context.CancelFunc // ends the contexts of running requests
	jobs   jobs
	store  session.Store
	delay  time.Duration
	grace  time.Duration
	log    *slog.Logger
}

// serveUntil serves on l until a signal comes, then stops. It returns nil after
// a stop in good order, and at once when a second signal comes.
func (s stopper) serveUntil(signals <-chan os.Signal, l net.Listener) error {
	served := make(chan error, 1)
	go func() { served <- s.listen(l) }()
	select {
	case err := <-served:
		ctx, cancel := context.WithTimeout(context.Background(), s.grace)
		defer cancel()
		return both(fmt.Errorf("the server ended by itself: %w", err), both(s.endJobs(ctx), s.store.Close()))
	case sig := <-signals:
		s.log.Info("stopping", "signal", sig.String(), "delay", s.delay.String(), "grace", s.grace.String())
	}
	stopped := make(chan error, 1)
	go func() { stopped <- s.stop() }()
	select {
	case err := <-stopped:
		return err
	case <-signals:
		s.log.Warn("ended by a second signal")
		return errSecondSignal
	}
}

// listen serves on l, with TLS if the server has settings for it.
func (s stopper) listen(l net.Listener) error {
	if s.server.TLSConfig == nil {
		return s.server.Serve(l)
	}
	return s.server.ServeTLS(l, "", "")
}

// stop lets running requests finish, at most for the grace, and closes the
// engine whatever came of them.
func (s stopper) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), s.grace)
	defer cancel()
	s.drain()
	// Load balancers learn late that this process goes: until they have, it
	// must still take their requests.
	select {
	case <-time.After(s.delay):
	case <-ctx.Done():
	}
	err := both(s.endRequests(ctx), s.endJobs(ctx))
	err = both(err, s.store.Close())
	if err != nil {
		s.log.Error("stopped, but not in good order", "cause", err.Error())
		return err
	}
	s.log.Info("stopped")
	return nil
}

// endRequests waits for running requests until ctx ends, then cuts them.
func (s stopper) endRequests(ctx context.Context) error {
	err := s.server.Shutdown(ctx)
	if err == nil {
		return nil
	}
	s.cut()
	if err := s.server.Close(); err != nil {
		s.log.Warn("a connection did not close", "cause", err.Error())
	}
	return errCut
}

// endJobs waits for the work in the background until ctx ends, then cuts it.
func (s stopper) endJobs(ctx context.Context) error {
	if err := s.jobs.Close(ctx); err != nil {
		return errJobsCut
	}
	return nil
}

// both returns what is wrong of two steps, on one line (errors.Join takes two).
func both(first, second error) error {
	if first == nil || second == nil {
		return cmp.Or(first, second)
	}
	return fmt.Errorf("%w; %w", first, second)
}
