//go:build !race

// With the race detector, pools drop what they are given.

package httpapi_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// nowhere takes an answer and keeps its status.
type nowhere struct {
	header http.Header
	status int
}

func (n *nowhere) Header() http.Header         { return n.header }
func (n *nowhere) WriteHeader(status int)      { n.status = status }
func (n *nowhere) Write(b []byte) (int, error) { return len(b), nil }

// TestARequestAllocatesNoMoreThanItDid holds what the handler costs, on an engine that
// costs next to nothing and without a server around it. Who lowers a figure lowers its
// bound here.
func TestARequestAllocatesNoMoreThanItDid(t *testing.T) { // not parallel: it counts what the process allocates
	h := newHarness(t, nil)
	id := h.call("POST", "/sessions", `{"userId":"ann","data":{"cart":[1,2,3]}}`).member(t, "sessionId")
	get := httptest.NewRequest("GET", "/sessions/"+id, nil)
	body := strings.NewReader(`{"userId":"ann","data":{"cart":[1,2,3]}}`)
	create := httptest.NewRequest("POST", "/sessions", body)
	create.Header.Set("Content-Type", "application/json")
	for _, c := range []struct {
		name string
		most float64
		r    *http.Request
		want int
	}{
		{"GET of a session", 7, get, 200},
		{"POST of a session", 47, create, 201},
	} {
		w := &nowhere{header: http.Header{}}
		took := testing.AllocsPerRun(500, func() {
			_, _ = body.Seek(0, 0)
			clear(w.header)
			if h.api.ServeHTTP(w, c.r); w.status != c.want {
				t.Fatalf("%s answered %d", c.name, w.status)
			}
		})
		if took > c.most {
			t.Errorf("%s took %v allocations; want at most %v", c.name, took, c.most)
		}
	}
}
