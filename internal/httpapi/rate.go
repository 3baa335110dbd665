package httpapi

import (
	"errors"
	"log/slog"
	"net/http"

	"session-api"
	"session-api/internal/auth"
	"session-api/internal/ratelimit"
)

var errRateLimited = &session.Error{
	Code:    codeRateLimited,
	Message: "This caller's rate is exceeded; try again after the time in Retry-After, and keep to the RateLimit field of every answer",
}

// limit counts the request against its caller's rate, tells the caller what is left of
// it, and returns errRateLimited if nothing is. Probes are never counted.
func (a *API) limit(x *exchange, r *http.Request) error {
	if a.limiter == nil || isProbe(r.URL.Path) || a.limiter.Idle() && (x.caller == nil || x.caller.Rate == nil) {
		return nil
	}
	caller := a.callerOf(x, r)
	verdict := a.limiter.Take(caller)
	if !verdict.Limited() {
		return nil
	}
	h := x.Header()
	h["Ratelimit-Policy"] = []string{verdict.Policy()}
	h["Ratelimit"] = []string{verdict.Field()}
	if !verdict.Refused {
		return nil
	}
	h["Retry-After"] = []string{verdict.RetryAfter()}
	a.noteLimited(caller)
	return errRateLimited
}

// callerOf returns who sent the request, so far as limits go: a caller who is known, or
// an address.
func (a *API) callerOf(x *exchange, r *http.Request) ratelimit.Caller {
	if x.caller == nil {
		return ratelimit.Caller{Addr: a.clients.Of(r)}
	}
	c := ratelimit.Caller{Name: x.caller.Name}
	if own := x.caller.Rate; own != nil {
		c.Rate = &ratelimit.Rate{RPS: own.RPS, Burst: own.Burst}
	}
	return c
}

// countFailure returns what a request is answered that admit refused for err: the same,
// unless its address has failed so often that errRateLimited is.
func (a *API) countFailure(x *exchange, r *http.Request, err error) error {
	if _, known := classify(err); a.limiter == nil || known.Code != auth.CodeUnauthenticated || errors.Is(err, auth.ErrNoCredentials) {
		return err
	}
	caller := ratelimit.Caller{Addr: a.clients.Of(r)}
	verdict := a.limiter.Failed(caller.Addr)
	if !verdict.Refused {
		return err
	}
	x.Header().Del("WWW-Authenticate")
	x.Header()["Retry-After"] = []string{verdict.RetryAfter()}
	a.noteLimited(caller)
	return errRateLimited
}

// noteLimited counts a refusal for the log, which names the last caller of many: it is
// mostly one that sends too much.
func (a *API) noteLimited(c ratelimit.Caller) {
	n := a.limiting.Add(a.now())
	if n == 0 {
		return
	}
	last := slog.String("last_caller", c.Name)
	if c.Name == "" {
		last = slog.String("last_address", c.Addr.String())
	}
	a.log.Warn("requests were refused, because their callers' rates were exceeded", slog.Int64("refused", n), last)
}
