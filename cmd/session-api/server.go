package main

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"time"

	"session-api/internal/config"
	"session-api/internal/door"
	"session-api/internal/httpapi"
)

// The limits of a connection that no option sets.
const (
	// headerTimeout is the time for a request's header, a few hundred bytes. Who
	// takes longer only holds a connection open.
	headerTimeout = 5 * time.Second

	// writeSlack is the time that an answer has to reach its caller after the
	// request's deadline: the largest page, about 5 MB, at 4 Mbit/s.
	writeSlack = 10 * time.Second

	// idleTimeout is above the 60 s after which load balancers drop a connection
	// (AWS: Application Load Balancers, "Connection idle timeout"). Were it
	// below, the server could close one just as a request sets out on it.
	idleTimeout = 90 * time.Second
)

// newServer returns the server of h behind d, with TLS if there are settings for it. The
// contexts of requests end with base.
func newServer(base context.Context, h http.Handler, d *door.Door, c config.HTTP, settings *tls.Config, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: headerTimeout,
		// Both count from the request's first byte or its header, so they stay
		// above the deadline that the API itself keeps and answers in time.
		ReadTimeout:    headerTimeout + c.RequestTimeout,
		WriteTimeout:   c.RequestTimeout + writeSlack,
		IdleTimeout:    idleTimeout,
		MaxHeaderBytes: httpapi.MaxHeaderBytes,
		TLSConfig:      settings,
		// "OPTIONS *" is no route: the API says so in its own words.
		DisableGeneralOptionsHandler: true,
		ErrorLog:                     serverLog(log),
		BaseContext:                  func(net.Listener) context.Context { return base },
		ConnContext:                  d.Context,
		ConnState:                    d.State,
	}
}
