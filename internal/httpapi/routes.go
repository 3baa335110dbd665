package httpapi

import (
	"net/http"
	"strings"

	"session-api/api"
	"session-api/internal/apidocs"
	"session-api/internal/auth"
)

// Route is one operation that is served.
type Route struct {
	Method  string
	Pattern string // as http.ServeMux has it, without the method
	// Scope is what a caller must have; 0 is open to everybody.
	Scope auth.Scopes
}

// handler answers one operation: it writes a success itself and returns an error
// to have it answered by fail.
type handler func(x *exchange, r *http.Request) error

// endpoint is a row of the route table.
type endpoint struct {
	Route
	handle handler
}

// table is everything that is served, and what a caller needs for it. An operation
// is a row here, an operation of api/openapi.yaml and a method of session.Service; a
// test compares the rows with the document.
func (a *API) table() []endpoint {
	served := []endpoint{
		{Route{"GET", "/health", open}, a.health},
		{Route{"GET", "/ready", open}, a.ready},
		{Route{"POST", "/sessions", auth.Write}, a.createSession},
		{Route{"GET", "/sessions", auth.Admin}, a.listSessions},
		{Route{"GET", sessionPattern, auth.Read}, a.getSession},
		{Route{"PUT", sessionPattern, auth.Write}, a.updateSession},
		{Route{"PATCH", sessionPattern, auth.Write}, a.patchSession},
		{Route{"DELETE", sessionPattern, auth.Write}, a.deleteSession},
		{Route{"POST", actionPrefix + "touch", auth.Write}, a.touchSession},
		{Route{"POST", actionPrefix + "extend", auth.Admin}, a.extendSession},
		{Route{"POST", actionPrefix + "rotate", auth.Write}, a.rotateSession},
		{Route{"GET", "/sessions/user/{userId}", auth.Read}, a.listUserSessions},
		{Route{"DELETE", "/sessions/user/{userId}", auth.Admin}, a.endUser},
	}
	if a.hideDocs {
		return served
	}
	return append(served, []endpoint{
		{Route{"GET", "/openapi.yaml", open}, static("application/yaml", api.YAML())},
		{Route{"GET", "/openapi.json", open}, static("application/json", api.JSON())},
		{Route{"GET", "/docs", open}, a.docs()},
		{Route{"GET", "/docs/{asset...}", open}, a.docs()},
	}...)
}

// actionPrefix begins the patterns of what can be done to a session beside reading
// and writing it.
const actionPrefix = sessionPattern + "/"

const (
	sessionsPrefix = "/sessions/"
	sessionPattern = sessionsPrefix + "{id}"
)

// plainSession returns the id of a GET whose path is that of a session, "" for all else.
// That is the request that a service does nearly all of, and what the mux does for it
// takes as long as the look-up of the session. What is escaped, and words that are no
// ids, are for the mux.
func plainSession(r *http.Request) string {
	id, ok := strings.CutPrefix(r.URL.Path, sessionsPrefix)
	if !ok || r.Method != http.MethodGet || r.URL.RawPath != "" || id == "user" || id == "." || id == ".." || strings.ContainsAny(id, "/%") {
		return ""
	}
	return id
}

// pathID returns the session that the path names.
func (x *exchange) pathID(r *http.Request) string {
	if x.id != "" {
		return x.id
	}
	return r.PathValue("id")
}

// newMux builds the mux from the table. Methods are told apart here rather than
// by the mux, whose own 405 is plain text.
func (a *API) newMux() (*http.ServeMux, []Route) {
	var routes []Route
	resources := map[string]resource{}
	for _, e := range a.table() {
		routes = append(routes, e.Route)
		if resources[e.Pattern] == nil {
			resources[e.Pattern] = resource{}
		}
		resources[e.Pattern][e.Method] = e
		if e.Method == http.MethodGet {
			resources[e.Pattern][http.MethodHead] = e
		}
	}
	mux := http.NewServeMux()
	actions := map[string]http.Handler{}
	a.session = a.dispatch(sessionPattern, resources[sessionPattern])
	for pattern, methods := range resources {
		if word, ok := strings.CutPrefix(pattern, actionPrefix); ok {
			actions[word] = a.dispatch(pattern, methods)
		} else {
			mux.Handle(pattern, a.dispatch(pattern, methods))
		}
	}
	// One pattern for all of them: "/sessions/{id}/touch" itself would be at odds
	// with "/sessions/user/{userId}", where users of these names live.
	mux.HandleFunc(actionPrefix+"{action}", func(w http.ResponseWriter, r *http.Request) {
		handle, ok := actions[r.PathValue("action")]
		if !ok {
			handle = a.noRoute
		}
		handle.ServeHTTP(w, r)
	})
	mux.Handle("/", a.noRoute)
	// "user" is a word of the routes, never a session id.
	mux.Handle("/sessions/user", a.noRoute)
	return mux, routes
}

// resource is what one pattern serves, by method.
type resource map[string]endpoint

// isOpen reports whether no method of it needs a caller. What is not there at all is
// not open: that it is not there is for callers to know.
func (m resource) isOpen() bool {
	for _, e := range m {
		if e.Scope != open {
			return false
		}
	}
	return len(m) > 0
}

// allow returns the value of the Allow header.
func (m resource) allow() string {
	var methods []string
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} {
		if _, ok := m[method]; ok {
			methods = append(methods, method)
		}
	}
	return strings.Join(methods, ", ")
}

func (a *API) dispatch(pattern string, methods resource) http.Handler {
	allow, isOpen := methods.allow(), methods.isOpen()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x := w.(*exchange)
		x.route = pattern
		if !isOpen {
			if err := a.admit(x, r); err != nil {
				a.fail(x, r, a.countFailure(x, r, err))
				return
			}
		}
		if err := a.limit(x, r); err != nil {
			a.fail(x, r, err)
			return
		}
		if err := a.serve(x, r, methods, allow); err != nil {
			a.fail(x, r, err)
		}
	})
}

// serve answers a request of somebody who may ask.
func (a *API) serve(x *exchange, r *http.Request, methods resource, allow string) error {
	e, ok := methods[r.Method]
	switch {
	case ok:
	case methods == nil:
		return errNoRoute
	default:
		x.Header().Set("Allow", allow)
		return errWrongMethod(allow)
	}
	if err := a.permit(x, e.Scope); err != nil {
		return err
	}
	return e.handle(x, r)
}

// cleanPath reports whether an escaped path is one that the mux takes as it is.
func cleanPath(p string) bool {
	if !strings.HasPrefix(p, "/") || strings.Contains(p, "//") {
		return false
	}
	if !strings.Contains(p, "/.") {
		return true
	}
	for segment := range strings.SplitSeq(p, "/") {
		if segment == "." || segment == ".." {
			return false
		}
	}
	return true
}

func (a *API) docs() handler {
	page := apidocs.Handler("/openapi.json", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.fail(w.(*exchange), r, errNoRoute)
	}))
	return func(x *exchange, r *http.Request) error {
		page.ServeHTTP(x, r)
		return nil
	}
}

func static(contentType string, body []byte) handler {
	return func(x *exchange, r *http.Request) error {
		apidocs.GuardText(x.Header(), r)
		return x.send(http.StatusOK, contentType, body)
	}
}
