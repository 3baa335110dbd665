package apidocs_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"session-api/internal/apidocs"
)

// serve answers one request for the page of the contract at /contract.json;
// what is not there is 418.
func serve(method, target string, h http.Header) *httptest.ResponseRecorder {
	elsewhere := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	r := httptest.NewRequest(method, target, nil)
	if h != nil {
		r.Header = h
	}
	w := httptest.NewRecorder()
	apidocs.Handler("/contract.json", elsewhere).ServeHTTP(w, r)
	return w
}

func TestThePageIsServedWithAndWithoutItsSlash(t *testing.T) {
	t.Parallel()
	for _, target := range []string{"/docs", "/docs/", "/docs?url=https://example.com/other.json"} {
		w := serve("GET", target, nil)
		if got := w.Header().Get("Content-Type"); w.Code != http.StatusOK || got != "text/html; charset=utf-8" {
			t.Errorf("%s: %d %s, want 200 and a page", target, w.Code, got)
		}
		if body := w.Body.String(); !strings.Contains(body, `data-contract="/contract.json"`) || strings.Contains(body, "example.com") {
			t.Errorf("%s: the page does not show /contract.json alone:\n%s", target, body)
		}
	}
}

// reference finds what a page loads.
var reference = regexp.MustCompile(`(?:src|href)="([^"]*)"`)

func TestThePageLoadsOnlyWhatIsServedHere(t *testing.T) {
	t.Parallel()
	found := reference.FindAllStringSubmatch(serve("GET", "/docs", nil).Body.String(), -1)
	if len(found) < 5 {
		t.Fatalf("the page names %d files; the test does not read it right", len(found))
	}
	for _, f := range found {
		if f[1] == "/contract.json" {
			continue
		}
		w := serve("GET", f[1], nil)
		if w.Code != http.StatusOK || w.Body.Len() == 0 {
			t.Errorf("the page loads %s, which answers %d with %d bytes", f[1], w.Code, w.Body.Len())
		}
	}
}

func TestEveryAnswerHasAStrictPolicy(t *testing.T) {
	t.Parallel()
	for _, target := range []string{"/docs", "/docs/page.js", "/docs/swagger-ui-bundle.js"} {
		h := serve("GET", target, nil).Header()
		policy := h.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "script-src 'self';", "style-src 'self';", "connect-src 'self'", "frame-ancestors 'none'"} {
			if !strings.Contains(policy, want) {
				t.Errorf("%s: the policy %q has no %s", target, policy, want)
			}
		}
		if strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") || strings.Contains(policy, "http") {
			t.Errorf("%s: the policy %q has a hole", target, policy)
		}
		for _, name := range []string{"X-Frame-Options", "Referrer-Policy", "Cross-Origin-Resource-Policy", "Permissions-Policy"} {
			if h.Get(name) == "" {
				t.Errorf("%s: no %s", target, name)
			}
		}
	}
}

func TestWhatIsOnlyReadMayDoNothing(t *testing.T) {
	t.Parallel()
	h := http.Header{}
	apidocs.GuardText(h, httptest.NewRequest("GET", "/", nil))
	if got := h.Get("Content-Security-Policy"); strings.Contains(got, "self") || !strings.Contains(got, "default-src 'none'") || !strings.Contains(got, "sandbox") {
		t.Errorf("the policy is %q", got)
	}
	for _, name := range []string{"X-Frame-Options", "Referrer-Policy", "Cross-Origin-Resource-Policy", "Permissions-Policy"} {
		if h.Get(name) == "" {
			t.Errorf("no %s", name)
		}
	}
}

func TestAnOriginKeepsToItselfWhereBrowsersHeedThat(t *testing.T) {
	t.Parallel()
	for scheme, want := range map[string]string{"http": "", "https": "same-origin"} {
		w := httptest.NewRecorder()
		apidocs.Handler("/contract.json", http.NotFoundHandler()).ServeHTTP(w, httptest.NewRequest("GET", scheme+"://example.com/docs", nil))
		if got := w.Header().Get("Cross-Origin-Opener-Policy"); got != want {
			t.Errorf("over %s Cross-Origin-Opener-Policy is %q", scheme, got)
		}
	}
}

func TestCompressedAssetsAreTheSameToEveryClient(t *testing.T) {
	t.Parallel()
	for _, target := range []string{"/docs/swagger-ui-bundle.js", "/docs/swagger-ui.css"} {
		zipped := serve("GET", target, http.Header{"Accept-Encoding": {"br;q=1.0, gzip;q=0.8"}})
		if got := zipped.Header().Get("Content-Encoding"); got != "gzip" {
			t.Fatalf("%s: Content-Encoding %q for a client that takes gzip", target, got)
		}
		unzip, err := gzip.NewReader(zipped.Body)
		if err != nil {
			t.Fatal(err)
		}
		want, err := io.ReadAll(unzip)
		if err != nil {
			t.Fatal(err)
		}
		for _, accepted := range []string{"", "identity", "br", "gzip;q=0", "gzip; q=0.0, br", "x-gzipped"} {
			plain := serve("GET", target, http.Header{"Accept-Encoding": {accepted}})
			if got := plain.Header().Get("Content-Encoding"); got != "" {
				t.Errorf("%s: Content-Encoding %q for Accept-Encoding %q", target, got, accepted)
			}
			if got := plain.Header().Get("Vary"); got != "Accept-Encoding" {
				t.Errorf("%s: Vary %q", target, got)
			}
			if plain.Body.String() != string(want) {
				t.Errorf("%s: another body for Accept-Encoding %q", target, accepted)
			}
		}
	}
}

func TestWhatIsNotThereIsTheCallers(t *testing.T) {
	t.Parallel()
	for _, target := range []string{
		"/docs/no-such.js", "/docs/page.html", "/docs/swagger-ui-bundle.js.gz", "/docs/static", "/docs//page.js",
		"/docs/page.js//", "/docspage.js", "/docsx", "/page.js", "/docs/..%2Fhandler.go", "/",
	} {
		w := serve("GET", target, nil)
		if w.Code != http.StatusTeapot || w.Header().Get("Content-Security-Policy") != "" {
			t.Errorf("%s: %d with %v, want it left to the caller", target, w.Code, w.Header())
		}
	}
}
