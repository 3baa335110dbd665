package httpapi

import (
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"session-api"
	"session-api/internal/clientaddr"
	"session-api/internal/inflight"
	"session-api/internal/ratelimit"
	"session-api/internal/tally"
)

// Options set up an API. The zero value of a field takes its default.
type Options struct {
	// Logger takes a line for each operation; nil discards them.
	Logger *slog.Logger
	// MaxBodyBytes bounds a request body, in bytes; default DefaultMaxBodyBytes.
	MaxBodyBytes int64
	// RequestTimeout is the deadline of one request, from its arrival to its
	// answer; default DefaultRequestTimeout.
	RequestTimeout time.Duration
	// RequireIfMatch refuses PUT, PATCH and DELETE of a session without If-Match, so
	// that no writer overwrites what it has not seen; default false.
	RequireIfMatch bool
	// Callers tells who calls, and so what they may. Nil lets everybody do everything.
	Callers Callers
	// HideDocs leaves the contract and the page that explains it out of what is
	// served; default false.
	HideDocs bool
	// InFlight says how many requests may run at once, beside /health and /ready; nil
	// means any number.
	InFlight *inflight.Limit
	// Limiter says how often a caller may call; nil means any number of times.
	Limiter *ratelimit.Limiter
	// Clients says from where a request comes; nil means from its peer.
	Clients *clientaddr.Resolver
	// Now is the clock that /health tells; nil means time.Now. Deadlines and
	// durations go by the machine's own.
	Now func() time.Time
}

// Defaults of Options.
const (
	DefaultMaxBodyBytes   = 384 << 10
	DefaultRequestTimeout = 5 * time.Second
)

// API is the HTTP handler of the whole service. It is safe for concurrent use.
type API struct {
	svc            *session.Service
	callers        Callers
	hideDocs       bool
	log            *slog.Logger
	maxBody        int64
	timeout        time.Duration
	requireIfMatch bool
	now            func() time.Time
	inFlight       *inflight.Limit
	overloaded     string // see overloadedBody
	shedding       tally.Tally
	limiter        *ratelimit.Limiter
	clients        *clientaddr.Resolver
	limiting       tally.Tally
	mux            *http.ServeMux
	noRoute        http.Handler // for what the mux is not to see
	session        http.Handler // what the mux has at sessionPattern
	routes         []Route
	unavailable    atomic.Bool
	refused        refusals
}

// New returns the API over svc.
func New(svc *session.Service, o Options) *API {
	a := &API{
		svc: svc, log: o.Logger, maxBody: o.MaxBodyBytes, timeout: o.RequestTimeout,
		requireIfMatch: o.RequireIfMatch, callers: o.Callers, hideDocs: o.HideDocs, now: o.Now,
		inFlight: o.InFlight, overloaded: overloadedBody(), limiter: o.Limiter, clients: o.Clients,
	}
	if a.log == nil {
		a.log = slog.New(slog.DiscardHandler)
	}
	if a.maxBody == 0 {
		a.maxBody = DefaultMaxBodyBytes
	}
	if a.timeout == 0 {
		a.timeout = DefaultRequestTimeout
	}
	if a.now == nil {
		a.now = time.Now
	}
	a.noRoute = a.dispatch("", nil)
	a.mux, a.routes = a.newMux()
	return a
}

// Drain makes /ready answer 503 from now on, so that no new work is sent here
// while the process stops. Every other route goes on.
func (a *API) Drain() { a.unavailable.Store(true) }

// Routes returns what is served, in the order of the route table. HEAD comes
// with every GET and is not listed.
func (a *API) Routes() []Route { return append([]Route(nil), a.routes...) }

// ServeHTTP gives the request its id and deadline, hands it to its route, and
// sees to it that every way out is an answer and a log line.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	probe := isProbe(r.URL.Path)
	if !probe && !a.inFlight.Enter() {
		a.shed(w, r)
		return
	}
	x := &exchange{ResponseWriter: w, start: time.Now()}
	if !probe {
		x.place = a.inFlight
	}
	h := w.Header()
	h["Cache-Control"] = noStore
	h["X-Content-Type-Options"] = noSniff
	x.requestIDs[0] = requestID(r.Header)
	h["X-Request-Id"] = x.requestIDs[:]

	x.ctx.begin(r.Context(), x.start.Add(a.timeout))
	defer x.ctx.stop()
	defer a.finish(x, r)
	a.route(x, r)
}

// Shared values of headers that are the same on every answer: sessions are
// credentials and personal data, so nothing may keep or reinterpret them.
var (
	noStore = []string{"no-store"}
	noSniff = []string{"nosniff"}
)

// route passes the request to the mux, which would answer an unclean path with
// an HTML redirect and "*" with nothing: those are no routes of ours.
func (a *API) route(x *exchange, r *http.Request) {
	if err := checkFraming(x, r); err != nil {
		a.fail(x, r, err)
		return
	}
	if x.id = plainSession(r); x.id != "" {
		r.Pattern = sessionPattern // as the mux says it
		a.session.ServeHTTP(x, r)
		return
	}
	if !cleanPath(r.URL.EscapedPath()) {
		a.noRoute.ServeHTTP(x, r)
		return
	}
	a.mux.ServeHTTP(x, r)
}
