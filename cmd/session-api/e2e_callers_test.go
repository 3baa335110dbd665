package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// bearer is the headers of a caller.
func bearer(credential string) []string { return []string{"Authorization", "Bearer " + credential} }

// addKey runs "session-api keys new" on file and returns the key.
func addKey(t *testing.T, file, id, scopes string, more ...string) string {
	t.Helper()
	p := launch(t, append([]string{"keys", "new", "--id", id, "--scopes", scopes, "--api-keys-file", file}, more...))
	if code := p.exitCode(); code != exitOK {
		t.Fatalf("keys new: exit code %d: %s", code, p.stderr)
	}
	return strings.TrimSpace(p.stdout.String())
}

// swapFile puts text at path in one step, as whoever must not be seen half-way does.
func swapFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path+".next", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".next", path); err != nil {
		t.Fatal(err)
	}
}

// status returns that of an answer.
func (s *server) status(method, path, body string, headers ...string) int {
	s.t.Helper()
	a, err := s.try(method, path, body, headers...)
	if err != nil {
		s.t.Fatal(err)
	}
	return a.status
}

// refuses waits until credentials are no good. Who asks so often gets a 429 in between.
func (s *server) refuses(path string, credentials ...string) {
	s.t.Helper()
	eventually(s.t, "the credentials are refused", func() bool { return s.status("GET", path, "", credentials...) == 401 })
}

func TestKeysRotateWithoutARestart(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "keys.json")
	first := addKey(t, file, "web-1", "sessions:read,sessions:write")
	s := serveOn(t, t.TempDir(), "AUTH_MODE=apikey", "API_KEYS_FILE="+file, "SHUTDOWN_DELAY=0s", "LOG_LEVEL=debug")
	s.call(401, "GET", "/sessions/x", "")
	made := decode[record](t, s.call(201, "POST", "/sessions", createBody("ada", "1"), bearer(first)...))
	s.call(403, "GET", "/sessions", "", bearer(first)...)
	s.call(200, "GET", "/health", "")
	s.call(200, "GET", "/ready", "")
	s.call(404, "GET", "/docs", "", bearer(first)...)

	second := addKey(t, file, "web-2", "sessions:read", "--expires-in", "1h")
	eventually(t, "the new key is known", func() bool { return s.status("GET", path(made.SessionID), "", bearer(second)...) == 200 })
	s.call(200, "GET", path(made.SessionID), "", bearer(first)...) // both at once

	swapFile(t, file, "{broken")
	s.logLine("a changed file cannot be used; what it said before stays in force")
	s.call(200, "GET", path(made.SessionID), "", bearer(second)...)

	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	third := addKey(t, file, "web-3", "sessions:admin")
	s.refuses(path(made.SessionID), bearer(first)...)
	s.refuses(path(made.SessionID), bearer(second)...)
	s.call(200, "GET", "/sessions", "", bearer(third)...)

	s.signal(syscall.SIGTERM)
	if code := s.exitCode(); code != exitOK {
		t.Errorf("exit code %d", code)
	}
	written := s.stdout.String() + s.stderr.String()
	for _, key := range []string{first, second, third} {
		if strings.Contains(written, strings.TrimPrefix(key, "sak_")) {
			t.Error("a key is written")
		}
	}
	for _, want := range []string{`"caller":"key:web-1"`, "request refused", "API_KEYS_FILE (--api-keys-file)"} {
		if !strings.Contains(written, want) {
			t.Errorf("the log lacks %s", want)
		}
	}
}

func TestAKeyEndsWhenItSays(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "keys.json")
	began := time.Now()
	key := addKey(t, file, "short", "sessions:read", "--expires-in", "2s")
	s := serveOn(t, t.TempDir(), "AUTH_MODE=apikey", "API_KEYS_FILE="+file)
	s.refuses("/sessions/x", bearer(key)...)
	if after := time.Since(began); after < 2*time.Second {
		t.Errorf("it ends after %v", after)
	}
}

func TestDocsAreServedBesideCallersWhereThatIsWanted(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "keys.json")
	key := addKey(t, file, "web-1", "sessions:read")
	s := serveOn(t, t.TempDir(), "AUTH_MODE=apikey", "API_KEYS_FILE="+file, "DOCS=true")
	for _, path := range []string{"/docs", "/openapi.yaml", "/openapi.json"} {
		s.call(200, "GET", path, "")
	}
	s.call(401, "GET", "/sessions/x", "")
	s.call(404, "GET", "/sessions/x", "", bearer(key)...)
}

func TestWhoAllowsEverybodyIsToldInTheLog(t *testing.T) {
	t.Parallel()
	s := serveOn(t, t.TempDir(), "ALLOW_UNAUTHENTICATED=true")
	if line := s.logLine("everybody who reaches this service can read and end every session"); line["level"] != "WARN" {
		t.Errorf("the line is %v", line)
	}
	s.create("ada", "1")
}

func TestTwoApplicationsShareAServerWithoutSeeingEachOther(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "keys.json")
	const all = "sessions:read,sessions:write,sessions:admin"
	shop := bearer(addKey(t, file, "shop", all, "--user-prefix", "shop:"))
	blog := bearer(addKey(t, file, "blog", all, "--user-prefix", "blog:"))
	s := serveOn(t, t.TempDir(), "AUTH_MODE=apikey", "API_KEYS_FILE="+file, "SHUTDOWN_DELAY=0s")

	made := decode[record](t, s.call(201, "POST", "/sessions", createBody("shop:ada", "1"), append(shop, "Idempotency-Key", "k")...))
	s.call(403, "POST", "/sessions", createBody("shop:ada", "1"), blog...)
	for _, c := range []struct{ method, path, body string }{
		{"GET", path(made.SessionID), ""},
		{"PUT", path(made.SessionID), `{"data":2}`},
		{"POST", path(made.SessionID) + "/touch", ""},
		{"POST", path(made.SessionID) + "/rotate", ""},
		{"POST", path(made.SessionID) + "/extend", `{"ttlSeconds":60}`},
		{"DELETE", path(made.SessionID), ""},
	} {
		s.call(404, c.method, c.path, c.body, blog...)
	}
	s.call(403, "GET", "/sessions/user/shop:ada", "", blog...)
	s.call(403, "DELETE", "/sessions/user/shop:ada", "", blog...)
	if list := s.call(200, "GET", "/sessions", "", blog...); strings.Contains(string(list.body), "shop:") {
		t.Errorf("blog sees %s", list.body)
	}
	// The same idempotency key of another caller is another key.
	other := decode[record](t, s.call(201, "POST", "/sessions", createBody("blog:ada", "1"), append(blog, "Idempotency-Key", "k")...))
	if other.SessionID == made.SessionID {
		t.Error("two callers met in an idempotency key")
	}
	s.call(200, "GET", path(made.SessionID), "", shop...)
}
