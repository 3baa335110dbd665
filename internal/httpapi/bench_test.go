package httpapi_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"session-api"
	"session-api/internal/httpapi"
	"session-api/store/memory"
)

// discard is a ResponseWriter that costs nothing, so that a benchmark sees the
// API alone.
type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(b []byte) (int, error) { return len(b), nil }
func (d discard) WriteHeader(int)             {}

func benchmarkAPI(b *testing.B) *httpapi.API {
	b.Helper()
	svc, err := session.NewService(memory.New(), session.Options{TTL: time.Hour, CursorKey: make([]byte, session.CursorKeyBytes)})
	if err != nil {
		b.Fatal(err)
	}
	return httpapi.New(svc, httpapi.Options{})
}

const benchmarkBody = `{"userId":"user123","data":{"theme":"dark","items":[1,2,3],"note":"` + "a session of a few hundred bytes of data" + `"}}`

// benchmarkSession makes a session and returns its path.
func benchmarkSession(api *httpapi.API, body string) string {
	w := httptest.NewRecorder()
	r := httptest.NewRequest("POST", "/sessions", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	api.ServeHTTP(w, r)
	return w.Header().Get("Location")
}

func BenchmarkGet(b *testing.B) {
	api := benchmarkAPI(b)
	get := httptest.NewRequest("GET", benchmarkSession(api, benchmarkBody), nil)
	b.ReportAllocs()
	for b.Loop() {
		api.ServeHTTP(discard{http.Header{}}, get)
	}
}

func BenchmarkGetNotModified(b *testing.B) {
	api := benchmarkAPI(b)
	get := httptest.NewRequest("GET", benchmarkSession(api, benchmarkBody), nil)
	get.Header.Set("If-None-Match", `"1"`)
	b.ReportAllocs()
	for b.Loop() {
		api.ServeHTTP(discard{http.Header{}}, get)
	}
}

func BenchmarkPatch(b *testing.B) {
	for name, c := range map[string]struct{ mediaType, body string }{
		"merge": {mergeType, `{"theme":"light"}`}, "json": {patchType, `[{"op":"replace","path":"/theme","value":"light"}]`},
	} {
		b.Run(name, func(b *testing.B) {
			api := benchmarkAPI(b)
			body := strings.NewReader(c.body)
			patch := httptest.NewRequest("PATCH", benchmarkSession(api, benchmarkBody), body)
			patch.Header.Set("Content-Type", c.mediaType)
			b.ReportAllocs()
			for b.Loop() {
				body.Reset(c.body)
				api.ServeHTTP(discard{http.Header{}}, patch)
			}
		})
	}
}

// BenchmarkGetEverything reads a session that has all that one can have.
func BenchmarkGetEverything(b *testing.B) {
	api := benchmarkAPI(b)
	body := strings.Replace(strings.Replace(everything, `"authTime":"2025-12-24T10:59:58.1234567+01:00",`, "", 1), "7200", "3600", 1)
	get := httptest.NewRequest("GET", benchmarkSession(api, body), nil)
	b.ReportAllocs()
	for b.Loop() {
		api.ServeHTTP(discard{http.Header{}}, get)
	}
}

func BenchmarkCreate(b *testing.B) {
	api := benchmarkAPI(b)
	body := strings.NewReader(benchmarkBody)
	r := httptest.NewRequest("POST", "/sessions", body)
	r.Header.Set("Content-Type", "application/json")
	b.ReportAllocs()
	for b.Loop() {
		body.Reset(benchmarkBody)
		api.ServeHTTP(discard{http.Header{}}, r)
	}
}
