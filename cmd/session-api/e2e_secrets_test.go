package main

import (
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"

	"session-api"
)

// talkative makes a server say all that it ever says, and stop at once.
var talkative = []string{"LOG_LEVEL=debug", "SHUTDOWN_DELAY=0s", "MAX_BODY_BYTES=1KiB"}

func TestNoSessionSecretIsEverWritten(t *testing.T) {
	t.Parallel()
	keepSecrets(t, serveOn(t, t.TempDir(), talkative...), func() {})
}

func TestNoSessionSecretIsEverWrittenAboutDynamoDB(t *testing.T) {
	t.Parallel()
	for name, indexed := range map[string]bool{"with the index": true, "without the index": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			c.makeTable(indexed)
			keepSecrets(t, c.serve(talkative...), c.drop)
		})
	}
}

// keepSecrets sends session ids in every place of a request, also after breakIt,
// and looks for their secrets in all that the server wrote.
func keepSecrets(t *testing.T, s *server, breakIt func()) {
	t.Helper()
	stored := s.create("ada", `{"k":1}`).SessionID
	ended := s.create("ada", `{"k":2}`).SessionID
	const foreign = "session-ada-CANARYCANARYCANARYCANARY"

	s.call(200, "DELETE", path(ended), "")
	for _, id := range []string{stored, ended, foreign} {
		for _, method := range []string{"GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"} {
			for _, body := range []string{"", "{", `{"data":"` + id + `"}`, `{"` + id + `":1}`, strings.Repeat("x", 2000)} {
				if method == "DELETE" && id == stored {
					continue
				}
				for _, where := range []string{path(id), path(id) + "/", "/" + path(id), path(id) + "?a=%zz;b", "/" + id} {
					if _, err := s.try(method, where, body); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
		s.call(200, "GET", userPath(id), "")
		s.call(400, "GET", "/sessions?cursor="+id, "")
		s.call(400, "GET", "/sessions?limit="+id, "")
		for _, raw := range []string{
			"GET /sessions/" + id + " HTTP/9.9\r\n\r\n",
			"GET /sessions/" + id + " HTTP/1.1\r\n\r\n",
			"GET /sessions/" + id + " HTTP/1.1\r\nHost: a\r\nX-Request-Id: " + id + "\r\nConnection: close\r\n\r\n",
			"POST /sessions/" + id + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + id + "\r\n\r\n",
			id + " /sessions/" + id + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
			"GET /sessions/" + id + "?" + strings.Repeat("x", 32<<10) + " HTTP/1.1\r\nHost: a\r\n\r\n",
		} {
			sendRaw(t, s, raw)
		}
	}
	breakIt()
	for _, method := range []string{"GET", "PUT", "DELETE"} {
		for _, id := range []string{stored, ended, foreign} {
			if _, err := s.try(method, path(id), `{}`); err != nil {
				t.Fatal(err)
			}
		}
	}
	s.signal(syscall.SIGTERM)
	if code := s.exitCode(); code != exitOK {
		t.Errorf("exit code %d", code)
	}

	written := s.stdout.String() + s.stderr.String()
	if !strings.Contains(written, session.Redact(ended)) || strings.Count(written, `"request"`) < 100 {
		t.Error("the log lacks what this test provoked")
	}
	for _, id := range []string{stored, ended, foreign} {
		if secret := id[strings.LastIndex(id, "-")+1:]; strings.Contains(written, secret) {
			t.Errorf("the secret %s is written", secret)
		}
	}
}

// sendRaw sends text as it is and reads until the server has had enough.
func sendRaw(t *testing.T, s *server, text string) {
	t.Helper()
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_, _ = fmt.Fprint(conn, text)
	_, _ = io.Copy(io.Discard, conn) // the server may reset it: it has been heard
}
