package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"session-api"
)

// talkative makes a server say all that it ever says, and stop at once.
var talkative = []string{"LOG_LEVEL=debug", "SHUTDOWN_DELAY=0s", "MAX_BODY_BYTES=1KiB"}

// secretive returns the variables of a server that keeps ids and data secret at
// rest.
func secretive(t *testing.T) []string {
	t.Helper()
	return []string{"SESSION_ID_KEY_FILE=" + fileWith(t, keyText), "DATA_KEYS_FILE=" + newDataKeys(t)}
}

func TestNoSecretIsShownToAnybodyButItsOwner(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"memory", "memory behind keys", "embedded", "DynamoDB", "DynamoDB without the index"} {
		for _, atRest := range []string{"as they are", "secret"} {
			t.Run(engine+", stored "+atRest, func(t *testing.T) {
				t.Parallel()
				variables, breakIt := slices.Clone(talkative), func() {}
				if atRest == "secret" {
					variables = append(variables, secretive(t)...)
				}
				var s *server
				key := ""
				if engine == "memory behind keys" {
					file := filepath.Join(t.TempDir(), "keys.json")
					key = addKey(t, file, "all", "sessions:read,sessions:write,sessions:admin")
					variables = append(variables, "AUTH_MODE=apikey", "API_KEYS_FILE="+file)
				}
				if strings.HasPrefix(engine, "DynamoDB") {
					c := newCloud(t)
					c.makeTable(engine == "DynamoDB")
					s, breakIt = c.serve(variables...), c.drop
				} else {
					s = serveOn(t, t.TempDir(), append(variables, "SESSION_STORE="+strings.Fields(engine)[0])...)
				}
				w := newWatch(s, key, atRest == "secret")
				w.everywhere()
				w.lists()
				breakIt()
				for _, method := range []string{"GET", "PUT", "DELETE"} {
					for _, id := range w.ids() {
						w.try(method, path(id), `{}`)
					}
				}
				w.wantNothingWritten()
			})
		}
	}
}

// dataCanary is what the data of the watched session has.
const dataCanary = "DATACANARYDATACANARY"

// watch is a server of which every answer is looked at.
type watch struct {
	*server
	hashed bool
	key    string // of the caller, "" for none
	// stored is a session of ada's with the canary, ended one that has ended, former
	// the former id of stored, and foreign an id that the server never saw.
	stored, ended, former, foreign string
	handle                         string
}

func newWatch(s *server, key string, hashed bool) *watch {
	s.t.Helper()
	if key != "" {
		s.always = bearer(key)
	}
	w := &watch{server: s, hashed: hashed, key: key, foreign: "session-ada-CANARYCANARYCANARYCANARY"}
	w.former = s.create("ada", `{"k":"`+dataCanary+`"}`).SessionID
	rotated := decode[record](s.t, s.call(200, "POST", path(w.former)+"/rotate", `{"graceSeconds":60}`))
	w.stored, w.handle = rotated.SessionID, rotated.Handle
	w.ended = s.create("ada", `{"k":2}`).SessionID
	s.call(200, "DELETE", path(w.ended), "")
	if session.IsHandle(w.handle) != hashed {
		s.t.Errorf("the handle is %q", w.handle)
	}
	return w
}

func (w *watch) ids() []string {
	ids := []string{w.stored, w.ended, w.former, w.foreign}
	if w.hashed {
		ids = append(ids, w.handle)
	}
	return ids
}

// secrets are the parts of the ids, and of the caller's key, that nobody may learn.
func (w *watch) secrets() (secrets []string) {
	for _, id := range []string{w.stored, w.ended, w.former, w.foreign} {
		secrets = append(secrets, id[strings.LastIndex(id, "-")+1:])
	}
	if w.key != "" {
		secrets = append(secrets, strings.TrimPrefix(w.key, "sak_"))
	}
	return secrets
}

// try sends a request and looks at its answer: no refusal tells a secret that did
// not come in the body, and no answer but the owner's shows data.
func (w *watch) try(method, where, body string, headers ...string) answer {
	w.t.Helper()
	a, err := w.server.try(method, where, body, headers...)
	if err != nil {
		w.t.Fatal(err)
	}
	text := fmt.Sprint(a.header) + string(a.body)
	if a.status < 400 && (strings.HasPrefix(where, path(w.stored)) || strings.HasPrefix(where, path(w.former)) || where == userPath("ada")) {
		return a
	}
	if strings.Contains(text, dataCanary) {
		w.t.Errorf("%s %s is answered %d with the data of another session", method, where, a.status)
	}
	for _, secret := range w.secrets() {
		if a.status >= 400 && strings.Contains(text, secret) && !strings.Contains(body, secret) {
			w.t.Errorf("%s %s is answered %d with %s: %s", method, where, a.status, secret, text)
		}
	}
	return a
}

// everywhere sends the ids in every place of a request.
func (w *watch) everywhere() {
	w.t.Helper()
	for _, id := range w.ids() {
		for _, method := range []string{"GET", "HEAD", "PUT", "DELETE", "PATCH", "POST", "OPTIONS"} {
			for _, body := range []string{"", "{", `{"data":"` + id + `"}`, `{"` + id + `":1}`, strings.Repeat("x", 2000)} {
				for _, where := range []string{path(id), path(id) + "/", "/" + path(id), path(id) + "?a=%zz;b", "/" + id, path(id) + "/touch", path(id) + "/extend", path(id) + "/rotate"} {
					if w.keeps(id, method, where, body) {
						w.try(method, where, body)
					}
				}
			}
		}
		w.call(200, "GET", userPath(id), "")
		for _, where := range []string{"/sessions?cursor=" + id, "/sessions?limit=" + id, "/sessions?order=" + id, userPath("ada") + "?createdAfter=" + id} {
			if a := w.try("GET", where, ""); a.status != 400 {
				w.t.Errorf("%s is answered %d", where, a.status)
			}
		}
		w.try("POST", "/sessions", createBody("ada", "1"), "Idempotency-Key", id+"é")
		for _, patch := range []string{`[{"op":"test","path":"/k","value":"x"}]`, `[{"op":"remove","path":"/x"}]`, `[{"op":"add","path":"/k/x","value":1}]`} {
			if a := w.try("PATCH", path(id), patch, "Content-Type", "application/json-patch+json"); a.status < 400 {
				w.t.Errorf("the patch %s is answered %d", patch, a.status)
			}
		}
		w.raw(id)
	}
	w.credentials()
}

// credentials sends the secrets in the place of each other.
func (w *watch) credentials() {
	w.t.Helper()
	for _, text := range append(w.ids(), w.key, "sak_CANARYCANARYCANARYCANARY"+w.key, "Bearer "+w.key) {
		if text != w.key {
			w.try("GET", path(w.ended), "", bearer(text)...)
			w.try("GET", path(w.stored)+"?access_token="+text, "", "Authorization", text)
		}
		w.try("GET", path(text), "")
		w.try("GET", "/sessions?cursor="+url.QueryEscape(text), "")
		w.try("POST", "/sessions", createBody("ada", `1`), "Idempotency-Key", text+"é")
	}
}

// keeps reports whether a request leaves the watched session and its data alone.
func (w *watch) keeps(id, method, where, body string) bool {
	if id != w.stored && id != w.handle {
		return true
	}
	changes := method == "PUT" && strings.HasPrefix(body, `{"data"`) || method == "POST" && strings.HasSuffix(where, "/rotate")
	return method != "DELETE" && !changes
}

// raw sends what no client of HTTP would.
func (w *watch) raw(id string) {
	w.t.Helper()
	for _, raw := range []string{
		"GET /sessions/" + id + " HTTP/9.9\r\n\r\n",
		"GET /sessions/" + id + " HTTP/1.1\r\n\r\n",
		"GET /sessions/" + id + " HTTP/1.1\r\nHost: a\r\nX-Request-Id: " + id + "\r\nConnection: close\r\n\r\n",
		"POST /sessions/" + id + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + id + "\r\n\r\n",
		"POST /sessions/" + id + " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: " + id + "\r\n\r\n",
		id + " /sessions/" + id + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
		"GET /sessions/" + id + "?" + strings.Repeat("x", 32<<10) + " HTTP/1.1\r\nHost: a\r\n\r\n",
	} {
		text := sendRaw(w.t, w.server, raw)
		refused := strings.HasPrefix(text, "HTTP/1.1 4") || strings.HasPrefix(text, "HTTP/1.1 5")
		for _, secret := range w.secrets() {
			if refused && strings.Contains(text, secret) {
				w.t.Errorf("%.80q is answered with %s", raw, text)
			}
		}
	}
}

// lists looks at the lists, where the watched session still is.
func (w *watch) lists() {
	w.t.Helper()
	shown := w.stored
	if w.hashed {
		shown = w.handle
	}
	mine := w.all(userPath("ada"), "9")
	if mine[shown].SessionID == "" || !strings.Contains(string(mine[shown].Data), dataCanary) {
		w.t.Errorf("the session is not on its user's list, with its data: %v", mine)
	}
	for _, where := range []string{"/sessions", "/sessions?userId=ada", userPath("ada")} {
		a := w.try("GET", where, "")
		if a.status != http.StatusOK || !strings.Contains(string(a.body), shown) {
			w.t.Errorf("%s is answered %d: %s", where, a.status, a.body)
		}
		for _, secret := range w.secrets() {
			if w.hashed && strings.Contains(string(a.body), secret) {
				w.t.Errorf("%s shows an id: %s", where, a.body)
			}
		}
	}
	if got := w.get(w.stored); !strings.Contains(string(got.Data), dataCanary) {
		w.t.Errorf("the owner gets %s", got.Data)
	}
}

// wantNothingWritten stops the server and looks for secrets in all that it wrote.
func (w *watch) wantNothingWritten() {
	w.t.Helper()
	w.signal(syscall.SIGTERM)
	if code := w.exitCode(); code != exitOK {
		w.t.Errorf("exit code %d", code)
	}
	written := w.stdout.String() + w.stderr.String()
	if !strings.Contains(written, session.Redact(w.ended)) || strings.Count(written, `"request"`) < 100 {
		w.t.Error("the log lacks what this test provoked")
	}
	for _, secret := range append(w.secrets(), dataCanary) {
		if strings.Contains(written, secret) {
			w.t.Errorf("the secret %s is written", secret)
		}
	}
}

// sendRaw sends text as it is, reads until the server has had enough, and returns
// what it said.
func sendRaw(t *testing.T, s *server, text string) string {
	t.Helper()
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_, _ = fmt.Fprint(conn, text)
	said, _ := io.ReadAll(conn) // the server may reset it: it has been heard
	return string(said)
}
