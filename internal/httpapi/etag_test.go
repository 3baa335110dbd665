package httpapi_test

import (
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"session-api"
	"session-api/internal/httpapi"
	"session-api/store/memory"
)

func TestEveryAnswerWithASessionHasItsVersionAsETag(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	const merge = "application/merge-patch+json"
	created := h.call("POST", "/sessions", `{"userId":"u"}`)
	path := "/sessions/" + created.member(t, "sessionId")
	for _, c := range []struct {
		answer answer
		etag   string
	}{
		{created, `"1"`},
		{h.call("GET", path, ""), `"1"`},
		{h.call("PUT", path, `{"data":1}`), `"2"`},
		{h.send("PATCH", path, `{"a":1}`, "Content-Type", merge), `"3"`},
		{h.call("POST", path+"/touch", ""), `"3"`},
		{h.call("POST", path+"/extend", `{"ttlSeconds":60}`), `"4"`},
		{h.call("GET", path, ""), `"4"`},
		{h.call("POST", path+"/rotate", ""), `"5"`},
	} {
		if got := c.answer.header.Get("ETag"); got != c.etag || string(c.answer.members(t)["version"]) != strings.Trim(c.etag, `"`) {
			t.Errorf("ETag is %q, want %q, with %s", got, c.etag, c.answer.text)
		}
	}
}

func TestAWriteHappensIfItsIfMatchNamesTheVersion(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	for name, headers := range map[string][]string{
		"the version":          {"If-Match", `"2"`},
		"any":                  {"If-Match", `*`},
		"any, with spaces":     {"If-Match", " * "},
		"one of a list":        {"If-Match", `"7", "2"`},
		"one of several lines": {"If-Match", `"7"`, "If-Match", `"2","8"`},
		"a list with gaps":     {"If-Match", ` ,"x" ,, "2",`},
		"beside a strange one": {"If-Match", `"\"`, "If-Match", `"2"`},
		"beside a weak one":    {"If-Match", `W/"2", "2"`},
		"nothing":              {},
	} {
		for _, write := range writes {
			path := "/sessions/" + h.create("u", `{}`)
			h.call("PUT", path, `{"data":{}}`)
			if a := write(h, path, headers...); a.status != 200 {
				t.Errorf("%s: answered %d %s", name, a.status, a.text)
			}
		}
	}
}

// writes are all calls that take If-Match.
var writes = []func(h *harness, path string, headers ...string) answer{
	func(h *harness, path string, headers ...string) answer {
		return h.send("PUT", path, `{"data":9}`, headers...)
	},
	func(h *harness, path string, headers ...string) answer {
		return h.send("PATCH", path, `{"a":9}`, append(headers, "Content-Type", "application/merge-patch+json")...)
	},
	func(h *harness, path string, headers ...string) answer { return h.send("DELETE", path, "", headers...) },
	func(h *harness, path string, headers ...string) answer {
		return h.send("POST", path+"/extend", `{"ttlSeconds":60}`, headers...)
	},
	func(h *harness, path string, headers ...string) answer {
		return h.send("POST", path+"/rotate", "", headers...)
	},
}

func TestAStaleIfMatchIsToldTheCurrentVersion(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	path := "/sessions/" + h.create("u", `{"a":1}`)
	h.call("PUT", path, `{"data":{"a":2}}`)
	before := h.call("GET", path, "").text
	for _, tags := range []string{`"1"`, `"3"`, `W/"2"`, `"02"`, `"+2"`, `"-1"`, `"2x"`, `""`, `"abc"`, `"1","3"`, `"99999999999999999999"`, "\"\xff\""} {
		for _, write := range writes {
			a := write(h, path, "If-Match", tags)
			isProblem(t, a, 412, "version_conflict")
			if string(a.members(t)["version"]) != "2" || a.header.Get("ETag") != `"2"` {
				t.Errorf("%s: ETag %q with %s", tags, a.header.Get("ETag"), a.text)
			}
		}
	}
	if after := h.call("GET", path, "").text; after != before {
		t.Errorf("a refused write changed the session to %s", after)
	}
}

func TestAMissingOrExpiredSessionIsToldBeforeItsVersion(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	over := "/sessions/" + h.create("u", `{}`)
	h.advance(25 * time.Hour)
	for _, tags := range []string{`"1"`, `*`, `"x"`, `"1","2"`} {
		for _, write := range writes {
			isProblem(t, write(h, "/sessions/unknown", "If-Match", tags), 404, "session_not_found")
			isProblem(t, write(h, over, "If-Match", tags), 410, "session_expired")
		}
	}
}

func TestAMalformedConditionIsRefused(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	path := "/sessions/" + h.create("u", `{}`)
	for _, tags := range []string{``, ` `, `,`, `1`, `"1`, `1"`, `"1" "2"`, `"1";`, `w/"1"`, `W/1`, `W/ "1"`, `*,"1"`, `"1",*`, `**`, "\"a b\"", "\"a\x7f\"", `'1'`} {
		for _, write := range writes {
			a := write(h, path, "If-Match", tags)
			isProblem(t, a, 400, "invalid_header")
			if a.member(t, "field") != "If-Match" {
				t.Errorf("%q: %s", tags, a.text)
			}
		}
		a := h.send("GET", path, "", "If-None-Match", tags)
		isProblem(t, a, 400, "invalid_header")
		if a.member(t, "field") != "If-None-Match" {
			t.Errorf("%q: %s", tags, a.text)
		}
	}
}

func TestAReadOfAKnownVersionHasNoBody(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	path := "/sessions/" + h.create("u", `{}`)
	for _, tags := range []string{`"1"`, `W/"1"`, `*`, `"7", W/"1"`} {
		for _, method := range []string{"GET", "HEAD"} {
			a := h.send(method, path, "", "If-None-Match", tags)
			if a.status != 304 || a.text != "" || a.header.Get("ETag") != `"1"` || a.header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s with %s answered %d %q with %v", method, tags, a.status, a.text, a.header)
			}
		}
	}
	for _, tags := range []string{`"2"`, `"01"`, `"x", ""`} {
		if a := h.send("GET", path, "", "If-None-Match", tags); a.status != 200 || a.header.Get("ETag") != `"1"` {
			t.Errorf("%s answered %d %s", tags, a.status, a.text)
		}
	}
	isProblem(t, h.send("GET", "/sessions/unknown", "", "If-None-Match", "*"), 404, "session_not_found")
}

func TestARowOfAnOlderWriterIsAtVersionZero(t *testing.T) {
	t.Parallel()
	store := memory.New()
	h := newHarness(t, store)
	old := &session.Session{ID: "session-u-0123456789ab", UserID: "u", Data: []byte(`{}`), CreatedAt: start, ExpiresAt: start.Add(time.Hour).Truncate(time.Second)}
	if err := store.Create(t.Context(), old); err != nil {
		t.Fatal(err)
	}
	path := "/sessions/" + old.ID
	if a := h.call("GET", path, ""); a.header.Get("ETag") != `"0"` || string(a.members(t)["version"]) != "0" {
		t.Errorf("it was answered with ETag %q, %s", a.header.Get("ETag"), a.text)
	}
	a := h.send("PUT", path, `{}`, "If-Match", `"1"`)
	isProblem(t, a, 412, "version_conflict")
	if string(a.members(t)["version"]) != "0" {
		t.Errorf("the conflict tells %s", a.text)
	}
	if a := h.send("PUT", path, `{}`, "If-Match", `"0"`); a.header.Get("ETag") != `"1"` {
		t.Errorf("the write was answered %d %s", a.status, a.text)
	}
}

func TestAWriteWithoutIfMatchIsRefusedWhereItMustHaveOne(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil, func(o *httpapi.Options) { o.RequireIfMatch = true })
	path := "/sessions/" + h.create("u", `{}`)
	for _, method := range []string{"PUT", "PATCH", "DELETE"} {
		r := httptest.NewRequest(method, path, unread{t})
		r.Header.Set("Content-Type", "text/plain")
		a := h.do(r)
		isProblem(t, a, 428, "precondition_required")
		if a.member(t, "field") != "If-Match" {
			t.Errorf("%s: %s", method, a.text)
		}
	}
	if a := h.call("POST", path+"/extend", `{"ttlSeconds":60}`); a.status != 200 {
		t.Errorf("extend answered %d %s", a.status, a.text)
	}
	if a := h.send("PUT", path, `{}`, "If-Match", `"2"`); a.status != 200 {
		t.Errorf("with it PUT answered %d %s", a.status, a.text)
	}
	if a := h.send("DELETE", path, "", "If-Match", `*`); a.status != 200 {
		t.Errorf("with * DELETE answered %d %s", a.status, a.text)
	}
}

// unread is a body that nobody may read.
type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("the body was read")
	return 0, io.EOF
}
