package httpapi

import (
	"net/http"
	"strings"

	"session-api/api"
	"session-api/internal/apidocs"
)

// Route is one operation that is served.
type Route struct {
	Method  string
	Pattern string // as http.ServeMux has it, without the method
}

// handler answers one operation: it writes a success itself and returns an error
// to have it answered by fail.
type handler func(x *exchange, r *http.Request) error

// endpoint is a row of the route table.
type endpoint struct {
	Route
	handle handler
}

// table is everything that is served. An operation is a row here, an operation
// of api/openapi.yaml and a method of session.Service; a test compares the rows
// with the document.
func (a *API) table() []endpoint {
	return []endpoint{
		{Route{"GET", "/health"}, a.health},
		{Route{"GET", "/ready"}, a.ready},
		{Route{"POST", "/sessions"}, a.createSession},
		{Route{"GET", "/sessions"}, a.listSessions},
		{Route{"GET", "/sessions/{id}"}, a.getSession},
		{Route{"PUT", "/sessions/{id}"}, a.updateSession},
		{Route{"PATCH", "/sessions/{id}"}, a.patchSession},
		{Route{"DELETE", "/sessions/{id}"}, a.deleteSession},
		{Route{"POST", actionPrefix + "touch"}, a.touchSession},
		{Route{"POST", actionPrefix + "extend"}, a.extendSession},
		{Route{"POST", actionPrefix + "rotate"}, a.rotateSession},
		{Route{"GET", "/sessions/user/{userId}"}, a.listUserSessions},
		{Route{"DELETE", "/sessions/user/{userId}"}, a.endUser},
		{Route{"GET", "/openapi.yaml"}, static("application/yaml", api.YAML())},
		{Route{"GET", "/openapi.json"}, static("application/json", api.JSON())},
		{Route{"GET", "/docs"}, a.docs()},
		{Route{"GET", "/docs/{asset...}"}, a.docs()},
	}
}

// actionPrefix begins the patterns of what can be done to a session beside reading
// and writing it.
const actionPrefix = "/sessions/{id}/"

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
		resources[e.Pattern][e.Method] = e.handle
		if e.Method == http.MethodGet {
			resources[e.Pattern][http.MethodHead] = e.handle
		}
	}
	mux := http.NewServeMux()
	noRoute := a.dispatch("", nil)
	actions := map[string]http.Handler{}
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
			handle = noRoute
		}
		handle.ServeHTTP(w, r)
	})
	mux.Handle("/", noRoute)
	// "user" is a word of the routes, never a session id.
	mux.Handle("/sessions/user", noRoute)
	return mux, routes
}

// resource is what one pattern serves, by method.
type resource map[string]handler

// allow returns the value of the Allow header.
func (m resource) allow() string {
	var methods []string
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} {
		if m[method] != nil {
			methods = append(methods, method)
		}
	}
	return strings.Join(methods, ", ")
}

func (a *API) dispatch(pattern string, methods resource) http.Handler {
	allow := methods.allow()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x := w.(*exchange)
		x.route = pattern
		if err := a.limit(x, r); err != nil {
			a.fail(x, r, err)
			return
		}
		handle, ok := methods[r.Method]
		switch {
		case ok:
			if err := handle(x, r); err != nil {
				a.fail(x, r, err)
			}
		case methods == nil:
			a.fail(x, r, errNoRoute)
		default:
			x.Header().Set("Allow", allow)
			a.fail(x, r, errWrongMethod(allow))
		}
	})
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
