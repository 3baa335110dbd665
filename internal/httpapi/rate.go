package httpapi

import (
	"log/slog"
	"net/http"

	"session-api"
	"session-api/internal/ratelimit"
)

var errRateLimited = &session.Error{
	Code:    codeRateLimited,
	Message: "This caller's rate is exceeded; try again after the time in Retry-After, and keep to the RateLimit field of every answer",
}

// limit counts the request against its caller's rate, tells the caller what is left of
// it, and returns errRateLimited if nothing is. Probes are never counted.
func (a *API) limit(x *exchange, r *http.Request) error {
	if a.limiter == nil || isProbe(r.URL.Path) {
		return nil
	}
	caller := a.callerOf(r)
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

// callerOf returns who sent the request, so far as limits go: for now, an address.
func (a *API) callerOf(r *http.Request) ratelimit.Caller {
	return ratelimit.Caller{Addr: a.clients.Of(r)}
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
