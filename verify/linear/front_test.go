package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestAnswersAreReadAsTheContractHasThem(t *testing.T) {
	t.Parallel()
	whole := `{"sessionId":"s","version":4,"data":{"a":1,"b":2}}`
	shown := output{outcome: done, shown: state{true, 4, data{1, 2}}}
	for name, c := range map[string]struct {
		status     int
		etag, body string
		in         input
		want       output
	}{
		"a session":               {200, `"4"`, whole, input{kind: read}, shown},
		"a made session":          {201, `"4"`, whole, input{kind: create}, shown},
		"another ETag":            {200, `"3"`, whole, input{kind: read}, output{outcome: wrong}},
		"no ETag":                 {200, ``, whole, input{kind: swap}, output{outcome: wrong}},
		"other data":              {200, `"4"`, `{"version":4,"data":[]}`, input{kind: write}, output{outcome: wrong}},
		"a deleted session":       {200, ``, `{"message":"gone"}`, input{kind: end}, output{outcome: done}},
		"no session":              {404, ``, `{"code":"session_not_found"}`, input{kind: read}, output{outcome: notFound}},
		"no route":                {404, ``, `{"code":"no_such_route"}`, input{kind: patch}, output{outcome: wrong}},
		"a conflict":              {412, `"4"`, `{"code":"version_conflict","version":4}`, input{kind: endAt}, output{outcome: conflict, shown: state{version: 4}}},
		"a conflict with nothing": {412, ``, `{"code":"version_conflict"}`, input{kind: swap}, output{outcome: wrong}},
		"too much contention":     {409, ``, `{"code":"write_contention"}`, input{kind: patch}, output{outcome: gaveUp}},
		"a store that is away":    {503, ``, `{"code":"store_unavailable"}`, input{kind: write}, output{outcome: unknown}},
		"an end that is over":     {410, ``, `{"code":"session_expired"}`, input{kind: read}, output{outcome: wrong}},
		"a fault":                 {500, ``, `{"code":"internal"}`, input{kind: read}, output{outcome: wrong}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if c.etag != "" {
					w.Header().Set("ETag", c.etag)
				}
				w.WriteHeader(c.status)
				_, _ = w.Write([]byte(c.body))
			}))
			t.Cleanup(server.Close)
			f := newFront()
			f.bases = []string{server.URL}
			got := (&remote{front: f}).do(t.Context(), 0, c.in)
			if got.why = ""; got != c.want {
				t.Errorf("it is taken for %+v; want %+v", got, c.want)
			}
		})
	}
}

func TestACallWithoutAnAnswerIsWrongUnlessItsClientGaveUp(t *testing.T) {
	t.Parallel()
	ctx, giveUp := context.WithCancel(t.Context())
	f := newFront()
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodDelete {
			giveUp()
			<-r.Context().Done()
		}
		panic(http.ErrAbortHandler)
	}))
	t.Cleanup(server.Close)
	f.bases = []string{server.URL}
	on := &remote{front: f}
	if out := on.do(ctx, 0, input{kind: write}); out.outcome != wrong {
		t.Errorf("an answer that breaks off is taken for %v", out)
	}
	if out := on.do(ctx, 0, input{kind: end}); out.outcome != unknown {
		t.Errorf("an answer that nobody waits for is taken for %v", out)
	}
}
