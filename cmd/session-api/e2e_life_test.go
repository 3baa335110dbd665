package main

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
)

func TestASessionLivesItsWholeLifeOverHTTP(t *testing.T) {
	t.Parallel()
	liveOn(t, fleetOf(serveOn(t, t.TempDir())))
}

// liveOn takes a session through its life, each call on the next server.
func liveOn(t *testing.T, servers *fleet) {
	t.Helper()
	call := func(want int, method, path, body string) answer {
		t.Helper()
		return servers.next().call(want, method, path, body)
	}
	call(200, "GET", "/ready", "")

	const exact = `{"n":12345678901234567890123,"s":"ä\u0000😀","z":1e3,"a":[0.1,null]}`
	made := call(201, "POST", "/sessions", createBody("ada/1%", exact))
	session := decode[record](t, made)
	if session.UserID != "ada/1%" || made.header.Get("Location") != path(session.SessionID) {
		t.Errorf("created %+v at %q", session.UserID, made.header.Get("Location"))
	}
	if got := servers.next().get(session.SessionID); string(got.Data) != exact || got.UpdatedAt != nil || !got.CreatedAt.Equal(session.CreatedAt) {
		t.Errorf("got %s, want %s", got.Data, exact)
	}
	if head := call(200, "HEAD", path(session.SessionID), ""); len(head.body) != 0 {
		t.Errorf("HEAD has a body: %s", head.body)
	}

	call(200, "PUT", path(session.SessionID), `{"data":[1,2]}`)
	updated := servers.next().get(session.SessionID)
	if string(updated.Data) != "[1,2]" || updated.UpdatedAt == nil || !updated.ExpiresAt.Equal(session.ExpiresAt) {
		t.Errorf("updated to %+v", updated)
	}

	call(200, "DELETE", path(session.SessionID), "")
	for _, method := range []string{"GET", "DELETE", "HEAD"} {
		call(404, method, path(session.SessionID), "")
	}
	call(404, "PUT", path(session.SessionID), `{"data":1}`)
}

func TestTheListsShowEachUserTheirOwnAndTheAdminAll(t *testing.T) {
	t.Parallel()
	listOn(t, fleetOf(serveOn(t, t.TempDir())))
}

// listOn fills the lists of empty servers and reads them, each page on the next
// server.
func listOn(t *testing.T, servers *fleet) {
	t.Helper()
	ids := map[string][]string{}
	for i := range 7 {
		for _, user := range []string{"ada", "bob"} {
			ids[user] = append(ids[user], servers.next().create(user, fmt.Sprint(i)).SessionID)
		}
	}
	servers.next().call(200, "DELETE", path(ids["bob"][3]), "")

	mine := decode[list](t, servers.next().call(200, "GET", userPath("ada"), ""))
	for i, r := range mine.Sessions {
		if r.SessionID != ids["ada"][i] || string(r.Data) != fmt.Sprint(i) {
			t.Errorf("session %d of ada is out of order or changed", i)
		}
	}
	if got := servers.all(userPath("bob"), "2"); len(got) != 6 {
		t.Errorf("bob has %d sessions, want 6", len(got))
	}
	everything := servers.all("/sessions", "3")
	if len(everything) != 13 || everything[ids["bob"][3]].SessionID != "" {
		t.Errorf("there are %d sessions, want 13 without the deleted one", len(everything))
	}
	if nobody := decode[list](t, servers.next().call(200, "GET", userPath("eve"), "")); nobody.SessionCount != 0 {
		t.Errorf("eve has %d sessions", nobody.SessionCount)
	}
}

func TestEveryErrorIsAProblemDocument(t *testing.T) {
	t.Parallel()
	s := serveOn(t, t.TempDir(), "MAX_BODY_BYTES=1KiB")
	tests := []struct {
		status             int
		method, path, body string
	}{
		{400, "POST", "/sessions", `{"userId":"ada"`},
		{400, "POST", "/sessions", `{"userId":"ada","userId":"bob"}`},
		{400, "GET", "/sessions?limit=0", ""},
		{400, "GET", "/sessions?cursor=made-up", ""},
		{404, "GET", "/sessions/session-ada-NONE", ""},
		{404, "GET", "/nowhere", ""},
		{405, "POST", "/sessions/session-ada-NONE", ""},
		{415, "PATCH", "/sessions/session-ada-NONE", "{}"},
		{413, "POST", "/sessions", createBody("ada", `"`+strings.Repeat("x", 1<<10)+`"`)},
	}
	for _, test := range tests {
		a := s.call(test.status, test.method, test.path, test.body)
		problem := decode[struct{ Error, Code string }](t, a)
		if a.header.Get("Content-Type") != "application/problem+json" || problem.Error == "" || problem.Code == "" {
			t.Errorf("%s %s answers %s: %s", test.method, test.path, a.header.Get("Content-Type"), a.body)
		}
	}
}

func TestASessionEndsByItself(t *testing.T) {
	t.Parallel()
	s := serveOn(t, t.TempDir(), "SESSION_TTL_HOURS=0.0006") // 2.16 s
	session := s.create("ada", `"short"`)
	eventually(t, "the session expires", func() bool {
		a, err := s.try("GET", path(session.SessionID), "")
		return err == nil && a.status == 410
	})
	s.call(410, "PUT", path(session.SessionID), `{"data":1}`)
	s.call(410, "DELETE", path(session.SessionID), "")
	if left := s.all(userPath("ada"), "10"); len(left) != 0 {
		t.Errorf("%d expired sessions are listed", len(left))
	}
}

func TestSessionsOutliveARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := serveOn(t, dir)
	kept, ended := first.create("ada", `{"k":1}`), first.create("ada", `{"k":2}`)
	first.call(200, "PUT", path(kept.SessionID), `{"data":{"k":3}}`)
	first.call(200, "DELETE", path(ended.SessionID), "")
	page := decode[list](t, first.call(200, "GET", "/sessions", ""))
	first.signal(syscall.SIGTERM)
	if code := first.exitCode(); code != 0 {
		t.Fatalf("exit code %d", code)
	}

	second := serveOn(t, dir)
	if got := second.get(kept.SessionID); string(got.Data) != `{"k":3}` || got.UpdatedAt == nil {
		t.Errorf("after the restart it is %+v", got)
	}
	second.call(404, "GET", path(ended.SessionID), "")
	if again := decode[list](t, second.call(200, "GET", "/sessions", "")); again.SessionCount != page.SessionCount {
		t.Errorf("%d sessions, before the restart %d", again.SessionCount, page.SessionCount)
	}
}
