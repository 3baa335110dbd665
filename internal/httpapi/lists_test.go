package httpapi_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"
)

type listed struct {
	SessionCount int
	Sessions     []map[string]json.RawMessage
	NextCursor   *string
}

func parseList(t *testing.T, a answer) listed {
	t.Helper()
	var l listed
	if err := json.Unmarshal([]byte(a.text), &l); err != nil || a.status != 200 {
		t.Fatalf("list answered %d %s: %v", a.status, a.text, err)
	}
	return l
}

var nextLink = regexp.MustCompile(`^<([^>]+)>; rel="next"$`)

func TestListsAreWalkedByTheirLinks(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	made := map[string]bool{}
	for range 7 {
		made[h.create("u/1", `{"secret":1}`)] = true
		h.advance(time.Second)
	}
	for _, path := range []string{"/sessions", "/sessions/user/u%2F1"} {
		seen := map[string]int{}
		pages := 0
		for target := path + "?limit=3&other=ignored"; target != ""; pages++ {
			a := h.call("GET", target, "")
			l := parseList(t, a)
			if l.SessionCount != len(l.Sessions) || l.SessionCount > 3 {
				t.Fatalf("sessionCount %d with %d sessions", l.SessionCount, len(l.Sessions))
			}
			for _, s := range l.Sessions {
				var id string
				_ = json.Unmarshal(s["sessionId"], &id)
				seen[id]++
				if _, has := s["data"]; has != strings.HasPrefix(path, "/sessions/user") {
					t.Errorf("%s: a session has data: %v", path, has)
				}
			}
			target = ""
			if link := a.header.Get("Link"); link != "" {
				m := nextLink.FindStringSubmatch(link)
				if m == nil || l.NextCursor == nil {
					t.Fatalf("Link %q, nextCursor %v", link, l.NextCursor)
				}
				target = m[1]
			} else if l.NextCursor != nil {
				t.Error("a nextCursor without a Link")
			}
		}
		if len(seen) != len(made) || pages < 3 {
			t.Errorf("%s: %d of %d sessions in %d pages", path, len(seen), len(made), pages)
		}
		for id, n := range seen {
			if n != 1 || !made[id] {
				t.Errorf("%s: a session appeared %d times", path, n)
			}
		}
	}
}

func TestABadLimitOrCursorIsRefused(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	for range 3 {
		h.create("u", `{}`)
	}
	for _, limit := range []string{"0", "-1", "1001", "x", "", "1.5", "+1", "99999999999999999999", "1&limit=2"} {
		a := h.call("GET", "/sessions?limit="+strings.ReplaceAll(limit, "+", "%2B"), "")
		isProblem(t, a, 400, "invalid_limit")
		if a.member(t, "field") != "limit" || !strings.Contains(a.member(t, "error"), "1 to 1000") {
			t.Errorf("limit %q: %s", limit, a.text)
		}
	}
	good := *parseList(t, h.call("GET", "/sessions?limit=1", "")).NextCursor
	for _, cursor := range []string{"", "x", "%00", good + "A", good[:len(good)-1], strings.ToUpper(good), good + "&cursor=" + good} {
		isProblem(t, h.call("GET", "/sessions?cursor="+cursor, ""), 400, "invalid_cursor")
	}
	isProblem(t, h.call("GET", "/sessions/user/u?cursor="+good, ""), 400, "invalid_cursor")
	isProblem(t, h.call("GET", "/sessions?cursor=%zz", ""), 400, "invalid_query")
}
