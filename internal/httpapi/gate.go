package httpapi

import (
	"context"
	"errors"
	"net/http"

	"session-api"
	"session-api/internal/auth"
)

// Callers finds out who makes a request.
type Callers interface {
	// Authenticate returns who makes r, or an Error whose code says that nobody known
	// does; auth.ErrNoCredentials too where r does not say.
	Authenticate(ctx context.Context, r *http.Request) (*auth.Caller, error)
	// Ready returns an Error as long as callers cannot be told at all.
	Ready() error
}

// open is the scope of what is for everybody.
const open auth.Scopes = 0

const codeScope session.Code = "insufficient_scope"

// admit finds out who calls. Of whom it does not know it returns the error that is
// answered before anything else is: not even what exists is told to a stranger.
func (a *API) admit(x *exchange, r *http.Request) error {
	if a.callers == nil {
		return nil
	}
	caller, err := a.callers.Authenticate(&x.ctx, r)
	if err != nil {
		if _, known := classify(err); known.Code == auth.CodeUnauthenticated {
			x.Header().Set("WWW-Authenticate", challenge(err))
		}
		return err
	}
	x.caller = caller
	return nil
}

// challenge returns the WWW-Authenticate of a 401 (RFC 6750 section 3): without an
// error for who sent no credentials, or does not know that any are wanted.
func challenge(err error) string {
	if errors.Is(err, auth.ErrNoCredentials) {
		return `Bearer realm="session-api"`
	}
	return `Bearer realm="session-api", error="invalid_token"`
}

// permit returns an error unless the caller may do what needs the scope.
func (a *API) permit(x *exchange, need auth.Scopes) error {
	if a.callers == nil || need == open || x.caller != nil && x.caller.Scopes.Has(need) {
		return nil
	}
	x.Header().Set("WWW-Authenticate", `Bearer realm="session-api", error="insufficient_scope", scope="`+need.String()+`"`)
	return &session.Error{Code: codeScope, Message: "This call needs the scope " + need.String() + ", which the caller does not have"}
}

// service returns the rules about sessions, as they are for who calls.
func (a *API) service(x *exchange) *session.Service {
	if x.caller == nil {
		return a.svc
	}
	return a.svc.As(session.Caller{Name: x.caller.Name, UserPrefix: x.caller.UserPrefix})
}
