package main

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// TestALoadThatIsAllFailedIsTold, with how much was sent: a service that answers
// nothing in an overload is a row of the report.
func TestALoadThatIsAllFailedIsTold(t *testing.T) {
	t.Parallel()
	down := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }))
	t.Cleanup(down.Close)
	s, err := load(t.Context(), []string{down.URL}, 50, 200*time.Millisecond)
	if !errors.Is(err, errUnserved) || s.sent == 0 || s.failed != s.sent || s.served != 0 {
		t.Errorf("it saw %+v, %v", s, err)
	}
}
