package httpapi_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"session-api"
	"session-api/store/memory"
)

func TestACreateWithTheSameKeyAnswersTheFirstSessionAgain(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	const key = "Idempotency-Key"
	first := h.send("POST", "/sessions", `{"userId":"u","data":{"a":1}}`, key, `"8e03978e-40d5"`)
	if first.status != 201 || first.header.Get("Idempotency-Replayed") != "" {
		t.Fatalf("the first answered %d with %v", first.status, first.header)
	}
	h.advance(time.Hour)
	again := h.send("POST", "/sessions", ` {"data": {"a": 1}, "userId": "u"}`, key, `8e03978e-40d5`)
	if again.status != 201 || again.text != first.text || again.header.Get("Idempotency-Replayed") != "true" ||
		again.header.Get("Location") != first.header.Get("Location") || again.header.Get("ETag") != `"1"` {
		t.Errorf("the second answered %d %s with %v", again.status, again.text, again.header)
	}
	if n := strings.Count(h.log.String(), "Created session"); n != 1 {
		t.Errorf("the log tells of %d creations", n)
	}
	if got := string(h.call("GET", "/sessions", "").members(t)["sessionCount"]); got != "1" {
		t.Errorf("there are %s sessions", got)
	}
	for _, body := range []string{`{"userId":"v","data":{"a":1}}`, `{"userId":"u","data":{"a":2}}`, `{"userId":"u","data":{"a":1},"ttlSeconds":60}`, `{"userId":"u","data":{"a":1},"client":{"label":"x"}}`} {
		a := h.send("POST", "/sessions", body, key, `8e03978e-40d5`)
		isProblem(t, a, 422, "idempotency_key_reused")
		if a.member(t, "field") != key {
			t.Errorf("field is %q", a.member(t, "field"))
		}
	}
	h.call("DELETE", first.header.Get("Location"), "")
	isProblem(t, h.send("POST", "/sessions", `{"userId":"u","data":{"a":1}}`, key, `8e03978e-40d5`), 410, "session_ended")
}

func TestAKeyIsOneTokenOrOneQuotedText(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	for _, same := range [][]string{
		{`abc`, `"abc"`, ` abc `, ` "abc" `}, {`a:b/c~!#$%&'*+-.^_|`, `"a:b/c~!#$%&'*+-.^_|"`}, {`"a b,c;d"`}, {`"q\"\\"`}, {strings.Repeat("k", 255), `"` + strings.Repeat("k", 255) + `"`},
	} {
		location := ""
		for _, key := range same {
			a := h.send("POST", "/sessions", `{"userId":"u"}`, "Idempotency-Key", key)
			if got := a.header.Get("Location"); a.status != 201 || location != "" && got != location {
				t.Errorf("%s answered %d %s", key, a.status, a.text)
			} else {
				location = got
			}
		}
	}
	for _, keys := range [][]string{
		{``}, {`""`}, {` `}, {`a b`}, {`a,b`}, {`a;b=1`}, {`"a";b=1`}, {`"a`}, {`a"`}, {`"a"b"`}, {`"a\b"`}, {`"a\`}, {"\"a\tb\""}, {"\"\u00e9\""}, {"\u00e9"}, {`(a)`},
		{strings.Repeat("k", 256)}, {`a`, `a`}, {`a`, `b`}, {`"a"`, ``},
	} {
		r := []string{}
		for _, key := range keys {
			r = append(r, "Idempotency-Key", key)
		}
		a := h.send("POST", "/sessions", `{"userId":"u"}`, r...)
		isProblem(t, a, 400, "invalid_value")
		if a.member(t, "field") != "Idempotency-Key" {
			t.Errorf("%q: %s", keys, a.text)
		}
	}
}

func TestAKeyInFlightIsToBeTriedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		mem, held := memory.New(), make(chan bool)
		h := newHarness(t, applyDouble{Store: mem, before: func() { <-held }})
		first := make(chan answer, 1)
		go func() { first <- h.send("POST", "/sessions", `{"userId":"u"}`, "Idempotency-Key", "k") }()
		synctest.Wait()
		a := h.send("POST", "/sessions", `{"userId":"u"}`, "Idempotency-Key", `"k"`)
		isProblem(t, a, 409, "idempotency_key_in_flight")
		if a.header.Get("Retry-After") == "" {
			t.Error("there is no Retry-After")
		}
		close(held)
		if a := <-first; a.status != http.StatusCreated {
			t.Errorf("the first answered %d %s", a.status, a.text)
		}
	})
}

// applyDouble is a store whose transactions wait.
type applyDouble struct {
	session.Store
	before func()
}

func (d applyDouble) Apply(ctx context.Context, t session.Transaction) error {
	d.before()
	return d.Store.Apply(ctx, t)
}
