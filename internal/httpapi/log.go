package httpapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"runtime/debug"
	"time"

	"session-api"
)

// finish runs when a request is over, however it went: it turns a panic into a
// logged 500 and writes the request's log lines.
func (a *API) finish(x *exchange, r *http.Request) {
	defer x.leave() // if no answer began
	if p := recover(); p != nil {
		if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(p) // net/http cuts the connection and logs nothing
		}
		a.logPanic(x, r, p)
		if x.status != 0 {
			panic(http.ErrAbortHandler)
		}
		a.fail(x, r, errPanicked)
	}
	a.logOperation(x, r)
	a.logAccess(x, r)
}

var errPanicked = errors.New("a handler panicked")

// logOperation writes the one line of an operation that changed something.
func (a *API) logOperation(x *exchange, r *http.Request) {
	if x.operation == "" || !a.log.Enabled(&x.ctx, slog.LevelInfo) {
		return
	}
	line, attrs := x.said()
	a.log.LogAttrs(&x.ctx, slog.LevelInfo, line, append(a.attrs(x, r, x.status), attrs...)...)
}

// said returns what is logged of the operation, for people and for programs.
func (x *exchange) said() (line string, attrs []slog.Attr) {
	user := slog.String("user", x.userID)
	if x.sessionID == "" {
		return fmt.Sprintf("%s sessions of user %s: %d", x.operation, x.userID, x.many), []slog.Attr{user, slog.Int("sessions", x.many)}
	}
	shown := session.Redact(x.sessionID)
	attrs = []slog.Attr{slog.String("session", shown), user}
	line = x.operation + " session " + shown
	if x.newID != "" {
		next := session.Redact(x.newID)
		line += " to " + next
		attrs = append(attrs, slog.String("new_session", next))
	}
	if x.userID != "" {
		line += " for user " + x.userID
	}
	return line, attrs
}

// logAccess writes a line for every request, at debug level. It names the route,
// never the path: paths hold session ids.
func (a *API) logAccess(x *exchange, r *http.Request) {
	if a.log.Enabled(&x.ctx, slog.LevelDebug) {
		a.log.LogAttrs(&x.ctx, slog.LevelDebug, "request", a.attrs(x, r, x.status)...)
	}
}

// logFault writes why a request got a 5xx. What the store can't serve is a
// warning, for it mends itself or an engine has said more; the rest is an error.
func (a *API) logFault(x *exchange, r *http.Request, status int, err error) {
	if errors.Is(err, errPanicked) || errors.Is(x.ctx.Err(), context.Canceled) {
		return // logged with its stack already; or nobody is there to be answered
	}
	level := slog.LevelError
	if status == http.StatusServiceUnavailable {
		level = slog.LevelWarn
	}
	a.log.LogAttrs(&x.ctx, level, "request failed", append(a.attrs(x, r, status),
		slog.String("cause", err.Error()))...)
}

// logPanic writes what panicked and where. The text of a panic may hold
// anything, a session id too, so only texts of the runtime are shown, which hold
// none of a program's strings; for others the type and the stack must do.
func (a *API) logPanic(x *exchange, r *http.Request, p any) {
	what := fmt.Sprintf("%T", p)
	if err, ok := p.(runtime.Error); ok {
		what = err.Error()
	}
	a.log.LogAttrs(&x.ctx, slog.LevelError, "panic", append(a.attrs(x, r, http.StatusInternalServerError),
		slog.String("what", what), slog.String("stack", string(debug.Stack())))...)
}

func (a *API) attrs(x *exchange, r *http.Request, status int) []slog.Attr {
	attrs := append(make([]slog.Attr, 0, 10),
		slog.String("request_id", x.requestIDs[0]),
		slog.String("method", method(r)),
		slog.String("route", x.route),
		slog.Int("status", status),
		slog.Duration("duration", time.Since(x.start)))
	if x.caller != nil {
		attrs = append(attrs, slog.String("caller", x.caller.Name))
	}
	return attrs
}

// method returns the request's method if it is one that HTTP knows: an unknown
// one is the caller's text and may be anything.
func method(r *http.Request) string {
	switch r.Method {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT":
		return r.Method
	}
	return "other"
}
