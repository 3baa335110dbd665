package httpapi_test

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"session-api"
	"session-api/store/memory"
)

func TestATouchMovesTheIdleEndAndNoVersion(t *testing.T) {
	t.Parallel()
	h := newRuledHarness(t, nil, func(o *session.Options) { o.IdleTimeout = 10 * time.Minute })
	path := "/sessions/" + h.create("u", `{"a":1}`)
	for _, body := range []string{"", "{}", " {} "} {
		h.advance(5 * time.Minute)
		a := h.call("POST", path+"/touch", body)
		active := h.clock()
		if a.status != 200 || a.header.Get("ETag") != `"1"` || a.header.Get("Location") != "" ||
			a.member(t, "lastActiveAt") != active.Format("2006-01-02T15:04:05.000000Z") ||
			a.member(t, "idleExpiresAt") != active.Add(10*time.Minute).Format("2006-01-02T15:04:05Z") || a.member(t, "expiresAt") != a.member(t, "idleExpiresAt") {
			t.Errorf("%q answered %d %s with %v", body, a.status, a.text, a.header)
		}
		if got := h.call("GET", path, ""); got.text != a.text {
			t.Errorf("get answered %s after %s", got.text, a.text)
		}
	}
	if log := h.log.String(); strings.Contains(log, "Touched") || !strings.Contains(log, "route=/sessions/{id}/touch") {
		t.Errorf("the log is %s", log)
	}
	h.advance(10 * time.Minute)
	isProblem(t, h.call("POST", path+"/touch", ""), 410, "session_expired")
	isProblem(t, h.call("POST", "/sessions/unknown/touch", ""), 404, "session_not_found")
}

func TestABodyThatMayBeAbsentNeedsATypeOnlyWhereItIs(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	for _, action := range []string{"/touch", "/rotate"} {
		path := "/sessions/" + h.create("u", `{}`) + action
		unsized := httptest.NewRequest("POST", path, strings.NewReader(""))
		unsized.ContentLength = -1
		if a := h.do(unsized); a.status != 200 {
			t.Errorf("%s without a body answered %d %s", action, a.status, a.text)
		}
		path = "/sessions/" + h.create("u", `{}`) + action
		isProblem(t, h.send("POST", path, `{}`, "Content-Type", "text/plain"), 415, "unsupported_media_type")
		isProblem(t, h.send("POST", path, `{}`, "Content-Type", mergeType), 415, "unsupported_media_type")
		isProblem(t, h.send("POST", path, `{}`, "Content-Type", ""), 415, "unsupported_media_type")
		isProblem(t, h.call("POST", path, `{`), 400, "malformed_json")
		isProblem(t, h.call("POST", path, ` `), 400, "malformed_json")
		isProblem(t, h.call("POST", path, `null`), 400, "invalid_body")
		isProblem(t, h.call("POST", path, `{"x":1}`), 400, "unknown_field")
		isProblem(t, h.call("POST", path, `"`+strings.Repeat("x", 400<<10)+`"`), 413, "too_large")
		if a := h.send("POST", path, "", "Content-Type", "text/plain"); a.status != 200 {
			t.Errorf("%s with the type of nothing answered %d %s", action, a.status, a.text)
		}
	}
}

func TestAnExtensionSetsANewEndWithinTheLongest(t *testing.T) {
	t.Parallel()
	h := newRuledHarness(t, nil, func(o *session.Options) { o.MaxTTL = 48 * time.Hour })
	id := h.create("u", `{}`)
	path := "/sessions/" + id + "/extend"
	h.advance(time.Hour)
	a := h.call("POST", path, `{"ttlSeconds":172000}`)
	isProblem(t, a, 400, "invalid_value")
	if a.member(t, "field") != "ttlSeconds" || !strings.Contains(a.text, "172800 seconds after it was created") {
		t.Errorf("beyond the longest it was answered %s", a.text)
	}
	for body, end := range map[string]string{`{"ttlSeconds":60}`: "2025-12-24T11:01:00Z", `{"ttlSeconds":90000}`: "2025-12-25T12:00:00Z"} {
		a := h.call("POST", path, body)
		if a.status != 200 || a.member(t, "expiresAt") != end || a.member(t, "absoluteExpiresAt") != end {
			t.Errorf("%s answered %d %s", body, a.status, a.text)
		}
	}
	for _, body := range []string{`{}`, `{"ttlSeconds":0}`, `{"ttlSeconds":null}`, `{"ttlSeconds":1.5}`, `{"ttlSeconds":"60"}`, `{"ttlSeconds":172801}`} {
		a := h.call("POST", path, body)
		isProblem(t, a, 400, "invalid_value")
		if a.member(t, "field") != "ttlSeconds" || !strings.Contains(a.text, "1 to 172800") {
			t.Errorf("%s answered %s", body, a.text)
		}
	}
	isProblem(t, h.call("POST", path, ``), 415, "unsupported_media_type")
	isProblem(t, h.call("POST", path, `{"ttlSeconds":60,"data":{}}`), 400, "unknown_field")
	isProblem(t, h.call("POST", "/sessions/unknown/extend", `{"ttlSeconds":60}`), 404, "session_not_found")
	if !strings.Contains(h.log.String(), "Extended session "+session.Redact(id)+" for user u") {
		t.Errorf("the log is %s", h.log)
	}
}

func TestARotationGivesTheSessionANewID(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	created := h.call("POST", "/sessions", `{"userId":"u","data":{"a":1},"acr":"1","amr":["pwd"]}`)
	id := created.member(t, "sessionId")
	h.advance(time.Minute)
	a := h.call("POST", "/sessions/"+id+"/rotate", "")
	next := a.member(t, "sessionId")
	if a.status != 200 || next == id || a.header.Get("Location") != "/sessions/"+next || a.header.Get("ETag") != `"2"` {
		t.Errorf("it was answered %d %s with %v", a.status, a.text, a.header)
	}
	// A rotation is an activity, and changes nothing else.
	want := strings.NewReplacer(id, next, `"version":1`, `"version":2`,
		`"lastActiveAt":"2025-12-24T10:00:`, `"lastActiveAt":"2025-12-24T10:01:`).Replace(created.text)
	if got := h.call("GET", "/sessions/"+next, ""); got.text != want || a.text != want || got.header.Get("Session-Id") != "" {
		t.Errorf("the new id has %s with %v\nwant %s", got.text, got.header, want)
	}
	for _, method := range []string{"GET", "DELETE"} {
		isProblem(t, h.call(method, "/sessions/"+id, ""), 404, "session_not_found")
	}
	if log := h.log.String(); !strings.Contains(log, "Rotated session "+session.Redact(id)+" to "+session.Redact(next)+" for user u") {
		t.Errorf("the log is %s", log)
	}
	if strings.Contains(h.log.String(), id) || strings.Contains(h.log.String(), next) {
		t.Error("an id is in the log")
	}
}

func TestARotationCanReplaceWhatIsSaidOfAuthentication(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	for body, end := range map[string]string{
		`{}`: `,"authTime":"2025-12-24T09:00:00.000000Z","amr":["pwd"],"acr":"1"}`,
		`{"authTime":"2025-12-24T10:00:00Z","amr":["otp","pwd"],"acr":"2"}`: `,"authTime":"2025-12-24T10:00:00.000000Z","amr":["otp","pwd"],"acr":"2"}`,
		`{"acr":"2"}`: `"lastActiveAt":"2025-12-24T10:00:00.123456Z","acr":"2"}`,
		`{"amr":[]}`:  `"lastActiveAt":"2025-12-24T10:00:00.123456Z"}`,
	} {
		created := h.call("POST", "/sessions", `{"userId":"u","authTime":"2025-12-24T09:00:00Z","acr":"1","amr":["pwd"]}`)
		a := h.call("POST", created.header.Get("Location")+"/rotate", body)
		if a.status != 200 || !strings.HasSuffix(a.text, end) {
			t.Errorf("%s answered %d %s", body, a.status, a.text)
		}
	}
	path := "/sessions/" + h.create("u", `{}`) + "/rotate"
	for body, field := range map[string]string{
		`{"graceSeconds":61}`: "graceSeconds", `{"graceSeconds":-1}`: "graceSeconds", `{"graceSeconds":1.0}`: "graceSeconds", `{"graceSeconds":null}`: "graceSeconds",
		`{"graceSeconds":"1"}`: "graceSeconds", `{"graceSeconds":4294967297}`: "graceSeconds", `{"graceSeconds":36028797018964028}`: "graceSeconds",
		`{"authTime":null}`: "authTime", `{"amr":"pwd"}`: "amr", `{"acr":7}`: "acr", `{"acr":null,"graceSeconds":1}`: "acr",
	} {
		a := h.call("POST", path, body)
		isProblem(t, a, 400, "invalid_value")
		if a.member(t, "field") != field || field == "graceSeconds" && !strings.Contains(a.text, "0 to 60") {
			t.Errorf("%s answered %s", body, a.text)
		}
	}
}

func TestAFormerIDReadsInItsTimeOfGraceAndTellsTheNewOne(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	id := h.create("u", `{"a":1}`)
	rotated := h.call("POST", "/sessions/"+id+"/rotate", `{"graceSeconds":30}`)
	next := rotated.member(t, "sessionId")
	for _, method := range []string{"GET", "HEAD"} {
		a := h.call(method, "/sessions/"+id, "")
		if a.status != 200 || a.header.Get("Session-Id") != next || a.header.Get("ETag") != `"2"` || method == "GET" && a.text != rotated.text {
			t.Errorf("%s answered %d %s with %v", method, a.status, a.text, a.header)
		}
	}
	if a := h.send("GET", "/sessions/"+id, "", "If-None-Match", `"2"`); a.status != 304 || a.header.Get("Session-Id") != next {
		t.Errorf("what is known was answered %d with %v", a.status, a.header)
	}
	for _, write := range writes {
		isProblem(t, write(h, "/sessions/"+id), 404, "session_not_found")
	}
	isProblem(t, h.call("POST", "/sessions/"+id+"/touch", ""), 404, "session_not_found")
	h.advance(32 * time.Second)
	isProblem(t, h.call("GET", "/sessions/"+id, ""), 404, "session_not_found")
}

func TestWordsOfThePathsCanBeIDsAndUsers(t *testing.T) {
	t.Parallel()
	store := memory.New()
	h := newHarness(t, store)
	for _, word := range []string{"touch", "extend", "rotate", "user", "sessions", "a/b", "a%2Fb"} {
		id := h.create(word, `{}`)
		list := h.call("GET", "/sessions/user/"+url.PathEscape(word), "")
		if list.status != 200 || list.member(t, "userId") != word || !strings.Contains(list.text, id) {
			t.Errorf("user %q: %d %s", word, list.status, list.text)
		}
		if word == "user" {
			continue
		}
		if err := store.Create(t.Context(), &session.Session{ID: word, UserID: "u", Data: []byte(`{}`), CreatedAt: start, ExpiresAt: start.Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
		path := "/sessions/" + url.PathEscape(word)
		for _, action := range []string{"/touch", "/%74ouch"} {
			if a := h.call("POST", path+action, ""); a.status != 200 || a.member(t, "sessionId") != word {
				t.Errorf("%s%s answered %d %s", path, action, a.status, a.text)
			}
		}
		if a := h.call("POST", path+"/rotate", ""); a.status != 200 {
			t.Errorf("%s answered %d %s", path, a.status, a.text)
		}
	}
	isProblem(t, h.call("POST", "/sessions/user/touch", ""), 405, "method_not_allowed")
	isProblem(t, h.call("POST", "/sessions/x/nothing", ""), 404, "route_not_found")
	isProblem(t, h.call("POST", "/sessions/x/touch/", ""), 404, "route_not_found")
	isProblem(t, h.call("POST", "/sessions/x/touch/y", ""), 404, "route_not_found")
	isProblem(t, h.call("POST", "/sessions/x/%2Ftouch", ""), 404, "route_not_found")
}
