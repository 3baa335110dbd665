package httpapi

import (
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"session-api"
	"session-api/internal/inflight"
)

// A request takes one of the places in flight when its header is there, gives it
// back while its body is on the way, and for good when its answer begins: whoever
// sends slowly or reads slowly keeps no place from others. Probes take none, so that
// a service under load is not taken for a dead one.

var errOverloaded = &session.Error{
	Code:    codeOverloaded,
	Message: "The service has as many requests in flight as it takes; try again shortly",
}

// stepAside gives the place back while the work can't go on.
func (x *exchange) stepAside() {
	x.place.Cancel()
	x.place = nil
}

// stepBack takes a place again and reports whether there was one.
func (x *exchange) stepBack(l *inflight.Limit) bool {
	if !l.Enter() {
		return false
	}
	x.place, x.entered = l, time.Since(x.start)
	return true
}

// leave gives the place back when the work is done. Only of requests whose work is a
// single call of the store does the time say how it is with the store: patches of one
// session wait for each other, and lists are long or short.
func (x *exchange) leave() {
	if x.single {
		x.place.Leave(x.start.Add(x.entered))
	} else {
		x.place.Cancel()
	}
	x.place = nil
}

// isProbe reports whether a path is one that load balancers and orchestrators ask.
func isProbe(path string) bool { return path == "/health" || path == "/ready" }

// shed refuses a request before anything is done for it. Where many are refused this
// must cost as little as can be, so the answer is put together by hand.
func (a *API) shed(w http.ResponseWriter, r *http.Request) {
	id := requestID(r.Header)
	body := append(append(make([]byte, 0, len(a.overloaded)+len(id)+2), a.overloaded...), id...)
	body = append(body, `"}`...)
	values := [...]string{id, retryAfter, problemType, strconv.Itoa(len(body))}
	h := w.Header()
	h["Cache-Control"] = noStore
	h["X-Content-Type-Options"] = noSniff
	h["X-Request-Id"] = values[0:1:1]
	h["Retry-After"] = values[1:2:2]
	h["Content-Type"] = values[2:3:3]
	h["Content-Length"] = values[3:4:4]
	w.WriteHeader(http.StatusServiceUnavailable)
	_, _ = w.Write(body) // #nosec G705 -- JSON whose only foreign part is a request id that is known to be sane
	a.noteShed()
}

// overloadedBody is the text of errOverloaded's problem up to the request id, which
// is its last member and needs no escaping.
func overloadedBody() string {
	text, err := json.Marshal(newProblem(http.StatusServiceUnavailable, errOverloaded, ""))
	if err != nil {
		panic(err) // it holds nothing but texts and a number
	}
	return strings.TrimSuffix(string(text), `"}`)
}

// noteShed counts a refusal for the log, which has one line for many: who has too much
// to do must not write a line for each.
func (a *API) noteShed() {
	if n := a.shedding.Add(a.now()); n > 0 {
		a.log.Warn("requests were refused, because as many were in flight as there may be",
			slog.Int64("refused", n), slog.Int("max_inflight", a.inFlight.Width()))
	}
}
