package auth

import (
	"encoding/pem"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// keyHost starts a host with TLS and returns it with the file of its authority.
func keyHost(t *testing.T, answer http.HandlerFunc) KeyHost {
	t.Helper()
	server := httptest.NewUnstartedServer(answer)
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // clients that do not trust it
	server.StartTLS()
	t.Cleanup(server.Close)
	ca := filepath.Join(t.TempDir(), "ca.crt")
	write(t, ca, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})))
	return KeyHost{URL: server.URL + "/openid/v1/jwks", CAFile: ca}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestAnAPIServerIsAskedAsItWantsToBe(t *testing.T) {
	t.Parallel()
	var asked []string
	host := keyHost(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Method+" "+r.URL.Path+" "+r.Header.Get("Authorization"))
		_, _ = w.Write([]byte(`{"keys":[]}`))
	})
	host.TokenFile = filepath.Join(t.TempDir(), "token")
	for _, token := range []string{"first\n", "renewed"} {
		write(t, host.TokenFile, token)
		if text, err := host.fetch(t.Context()); err != nil || string(text) != `{"keys":[]}` {
			t.Errorf("got %s, %v", text, err)
		}
	}
	if want := "GET /openid/v1/jwks Bearer first,GET /openid/v1/jwks Bearer renewed"; strings.Join(asked, ",") != want {
		t.Errorf("it is asked %q", asked)
	}
}

func TestAHostThatCannotBeTrustedIsNotAsked(t *testing.T) {
	t.Parallel()
	asked := false
	host := keyHost(t, func(http.ResponseWriter, *http.Request) { asked = true })
	host.CAFile = ""
	if _, err := host.fetch(t.Context()); err == nil || !strings.Contains(err.Error(), "certificate") || asked {
		t.Errorf("a host of an unknown authority: %v", err)
	}
}

func TestWhatIsNoKeySetIsAnErrorThatSaysWhy(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("a redirect was followed, with %q", r.Header)
	}))
	t.Cleanup(elsewhere.Close)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "none.crt"), "no certificate")
	for want, test := range map[string]struct {
		answer http.HandlerFunc
		change func(*KeyHost)
	}{
		"403 Forbidden": {answer: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }},
		"302 Found":     {answer: func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere.URL, http.StatusFound) }},
		"more than 1048576 bytes": {answer: func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write(make([]byte, maxKeySetBytes+1))
		}},
		"JWT_JWKS_TOKEN_FILE (--jwt-jwks-token-file)": {change: func(h *KeyHost) { h.TokenFile = filepath.Join(dir, "none") }},
		"JWT_JWKS_CA_FILE (--jwt-jwks-ca-file): open": {change: func(h *KeyHost) { h.CAFile = filepath.Join(dir, "none") }},
		"holds no certificate in PEM":                 {change: func(h *KeyHost) { h.CAFile = filepath.Join(dir, "none.crt") }},
	} {
		host := keyHost(t, func(w http.ResponseWriter, r *http.Request) { test.answer(w, r) })
		if test.change != nil {
			test.change(&host)
		}
		if _, err := host.fetch(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func TestAKeySetInAFileIsReadAnew(t *testing.T) {
	t.Parallel()
	first, second := newSigner(t, "first", jose.ES256), newSigner(t, "second", jose.ES384)
	file := filepath.Join(t.TempDir(), "jwks.json")
	o := TokenOptions{Issuer: issuer, Audience: audience, KeysFile: file, Logger: slog.New(slog.DiscardHandler)}
	if _, err := NewTokens(o); err == nil || !strings.Contains(err.Error(), "JWT_JWKS_FILE (--jwt-jwks-file)") {
		t.Errorf("without the file: %v", err)
	}
	write(t, file, string(setText(t, first)))
	tokens, err := NewTokens(o)
	if err != nil {
		t.Fatal(err)
	}
	token := func(s signer) error {
		_, err := tokens.authenticate(t.Context(), s.sign(goodClaims(map[string]any{"exp": at.Add(time.Minute).Unix()})), at)
		return err
	}
	if err := token(first); err != nil {
		t.Errorf("a key of the file: %v", err)
	}
	write(t, file, string(setText(t, second)))
	tokens.keys.(fileKeys).Look()
	if err := token(second); err != nil {
		t.Errorf("a key of the changed file: %v", err)
	}
	isRefused(t, "a token of a key that was removed", token(first), "no key")
}
