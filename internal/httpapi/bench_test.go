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

func BenchmarkGet(b *testing.B) {
	api := benchmarkAPI(b)
	w := httptest.NewRecorder()
	r := httptest.NewRequest("POST", "/sessions", strings.NewReader(benchmarkBody))
	r.Header.Set("Content-Type", "application/json")
	api.ServeHTTP(w, r)
	get := httptest.NewRequest("GET", w.Header().Get("Location"), nil)
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
