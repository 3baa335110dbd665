package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"session-api"
	"session-api/internal/auth"
	"session-api/internal/jsonpatch"
)

// The codes of errors that exist only in HTTP, beside those of package session.
// They are part of the contract as those are.
const (
	codeNoRoute       session.Code = "route_not_found"
	codeWrongMethod   session.Code = "method_not_allowed"
	codeMediaType     session.Code = "unsupported_media_type"
	codeMalformedJSON session.Code = "malformed_json"
	codeInvalidBody   session.Code = "invalid_body"
	codeUnknownField  session.Code = "unknown_field"
	codeInvalidQuery  session.Code = "invalid_query"
	codeInvalidHeader session.Code = "invalid_header"
	codeNoIfMatch     session.Code = "precondition_required"
	codeBodyTimeout   session.Code = "request_timeout"
	codeInternal      session.Code = "internal"
	codeShuttingDown  session.Code = "shutting_down"
	codeOverloaded    session.Code = "overloaded"
	codeRateLimited   session.Code = "rate_limited"

	codeMalformedRequest session.Code = "malformed_request"
	codeExpectation      session.Code = "expectation_failed"
	codeHeaderTooLarge   session.Code = "header_too_large"
	codeTransferCoding   session.Code = "unsupported_transfer_coding"
	codeHTTPVersion      session.Code = "unsupported_http_version"
)

var errNoRoute = &session.Error{Code: codeNoRoute, Message: "There is no such route"}

func errWrongMethod(allow string) error {
	return &session.Error{Code: codeWrongMethod, Message: "This route takes " + allow}
}

// problem is the body of every error: RFC 9457, and beside its members "error",
// which older clients read, and "code", which programs branch on.
type problem struct {
	Type   string       `json:"type"`
	Title  string       `json:"title"`
	Status int          `json:"status"`
	Detail string       `json:"detail"`
	Error  string       `json:"error"`
	Code   session.Code `json:"code"`
	Field  string       `json:"field,omitzero"`
	// Version is the session's current one, where the caller named another.
	Version   *int64 `json:"version,omitzero"`
	RequestID string `json:"requestId"`
}

func newProblem(status int, err *session.Error, requestID string) problem {
	return problem{
		Type:      "about:blank",
		Title:     http.StatusText(status),
		Status:    status,
		Detail:    err.Message,
		Error:     err.Message,
		Code:      err.Code,
		Field:     err.Field,
		RequestID: requestID,
	}
}

const problemType = "application/problem+json"

// statusOf maps codes to HTTP statuses. Codes that are not here are faults of
// ours: 500, with a sentence that tells nothing.
var statusOf = map[session.Code]int{
	codeMalformedRequest:        http.StatusBadRequest,
	codeMalformedJSON:           http.StatusBadRequest,
	codeInvalidBody:             http.StatusBadRequest,
	codeUnknownField:            http.StatusBadRequest,
	codeInvalidQuery:            http.StatusBadRequest,
	codeInvalidHeader:           http.StatusBadRequest,
	session.CodeTooDeep:         http.StatusBadRequest,
	jsonpatch.CodeInvalid:       http.StatusBadRequest,
	session.CodeInvalidUserID:   http.StatusBadRequest,
	session.CodeInvalidLimit:    http.StatusBadRequest,
	session.CodeInvalidCursor:   http.StatusBadRequest,
	session.CodeInvalidValue:    http.StatusBadRequest,
	session.CodeUserNotAllowed:  http.StatusForbidden,
	auth.CodeUnauthenticated:    http.StatusUnauthorized,
	codeScope:                   http.StatusForbidden,
	codeNoRoute:                 http.StatusNotFound,
	session.CodeNotFound:        http.StatusNotFound,
	codeWrongMethod:             http.StatusMethodNotAllowed,
	codeBodyTimeout:             http.StatusRequestTimeout,
	session.CodePatchFailed:     http.StatusConflict,
	session.CodeContention:      http.StatusConflict,
	session.CodeTooManySessions: http.StatusConflict,
	session.CodeKeyInFlight:     http.StatusConflict,
	session.CodeExpired:         http.StatusGone,
	session.CodeEnded:           http.StatusGone,
	session.CodeConflict:        http.StatusPreconditionFailed,
	session.CodeTooLarge:        http.StatusRequestEntityTooLarge,
	codeMediaType:               http.StatusUnsupportedMediaType,
	session.CodeKeyReused:       http.StatusUnprocessableEntity,
	codeNoIfMatch:               http.StatusPreconditionRequired,
	codeRateLimited:             http.StatusTooManyRequests,
	session.CodeUnavailable:     http.StatusServiceUnavailable,
	auth.CodeNoKeys:             http.StatusServiceUnavailable,
	codeOverloaded:              http.StatusServiceUnavailable,
}

// classify returns the status of err and the Error to tell the caller.
func classify(err error) (int, *session.Error) {
	var known *session.Error
	if !errors.As(err, &known) {
		known = &session.Error{}
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		// However deep the deadline struck, to the caller the store was too slow.
		known = session.ErrUnavailable
	}
	if status, ok := statusOf[known.Code]; ok {
		return status, known
	}
	return http.StatusInternalServerError, &session.Error{
		Code:    codeInternal,
		Message: "An internal error occurred; please quote the request id when you report it",
	}
}

// retryAfter is the Retry-After of errors that pass, in seconds: those that end by
// themselves mostly do so within one.
const retryAfter = "1"

// passes reports whether the same request may well succeed a little later.
func passes(code session.Code) bool {
	switch code {
	case session.CodeUnavailable, auth.CodeNoKeys, session.CodeContention, session.CodeKeyInFlight, codeOverloaded:
		return true
	}
	return false
}

// fail answers with the problem that err is. It is the only way to an error
// answer. An answer that has begun can't be changed; the connection is cut then,
// so that half an answer is not taken for a whole one.
func (a *API) fail(x *exchange, r *http.Request, err error) {
	status, known := classify(err)
	switch {
	case known.Code == codeOverloaded:
		a.noteShed()
	case status == http.StatusUnauthorized, status == http.StatusForbidden, known.Code == auth.CodeNoKeys:
		a.logRefusal(x, r, status, err)
	case status >= http.StatusInternalServerError:
		a.logFault(x, r, status, err)
	}
	if x.status != 0 {
		panic(http.ErrAbortHandler)
	}
	if passes(known.Code) {
		x.Header().Set("Retry-After", retryAfter)
	}
	body := newProblem(status, known, x.requestIDs[0])
	if known.Code == session.CodeConflict {
		body.Version = &known.Version
		x.Header().Set("ETag", etag(known.Version))
	}
	if err := x.sendJSON(status, problemType, body); err != nil {
		panic(fmt.Errorf("sending a problem: %w", err))
	}
}
