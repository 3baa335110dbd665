package httpapi_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"session-api/internal/auth"
	"session-api/internal/httpapi"
)

// scopes are what each route needs, as the contract promises it. Whoever adds a route
// decides here too; the words are read again by a person.
var scopes = map[string]string{
	"GET /health":                    "open",
	"GET /ready":                     "open",
	"POST /sessions":                 "sessions:write",
	"GET /sessions":                  "sessions:admin",
	"GET /sessions/{id}":             "sessions:read",
	"PUT /sessions/{id}":             "sessions:write",
	"PATCH /sessions/{id}":           "sessions:write",
	"DELETE /sessions/{id}":          "sessions:write",
	"POST /sessions/{id}/touch":      "sessions:write",
	"POST /sessions/{id}/extend":     "sessions:admin",
	"POST /sessions/{id}/rotate":     "sessions:write",
	"GET /sessions/user/{userId}":    "sessions:read",
	"DELETE /sessions/user/{userId}": "sessions:admin",
	"GET /openapi.yaml":              "open",
	"GET /openapi.json":              "open",
	"GET /docs":                      "open",
	"GET /docs/{asset...}":           "open",
}

// gated is an API that keys open.
type gated struct {
	*harness
	keys map[auth.Scopes]string
}

// newGated returns an API with a key for every set of scopes.
func newGated(t *testing.T, change ...func(*httpapi.Options)) gated {
	t.Helper()
	g := gated{keys: map[auth.Scopes]string{}}
	var entries []string
	for set := range auth.Admin << 1 {
		if set == 0 {
			continue
		}
		g.keys[set] = auth.NewKey()
		entry, err := auth.Key{ID: fmt.Sprint("k", int(set)), Digest: auth.DigestOf(g.keys[set]), Scopes: set}.Entry()
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, string(entry))
	}
	keys, err := auth.ParseKeys([]byte(`{"keys":[` + strings.Join(entries, ",") + `]}`))
	if err != nil {
		t.Fatal(err)
	}
	callers := auth.New(auth.Options{Keys: func() *auth.Keys { return keys }})
	g.harness = newHarness(t, nil, append([]func(*httpapi.Options){func(o *httpapi.Options) { o.Callers = callers }}, change...)...)
	return g
}

// as returns the headers of a caller with these scopes.
func (g gated) as(set auth.Scopes) []string {
	return []string{"Authorization", "Bearer " + g.keys[set]}
}

// pathOf fills a pattern in with values that name nothing.
func pathOf(pattern string) string {
	return strings.NewReplacer("{id}", "nothing", "{userId}", "nobody", "{asset...}", "page.js").Replace(pattern)
}

func TestEachRouteTakesTheCallersWithItsScopeAndNoOthers(t *testing.T) {
	t.Parallel()
	g := newGated(t)
	seen := map[string]bool{}
	for _, route := range g.api.Routes() {
		name := route.Method + " " + route.Pattern
		seen[name] = true
		want, ok := scopes[name]
		if !ok {
			t.Errorf("what %s needs is not decided in scopes", name)
			continue
		}
		need, _ := auth.ParseScopes([]string{want})
		methods := []string{route.Method}
		if route.Method == "GET" {
			methods = append(methods, "HEAD")
		}
		for _, method := range methods {
			g.tryRoute(method, pathOf(route.Pattern), need)
		}
	}
	for name := range scopes {
		if !seen[name] {
			t.Errorf("%s is decided in scopes, and not served", name)
		}
	}
}

// tryRoute sends what every caller could send; need is 0 for an open route.
func (g gated) tryRoute(method, path string, need auth.Scopes) {
	g.t.Helper()
	strangers := map[string][]string{
		"nobody":                 nil,
		"a stranger":             {"Authorization", "Bearer " + auth.NewKey()},
		"who has another scheme": {"Authorization", "Basic eDp5"},
	}
	for who, headers := range strangers {
		want := http.StatusUnauthorized
		if need == 0 {
			want = 0
		}
		g.expect(who, method, path, headers, want)
	}
	for set := range g.keys {
		want := 0
		if !set.Has(need) {
			want = http.StatusForbidden
		}
		g.expect("who may "+set.String(), method, path, g.as(set), want)
	}
}

// expect fails unless the answer has the status; 0 is any but a refusal.
func (g gated) expect(who, method, path string, headers []string, want int) {
	g.t.Helper()
	got := g.send(method, path, "", headers...).status
	refused := got == http.StatusUnauthorized || got == http.StatusForbidden
	if want == 0 && refused || want != 0 && got != want {
		g.t.Errorf("%s %s by %s is answered %d, want %d", method, path, who, got, want)
	}
}

func TestTheHarnessKeyOpensWhatItShould(t *testing.T) {
	t.Parallel()
	g := newGated(t)
	made := g.send("POST", "/sessions", `{"userId":"ada"}`, g.as(auth.Write)...)
	if made.status != http.StatusCreated {
		t.Fatalf("a create is answered %d %s", made.status, made.text)
	}
	if got := g.send("GET", made.header.Get("Location"), "", g.as(auth.Read)...); got.status != http.StatusOK {
		t.Errorf("a read is answered %d %s", got.status, got.text)
	}
}

func TestAStrangerIsToldNothingOfWhatIsThere(t *testing.T) {
	t.Parallel()
	g := newGated(t)
	for _, target := range []string{
		"GET /nothing", "GET /", "GET /sessions/", "POST /sessions/user", "GET /sessions/x/y", "GET /sessions/x/touch", "POST /sessions/x/y/z",
		"PATCH /sessions", "PUT /sessions", "TRACE /sessions/x", "OPTIONS /sessions/x", "SPAM /sessions/x", "GET //sessions", "GET /a/../sessions", "GET /sessions//",
		"DELETE /sessions/%2e%2e", "GET /metrics", "GET /debug/pprof/", "POST /docs/../sessions",
	} {
		method, path, _ := strings.Cut(target, " ")
		stranger := g.send(method, path, "")
		isProblem(t, stranger, http.StatusUnauthorized, "unauthenticated")
		if stranger.header.Get("Allow") != "" {
			t.Errorf("%s tells a stranger which methods there are", target)
		}
		known := g.send(method, path, "", g.as(auth.Read)...)
		if known.status != http.StatusNotFound && known.status != http.StatusMethodNotAllowed && known.status != http.StatusForbidden {
			t.Errorf("%s answers a caller %d %s", target, known.status, known.text)
		}
	}
	for _, method := range []string{"POST", "TRACE", "DELETE"} {
		isProblem(t, g.send(method, "/health", ""), http.StatusMethodNotAllowed, "method_not_allowed")
	}
}

func TestARefusalTellsAnHonestCallerWhatToChange(t *testing.T) {
	t.Parallel()
	g := newGated(t)
	for _, test := range []struct {
		headers         []string
		challenge, says string
	}{
		{nil, `Bearer realm="session-api"`, "send an API key"},
		{[]string{"Authorization", "Basic eDp5"}, `Bearer realm="session-api"`, "send an API key"},
		{[]string{"Authorization", "Bearer x"}, `Bearer realm="session-api", error="invalid_token"`, "not accepted"},
		{[]string{"Authorization", "Bearer " + auth.NewKey()}, `Bearer realm="session-api", error="invalid_token"`, "not accepted"},
	} {
		a := g.send("GET", "/sessions/x", "", test.headers...)
		isProblem(t, a, http.StatusUnauthorized, "unauthenticated")
		if got := a.header.Get("WWW-Authenticate"); got != test.challenge {
			t.Errorf("%.12q: the challenge is %s", test.headers, got)
		}
		if !strings.Contains(a.member(t, "detail"), test.says) {
			t.Errorf("%.12q: it says %s", test.headers, a.text)
		}
	}
	a := g.send("DELETE", "/sessions/user/ada", "", g.as(auth.Read|auth.Write)...)
	isProblem(t, a, http.StatusForbidden, "insufficient_scope")
	if got := a.header.Get("WWW-Authenticate"); got != `Bearer realm="session-api", error="insufficient_scope", scope="sessions:admin"` {
		t.Errorf("the challenge is %s", got)
	}
	if !strings.Contains(a.member(t, "detail"), "sessions:admin") {
		t.Errorf("it says %s", a.text)
	}
}

func TestTheCallerIsNamedInTheLogAndItsKeyIsNot(t *testing.T) {
	t.Parallel()
	g := newGated(t)
	stranger := auth.NewKey()
	g.send("POST", "/sessions", `{"userId":"ada"}`, g.as(auth.Write)...)
	g.send("GET", "/sessions", "", g.as(auth.Write)...)
	g.send("GET", "/sessions", "", "Authorization", "Bearer "+stranger)
	log := g.log.String()
	for _, want := range []string{`msg="Created session`, `level=WARN msg="request refused"`, "caller=key:k2", `cause="the API key is not known"`, `cause="This call needs the scope`, "sessions:admin"} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %q:\n%s", want, log)
		}
	}
	for _, secret := range []string{stranger, g.keys[auth.Write], strings.TrimPrefix(stranger, "sak_")} {
		if strings.Contains(log, secret) {
			t.Error("the log holds a key")
		}
	}
}

func TestRefusalsDoNotFillTheLog(t *testing.T) {
	t.Parallel()
	var r httpapi.Refusals
	logged, skipped := 0, 0
	for i := range 1000 {
		before, ok := r.Next(start.Add(time.Duration(i) * time.Millisecond))
		if ok {
			logged++
		}
		skipped += before
	}
	if logged != 10 || skipped != 0 {
		t.Errorf("of 1000 in a second %d are logged, and %d told of as skipped", logged, skipped)
	}
	if before, ok := r.Next(start.Add(time.Second)); !ok || before != 990 {
		t.Errorf("the next second tells of %d, %v", before, ok)
	}
	if before, ok := r.Next(start.Add(time.Second)); !ok || before != 0 {
		t.Errorf("once more: %d, %v", before, ok)
	}
}

func TestWithoutDocsTheyAreAnUnknownRoute(t *testing.T) {
	t.Parallel()
	g := newGated(t, func(o *httpapi.Options) { o.HideDocs = true })
	for _, path := range []string{"/docs", "/docs/", "/docs/page.js", "/openapi.yaml", "/openapi.json"} {
		isProblem(t, g.call("GET", path, ""), http.StatusUnauthorized, "unauthenticated")
		isProblem(t, g.send("GET", path, "", g.as(auth.Admin)...), http.StatusNotFound, "route_not_found")
	}
}

// keyless are callers who cannot be told yet.
type keyless struct{}

func (keyless) Authenticate(context.Context, *http.Request) (*auth.Caller, error) {
	return nil, auth.ErrNoKeys
}
func (keyless) Ready() error { return auth.ErrNoKeys }

func TestWhileCallersCannotBeToldTheServiceIsNotReady(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil, func(o *httpapi.Options) { o.Callers = keyless{} })
	a := h.call("GET", "/sessions/x", "")
	isProblem(t, a, http.StatusServiceUnavailable, "token_keys_unavailable")
	if a.header.Get("Retry-After") == "" || a.header.Get("WWW-Authenticate") != "" {
		t.Errorf("its headers are %v", a.header)
	}
	ready := h.call("GET", "/ready", "")
	if ready.status != http.StatusServiceUnavailable || ready.member(t, "code") != "token_keys_unavailable" || ready.member(t, "status") != "not_ready" {
		t.Errorf("/ready answers %d %s", ready.status, ready.text)
	}
	if got := h.call("GET", "/health", "").status; got != http.StatusOK {
		t.Errorf("/health answers %d", got)
	}
}

// careless lets everybody pass without saying who it is.
type careless struct{}

func (careless) Authenticate(context.Context, *http.Request) (*auth.Caller, error) { return nil, nil }
func (careless) Ready() error                                                      { return nil }

func TestWhoHasNoNameHasNoScope(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil, func(o *httpapi.Options) { o.Callers = careless{} })
	isProblem(t, h.call("GET", "/sessions/x", ""), http.StatusForbidden, "insufficient_scope")
}

func TestACallerSeesTheUsersOfItsPrefixAlone(t *testing.T) {
	t.Parallel()
	key := auth.NewKey()
	entry, err := auth.Key{ID: "shop", Digest: auth.DigestOf(key), Scopes: auth.Read | auth.Write | auth.Admin, UserPrefix: "shop:"}.Entry()
	if err != nil {
		t.Fatal(err)
	}
	all := auth.NewKey()
	other, err := auth.Key{ID: "all", Digest: auth.DigestOf(all), Scopes: auth.Read | auth.Write | auth.Admin}.Entry()
	if err != nil {
		t.Fatal(err)
	}
	keys, err := auth.ParseKeys([]byte(`{"keys":[` + string(entry) + `,` + string(other) + `]}`))
	if err != nil {
		t.Fatal(err)
	}
	h := newHarness(t, nil, func(o *httpapi.Options) { o.Callers = auth.New(auth.Options{Keys: func() *auth.Keys { return keys }}) })
	shop, everybody := []string{"Authorization", "Bearer " + key}, []string{"Authorization", "Bearer " + all}
	foreign := h.send("POST", "/sessions", `{"userId":"billing:1"}`, everybody...).header.Get("Location")
	own := h.send("POST", "/sessions", `{"userId":"shop:1"}`, shop...).header.Get("Location")
	isProblem(t, h.send("GET", foreign, "", shop...), http.StatusNotFound, "session_not_found")
	isProblem(t, h.send("DELETE", foreign, "", shop...), http.StatusNotFound, "session_not_found")
	isProblem(t, h.send("POST", "/sessions", `{"userId":"billing:1"}`, shop...), http.StatusForbidden, "user_not_allowed")
	for _, path := range []string{own, foreign} {
		if a := h.send("GET", path, "", everybody...); a.status != http.StatusOK {
			t.Errorf("%s answers whoever sees everybody %d", path, a.status)
		}
	}
	if a := h.send("GET", "/sessions", "", shop...); string(a.members(t)["sessionCount"]) != "1" {
		t.Errorf("the list is %s", a.text)
	}
}
