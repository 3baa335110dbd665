package image

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// user returns a user whom nobody else has, because the service may hold sessions.
func user() string { return "image/" + rand.Text() + " ☃" }

// create makes a session and returns the path to it. It is gone when the test ends.
func (c *client) create(user, data string) string {
	c.t.Helper()
	name, err := json.Marshal(user)
	if err != nil {
		c.t.Fatal(err)
	}
	made := c.call(request{method: "POST", path: "/sessions", body: `{"userId":` + string(name) + `,"data":` + data + `}`, want: 201})
	path := "/sessions/" + url.PathEscape(made.text("sessionId"))
	if got := made.header.Get("Location"); got != path {
		c.t.Errorf("the session at %s is said to be at %s", path, got)
	}
	c.t.Cleanup(func() {
		gone, err := c.http.Do(c.build(request{method: "DELETE", path: path}).WithContext(context.WithoutCancel(c.t.Context())))
		if err == nil {
			_ = gone.Body.Close()
		}
	})
	return path
}

func TestItIsWellAndShowsItsContract(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	for _, path := range []string{"/health", "/ready", "/openapi.yaml", "/openapi.json", "/docs"} {
		c.call(request{path: path, want: 200})
	}
}

func TestASessionLivesAndEnds(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	const first, second = `{"z":12345678901234567890.10,"a":"☃"}`, `[null,1.50]`
	path := c.create(user(), first)
	if got := string(c.call(request{path: path, want: 200}).members()["data"]); got != first {
		t.Errorf("its data is %s, want %s", got, first)
	}
	c.call(request{method: "PUT", path: path, body: `{"data":` + second + `}`, want: 200})
	if got := string(c.call(request{path: path, want: 200}).members()["data"]); got != second {
		t.Errorf("its data is %s, want %s", got, second)
	}
	c.call(request{method: "DELETE", path: path, want: 200})
	for _, method := range []string{"GET", "DELETE"} {
		c.call(request{method: method, path: path, want: 404, code: "session_not_found"})
	}
	c.call(request{method: "PUT", path: path, body: `{"data":1}`, want: 404, code: "session_not_found"})
}

func TestAUsersSessionsAreListedPageByPage(t *testing.T) {
	t.Parallel()
	c, who := newClient(t), user()
	var made []string
	for range 3 {
		made = append(made, c.create(who, `{}`))
	}
	c.create(user(), `{}`)
	var listed []string
	where := "/sessions/user/" + url.PathEscape(who)
	for next := "?limit=2"; next != ""; {
		page := c.call(request{path: where + next, want: 200})
		var sessions []struct{ SessionID, UserID string }
		if err := json.Unmarshal(page.members()["sessions"], &sessions); err != nil {
			t.Fatal(err)
		}
		for _, s := range sessions {
			listed = append(listed, "/sessions/"+url.PathEscape(s.SessionID))
		}
		next = ""
		if cursor := page.text("nextCursor"); cursor != "" {
			next = "?limit=2&cursor=" + url.QueryEscape(cursor)
		}
	}
	if !slices.Equal(listed, made) {
		t.Errorf("listed are %q, want %q", listed, made)
	}
	c.call(request{path: "/sessions?limit=2", want: 200})
}

func TestWhatIsWrongIsRefused(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	const isJSON = "application/json"
	for _, r := range []request{
		{method: "POST", path: "/sessions", body: `{`, want: 400, code: "malformed_json"},
		{method: "POST", path: "/sessions", body: `{"userId":"u","data":{"a":1,"a":2}}`, want: 400, code: "malformed_json"},
		{method: "POST", path: "/sessions", body: `[]`, want: 400, code: "invalid_body"},
		{method: "POST", path: "/sessions", body: `{"userId":"u","none":1}`, want: 400, code: "unknown_field"},
		{method: "POST", path: "/sessions", body: `{"userId":7}`, want: 400, code: "invalid_user_id"},
		{method: "POST", path: "/sessions", body: `{"userId":"u"}`, contentType: "text/plain", want: 415, code: "unsupported_media_type"},
		{method: "POST", path: "/sessions", body: `{"userId":"u","data":"` + strings.Repeat("x", 512<<10) + `"}`, contentType: isJSON, want: 413, code: "too_large"},
		{path: "/sessions?limit=0", want: 400, code: "invalid_limit"},
		{path: "/sessions?cursor=altered", want: 400, code: "invalid_cursor"},
		{path: "/sessions/unknown", want: 404, code: "session_not_found"},
		{path: "/no-such-path", want: 404, code: "route_not_found"},
		{method: "PATCH", path: "/sessions", want: 405, code: "method_not_allowed"},
	} {
		a := c.call(r)
		if r.want == 405 && a.header.Get("Allow") == "" {
			t.Errorf("%s %s is not allowed, and nothing says what is", r.method, r.path)
		}
		if id := a.text("requestId"); id == "" || id != a.header.Get("X-Request-Id") {
			t.Errorf("%s: the problem has the request id %q, its header %q", r.code, id, a.header.Get("X-Request-Id"))
		}
	}
}
