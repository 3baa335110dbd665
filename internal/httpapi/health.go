package httpapi

import (
	"context"
	"errors"
	"net/http"
	"time"

	"session-api"
)

// readyTimeout bounds what /ready waits for the store: a probe that hangs says
// less than one that fails.
const readyTimeout = 2 * time.Second

type healthBody struct {
	Status    string `json:"status"`
	Service   string `json:"service"`
	Timestamp string `json:"timestamp"`
}

// health tells that the process serves. It never touches the store: restarting
// the process mends no store.
func (a *API) health(x *exchange, _ *http.Request) error {
	return x.sendJSON(http.StatusOK, jsonType, healthBody{
		Status: "healthy", Service: "session-api", Timestamp: microseconds(a.now()),
	})
}

type readyBody struct {
	Status      string `json:"status"`
	Table       string `json:"table"`
	TableStatus string `json:"table_status"`
	// Warnings are sentences; probes that know nothing of them go on as before.
	Warnings []string `json:"warnings,omitempty"`
}

// notReadyBody has the members that probes of the older service read; its status
// is a word, so it is no problem document, where status is a number.
type notReadyBody struct {
	Status string       `json:"status"`
	Error  string       `json:"error"`
	Code   session.Code `json:"code"`
}

func (a *API) ready(x *exchange, r *http.Request) error {
	if a.unavailable.Load() {
		return a.notReady(x, &session.Error{Code: codeShuttingDown, Message: "The service is shutting down"})
	}
	if a.callers != nil {
		if err := a.callers.Ready(); err != nil {
			return a.notReady(x, err)
		}
	}
	ctx, cancel := context.WithTimeout(&x.ctx, readyTimeout)
	defer cancel()
	status, err := a.svc.Ready(ctx)
	if err != nil {
		a.logFault(x, r, http.StatusServiceUnavailable, err)
		_, known := classify(err)
		return a.notReady(x, known)
	}
	return x.sendJSON(http.StatusOK, jsonType, readyBody{
		Status: "ready", Table: status.Table, TableStatus: status.State, Warnings: status.Warnings,
	})
}

func (a *API) notReady(x *exchange, err error) error {
	var why *session.Error
	if !errors.As(err, &why) {
		return err
	}
	x.Header().Set("Retry-After", retryAfter)
	return x.sendJSON(http.StatusServiceUnavailable, jsonType, notReadyBody{
		Status: "not_ready", Error: why.Message, Code: why.Code,
	})
}
