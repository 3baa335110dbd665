package httpapi

import (
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// refusalsPerSecond bounds the lines about requests that were refused for who makes
// them: anybody can cause one, so their number must not be anybody's to choose.
const refusalsPerSecond = 10

// refusals counts refusals, of which not each is logged.
type refusals struct {
	mu      sync.Mutex
	second  time.Time // when counting began
	logged  int       // since then
	skipped int       // since the last line
}

// next reports whether the refusal at now gets a line, and how many got none before it.
func (r *refusals) next(now time.Time) (skipped int, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now.Sub(r.second) >= time.Second {
		r.second, r.logged = now, 0
	}
	if r.logged == refusalsPerSecond {
		r.skipped++
		return 0, false
	}
	r.logged++
	skipped, r.skipped = r.skipped, 0
	return skipped, true
}

// logRefusal writes why a caller was turned away, which the answer does not say. Causes
// are words of package auth and hold nothing of a credential.
func (a *API) logRefusal(x *exchange, r *http.Request, status int, err error) {
	skipped, ok := a.refused.next(x.start)
	if !ok {
		return
	}
	_, known := classify(err)
	why := error(known) // what the caller is told says it all
	if known.Cause != nil {
		why = known.Cause
	}
	attrs := append(a.attrs(x, r, status), slog.String("cause", why.Error()))
	if skipped > 0 {
		attrs = append(attrs, slog.Int("others_not_logged", skipped))
	}
	a.log.LogAttrs(&x.ctx, slog.LevelWarn, "request refused", attrs...)
}
