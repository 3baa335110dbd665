package httpapi_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"session-api"
	"session-api/internal/auth"
	"session-api/internal/httpapi"
	"session-api/store/memory"
)

// discard is a ResponseWriter that costs nothing, so that a benchmark sees the
// API alone.
type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(b []byte) (int, error) { return len(b), nil }
func (d discard) WriteHeader(int)             {}

func benchmarkAPI(b *testing.B, callers httpapi.Callers) *httpapi.API {
	b.Helper()
	svc, err := session.NewService(memory.New(), session.Options{TTL: time.Hour, CursorKey: make([]byte, session.CursorKeyBytes)})
	if err != nil {
		b.Fatal(err)
	}
	return httpapi.New(svc, httpapi.Options{Callers: callers})
}

const benchmarkBody = `{"userId":"user123","data":{"theme":"dark","items":[1,2,3],"note":"` + "a session of a few hundred bytes of data" + `"}}`

// benchmarkSession makes a session and returns its path.
func benchmarkSession(api *httpapi.API, body string, authorization ...string) string {
	w := httptest.NewRecorder()
	r := httptest.NewRequest("POST", "/sessions", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header["Authorization"] = authorization
	api.ServeHTTP(w, r)
	return w.Header().Get("Location")
}

func BenchmarkGet(b *testing.B) {
	api := benchmarkAPI(b, nil)
	get := httptest.NewRequest("GET", benchmarkSession(api, benchmarkBody), nil)
	b.ReportAllocs()
	for b.Loop() {
		api.ServeHTTP(discard{http.Header{}}, get)
	}
}

// BenchmarkGetByKey is BenchmarkGet by a caller with an API key.
func BenchmarkGetByKey(b *testing.B) {
	key := auth.NewKey()
	entry, err := auth.Key{ID: "web-1", Digest: auth.DigestOf(key), Scopes: auth.Read | auth.Write}.Entry()
	if err != nil {
		b.Fatal(err)
	}
	keys, err := auth.ParseKeys([]byte(`{"keys":[` + string(entry) + `]}`))
	if err != nil {
		b.Fatal(err)
	}
	api := benchmarkAPI(b, auth.New(auth.Options{Keys: func() *auth.Keys { return keys }}))
	get := httptest.NewRequest("GET", benchmarkSession(api, benchmarkBody, "Bearer "+key), nil)
	get.Header.Set("Authorization", "Bearer "+key)
	b.ReportAllocs()
	for b.Loop() {
		api.ServeHTTP(discard{http.Header{}}, get)
	}
}

func BenchmarkGetNotModified(b *testing.B) {
	api := benchmarkAPI(b, nil)
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
			api := benchmarkAPI(b, nil)
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
	api := benchmarkAPI(b, nil)
	body := strings.Replace(strings.Replace(everything, `"authTime":"2025-12-24T10:59:58.1234567+01:00",`, "", 1), "7200", "3600", 1)
	get := httptest.NewRequest("GET", benchmarkSession(api, body), nil)
	b.ReportAllocs()
	for b.Loop() {
		api.ServeHTTP(discard{http.Header{}}, get)
	}
}

func BenchmarkCreate(b *testing.B) {
	api := benchmarkAPI(b, nil)
	body := strings.NewReader(benchmarkBody)
	r := httptest.NewRequest("POST", "/sessions", body)
	r.Header.Set("Content-Type", "application/json")
	b.ReportAllocs()
	for b.Loop() {
		body.Reset(benchmarkBody)
		api.ServeHTTP(discard{http.Header{}}, r)
	}
}
