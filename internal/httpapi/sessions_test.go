package httpapi_test

import (
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"session-api"
)

func TestASessionLivesThroughItsCalls(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)

	created := h.call("POST", "/sessions", `{"userId":"user123","data":{"theme": "dark"}}`)
	id := created.member(t, "sessionId")
	want := `{"sessionId":"` + id + `","userId":"user123","data":{"theme":"dark"},` +
		`"createdAt":"2025-12-24T10:00:00.123456Z","expiresAt":"2025-12-25T10:00:00Z",` +
		`"version":1,"absoluteExpiresAt":"2025-12-25T10:00:00Z","lastActiveAt":"2025-12-24T10:00:00.123456Z"}`
	if created.status != 201 || created.text != want {
		t.Errorf("create answered %d %s\nwant %s", created.status, created.text, want)
	}
	if got := created.header.Get("Location"); got != "/sessions/"+id {
		t.Errorf("Location is %q", got)
	}
	if got := h.call("GET", "/sessions/"+id, ""); got.status != 200 || got.text != want {
		t.Errorf("get answered %d %s", got.status, got.text)
	}

	h.advance(time.Minute)
	updated := h.call("PUT", "/sessions/"+id, `{"data":[1]}`)
	want = `{"sessionId":"` + id + `","userId":"user123","data":[1],"createdAt":"2025-12-24T10:00:00.123456Z",` +
		`"updatedAt":"2025-12-24T10:01:00.123456Z","expiresAt":"2025-12-25T10:00:00Z",` +
		`"version":2,"absoluteExpiresAt":"2025-12-25T10:00:00Z","lastActiveAt":"2025-12-24T10:00:00.123456Z"}`
	if updated.status != 200 || updated.text != want {
		t.Errorf("update answered %d %s\nwant %s", updated.status, updated.text, want)
	}
	if got := h.call("GET", "/sessions/"+id, ""); got.text != want {
		t.Errorf("get after the update answered %s", got.text)
	}

	deleted := h.call("DELETE", "/sessions/"+id, "")
	if deleted.status != 200 || deleted.text != `{"message":"Session deleted successfully"}` {
		t.Errorf("delete answered %d %s", deleted.status, deleted.text)
	}
	for _, method := range []string{"GET", "DELETE"} {
		isProblem(t, h.call(method, "/sessions/"+id, ""), 404, "session_not_found")
	}
	isProblem(t, h.call("PUT", "/sessions/"+id, `{}`), 404, "session_not_found")
}

func TestAnExpiredSessionIsGoneForEveryCall(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	id := h.create("u", `1`)
	// 24 h after 10:00:00.123456, down to the second.
	h.advance(24*time.Hour - 123456*time.Microsecond - time.Microsecond)
	if got := h.call("GET", "/sessions/"+id, ""); got.status != 200 {
		t.Fatalf("a microsecond before its end it answered %d", got.status)
	}
	h.advance(time.Microsecond)
	isProblem(t, h.call("GET", "/sessions/"+id, ""), 410, "session_expired")
	isProblem(t, h.call("PUT", "/sessions/"+id, `{"data":2}`), 410, "session_expired")
	isProblem(t, h.call("DELETE", "/sessions/"+id, ""), 410, "session_expired")
	for _, list := range []string{"/sessions", "/sessions/user/u"} {
		if got := string(h.call("GET", list, "").members(t)["sessionCount"]); got != "0" {
			t.Errorf("%s counts %s sessions", list, got)
		}
	}
}

func TestDataComesBackAsTheSameJSON(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	for _, data := range []string{
		`12345678901234567890123`, `0.1`, `1e3`, `-0`, `1E400`, `null`, `true`, `""`, `"<>&\u2028"`, `[]`, `{}`,
		`{"z":1,"a":{"B":2,"b":3}}`, `"\ud83d\ude00 😀 \u0000"`,
	} {
		id := h.create("u", data)
		if got := string(h.call("GET", "/sessions/"+id, "").members(t)["data"]); got != data {
			t.Errorf("%s came back as %s", data, got)
		}
	}
	absent := h.call("POST", "/sessions", `{"userId":"u"}`)
	if got := string(absent.members(t)["data"]); got != `{}` {
		t.Errorf("absent data came back as %s", got)
	}
	id := h.create("u", `{"a":1}`)
	if got := string(h.call("PUT", "/sessions/"+id, `{}`).members(t)["data"]); got != `{}` {
		t.Errorf("an update without data left %s", got)
	}
}

func TestUserIDsWorkPercentEncoded(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	for _, user := range []string{"a/b", "100%", "a b", "ü😀", "?x=1", "a%2Fb", "user", "..."} {
		id := h.create(user, `{}`)
		list := h.call("GET", "/sessions/user/"+url.PathEscape(user), "")
		if list.status != 200 || list.member(t, "userId") != user || !strings.Contains(list.text, id) {
			t.Errorf("user %q: %d %s", user, list.status, list.text)
		}
		if got := h.call("GET", "/sessions/"+url.PathEscape(id), ""); got.status != 200 {
			t.Errorf("session %q of user %q answered %d", id, user, got.status)
		}
	}
	unknown := h.call("GET", "/sessions/user/nobody", "")
	if unknown.text != `{"userId":"nobody","sessionCount":0,"sessions":[]}` {
		t.Errorf("an unknown user answered %s", unknown.text)
	}
	isProblem(t, h.call("GET", "/sessions/user/%01", ""), 400, "invalid_user_id")
	isProblem(t, h.call("GET", "/sessions/user/"+strings.Repeat("u", session.MaxUserIDBytes+1), ""), 400, "invalid_user_id")
}

func TestALongOrStrangeIDIsNotFound(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	for _, id := range []string{strings.Repeat("x", session.MaxIDBytes+1), "%00", "%ff", "a%2Fb", "x%20y"} {
		isProblem(t, h.call("GET", "/sessions/"+id, ""), 404, "session_not_found")
	}
}

func TestHeadAnswersAsGetWithoutABody(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	server := httptest.NewServer(h.api)
	defer server.Close()
	id := h.create("u", `{"a":1}`)
	for _, path := range []string{"/health", "/ready", "/sessions", "/sessions/" + id, "/sessions/user/u", "/openapi.yaml", "/docs"} {
		get, err := http.Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		head, err := http.Head(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		whole, empty := read(t, get), read(t, head)
		if empty.status != whole.status || empty.text != "" || empty.header.Get("Content-Type") != whole.header.Get("Content-Type") {
			t.Errorf("HEAD %s answered %d %q with %q", path, empty.status, empty.text, empty.header.Get("Content-Type"))
		}
		if path != "/docs" && head.ContentLength != int64(len(whole.text)) {
			t.Errorf("HEAD %s says %d bytes, GET sent %d", path, head.ContentLength, len(whole.text))
		}
	}
}

// TestThePlainPathOfASessionIsWhatTheMuxMakesOfIt compares GET, which has a short way
// for it, with HEAD, which has none.
func TestThePlainPathOfASessionIsWhatTheMuxMakesOfIt(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	id := h.call("POST", "/sessions", `{"userId":"user123","data":1}`).member(t, "sessionId")
	escaped := "%" + strings.ToUpper(hex.EncodeToString([]byte(id[:1]))) + id[1:]
	for _, path := range []string{
		id, escaped, id + "/", id + "/touch", id + "//", "/" + id, "./" + id, id + "?x=1", id + "%2F", "a%2Fb", "a%252Fb",
		"", "user", "user/", "user/user123", "%75ser", ".", "..", "%2E", "%2E%2E", "...", "user.", "nobody", strings.Repeat("x", 2000),
	} {
		get, head := h.call("GET", "/sessions/"+path, ""), h.call("HEAD", "/sessions/"+path, "")
		if get.status != head.status || get.header.Get("Etag") != head.header.Get("Etag") || get.header.Get("Content-Length") != head.header.Get("Content-Length") {
			t.Errorf("GET of %q is %d %s, HEAD is %d", path, get.status, get.text, head.status)
		}
	}
}
