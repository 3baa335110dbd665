package httpapi_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// walk follows the links from target on and returns the labels of the sessions, in
// order, and what the links hold beside their cursors.
func walk(t *testing.T, h *harness, target string) (labels []string, links []string) {
	t.Helper()
	for target != "" {
		a := h.call("GET", target, "")
		l := parseList(t, a)
		for _, s := range l.Sessions {
			_, label, _ := strings.Cut(string(s["client"]), `"label":"`)
			labels = append(labels, strings.TrimSuffix(label, `"}`))
		}
		target = ""
		if link := a.header.Get("Link"); link != "" {
			target = nextLink.FindStringSubmatch(link)[1]
			next, err := url.Parse(target)
			if err != nil {
				t.Fatal(err)
			}
			params := next.Query()
			params.Del("cursor")
			links = append(links, params.Encode())
		}
	}
	return labels, links
}

func TestListsCanBeTurnedAndNarrowedOverAllTheirPages(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	for i := range 5 {
		for _, user := range []string{"u", "v/1"} {
			h.call("POST", "/sessions", fmt.Sprintf(`{"userId":%q,"client":{"label":"%s%d"}}`, user, user[:1], i))
		}
		h.advance(time.Minute)
	}
	const second, fifth = "2025-12-24T10:01:00.123456Z", "2025-12-24T10:04:00.123456Z"
	window := "&createdAfter=" + second + "&createdBefore=" + url.QueryEscape("2025-12-24T11:04:00.123456+01:00")
	carried := "createdAfter=" + url.QueryEscape(second) + "&createdBefore=" + url.QueryEscape(fifth) + "&limit=1"
	for _, c := range []struct {
		target string
		labels string
		link   string
	}{
		{"/sessions/user/v%2F1?limit=2", "v0 v1 v2 v3 v4", "limit=2"},
		{"/sessions/user/v%2F1?limit=2&order=asc&x=1&userId=u", "v0 v1 v2 v3 v4", "limit=2"},
		{"/sessions/user/v%2F1?limit=2&order=desc", "v4 v3 v2 v1 v0", "limit=2&order=desc"},
		{"/sessions/user/v%2F1?limit=1&order=desc" + window, "v3 v2", carried + "&order=desc"},
		{"/sessions?limit=2&userId=v%2F1", "v0 v1 v2 v3 v4", "limit=2&userId=v%2F1"},
		{"/sessions?limit=2&userId=v%2F1&order=desc", "v4 v3 v2 v1 v0", "limit=2&order=desc&userId=v%2F1"},
		{"/sessions?limit=1&userId=u" + window, "u2 u3", carried + "&userId=u"},
		{"/sessions?limit=1&order=asc" + window, "u2 u3 v2 v3", carried},
		{"/sessions?limit=3&createdAfter=2025-12-24T10:03:30Z", "u4 v4", ""},
		{"/sessions?limit=3&createdBefore=2025-12-24T10:00:00.123456Z", "", ""},
		{"/sessions?limit=3&createdBefore=2025-12-24T10:00:00.1234561Z", "u0 v0", ""},
		{"/sessions?userId=nobody", "", ""},
	} {
		labels, links := walk(t, h, c.target)
		if strings.HasPrefix(c.target, "/sessions?") && !strings.Contains(c.target, "userId") {
			slices.Sort(labels) // all sessions together have no order
		}
		if got := strings.Join(labels, " "); got != c.labels {
			t.Errorf("%s: %s, want %s", c.target, got, c.labels)
		}
		for _, link := range links {
			if link != c.link {
				t.Errorf("%s: a link has %s, want %s", c.target, link, c.link)
			}
		}
		if c.link != "" && len(links) == 0 {
			t.Errorf("%s: there is no second page", c.target)
		}
	}
	if a := h.call("GET", "/sessions?userId=u", ""); strings.Contains(a.text, `"data"`) || strings.HasPrefix(a.text, `{"userId"`) {
		t.Errorf("the list of all sessions of a user is %s", a.text)
	}
}

func TestABadOrderTimeOrUserIsRefused(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	for _, path := range []string{"/sessions", "/sessions/user/u"} {
		for param, values := range map[string][]string{
			"order": {"", "up", "ASC", "Desc", "asc&order=asc"},
			"createdAfter": {"", "2025-12-24", "2025-12-24T10:00:00", "yesterday", "1766570400", "2025-12-24T10:00:00+01:00", "2025-12-24T25:00:00Z", "0001-01-01T00:00:00Z",
				"2025-12-24T10:00:00Z&createdAfter=2025-12-24T10:00:00Z"},
			"createdBefore": {"", "x", "2025-13-01T00:00:00Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59-01:00"},
		} {
			for _, value := range values {
				a := h.call("GET", path+"?"+param+"="+value, "")
				isProblem(t, a, 400, "invalid_value")
				if a.member(t, "field") != param {
					t.Errorf("%s=%s: %s", param, value, a.text)
				}
			}
		}
	}
	a := h.call("GET", "/sessions?order=desc", "")
	isProblem(t, a, 400, "invalid_value")
	if a.member(t, "field") != "order" {
		t.Errorf("an order of all sessions: %s", a.text)
	}
	for value, code := range map[string]string{"": "invalid_user_id", "%01": "invalid_user_id", "..": "invalid_user_id", "u&userId=u": "invalid_value"} {
		a := h.call("GET", "/sessions?userId="+value, "")
		isProblem(t, a, 400, code)
		if a.member(t, "field") != "userId" {
			t.Errorf("userId=%s: %s", value, a.text)
		}
	}
}

func TestACursorGoesWithItsOrderTimesAndUser(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	for range 3 {
		h.create("u", `{}`)
	}
	targets := []string{
		"/sessions?limit=1", "/sessions?limit=1&userId=u", "/sessions?limit=1&userId=u&order=desc", "/sessions?limit=1&createdAfter=2025-01-01T00:00:00Z",
		"/sessions?limit=1&createdBefore=2026-01-01T00:00:00Z", "/sessions/user/u?limit=1&createdBefore=2026-01-01T00:00:00Z",
	}
	for i, from := range targets {
		cursor := *parseList(t, h.call("GET", from, "")).NextCursor
		for j, to := range targets {
			a := h.call("GET", to+"&cursor="+cursor, "")
			if i == j && a.status != 200 {
				t.Errorf("the cursor of %s answered %d %s", from, a.status, a.text)
			}
			if i != j {
				isProblem(t, a, 400, "invalid_cursor")
			}
		}
	}
}
