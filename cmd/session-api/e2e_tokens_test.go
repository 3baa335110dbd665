package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// tokenIssuer signs tokens and publishes its keys.
type tokenIssuer struct {
	t       *testing.T
	url     string
	fetched atomic.Int64

	mu  sync.Mutex
	set jose.JSONWebKeySet
}

func newIssuer(t *testing.T) *tokenIssuer {
	t.Helper()
	i := &tokenIssuer{t: t}
	host := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		i.fetched.Add(1)
		_, _ = w.Write(i.text())
	}))
	t.Cleanup(host.Close)
	i.url = host.URL
	return i
}

// text is the key set as it is published.
func (i *tokenIssuer) text() []byte {
	i.mu.Lock()
	defer i.mu.Unlock()
	text, _ := json.Marshal(i.set)
	return text
}

// publish publishes these keys and no others.
func (i *tokenIssuer) publish(keys ...jose.JSONWebKey) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.set.Keys = nil
	for _, k := range keys {
		i.set.Keys = append(i.set.Keys, k.Public())
	}
}

// newKey makes a key of that id.
func (i *tokenIssuer) newKey(id string) jose.JSONWebKey {
	i.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		i.t.Fatal(err)
	}
	return jose.JSONWebKey{Key: key, KeyID: id, Algorithm: string(jose.ES256), Use: "sig"}
}

// token returns the headers of whoever has a token of that subject and scope.
func (i *tokenIssuer) token(key jose.JSONWebKey, subject, scope string) []string {
	i.t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: key}, nil)
	if err != nil {
		i.t.Fatal(err)
	}
	claims := map[string]any{"iss": "https://issuer.example", "aud": "session-api", "sub": subject, "exp": time.Now().Add(time.Hour).Unix()}
	if scope != "" {
		claims["scope"] = scope
	}
	token, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		i.t.Fatal(err)
	}
	return bearer(token)
}

var takesTokens = []string{"AUTH_MODE=jwt", "JWT_ISSUER=https://issuer.example", "JWT_AUDIENCE=session-api"}

func TestTokensOutliveARotationAndAStorm(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	first, second, unknown := i.newKey("first"), i.newKey("second"), i.newKey("unknown")
	i.publish(first)
	callers := filepath.Join(t.TempDir(), "callers.json")
	if err := os.WriteFile(callers, []byte(`{"callers":[{"subject":"system:serviceaccount:shop:web","scopes":["sessions:read","sessions:write"]}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	s := serveOn(t, t.TempDir(), append(takesTokens, "JWT_JWKS_URL="+i.url, "CALLERS_FILE="+callers)...)
	eventually(t, "the keys are fetched", func() bool { return s.status("GET", "/ready", "") == 200 })

	account := i.token(first, "system:serviceaccount:shop:web", "")
	made := decode[record](t, s.call(201, "POST", "/sessions", createBody("ada", "1"), account...))
	s.call(403, "GET", "/sessions", "", account...)
	s.call(200, "GET", "/sessions", "", i.token(first, "ops", "sessions:admin openid")...)
	s.call(401, "GET", "/sessions", "", i.token(unknown, "ops", "sessions:admin")...)

	// A storm: tokens of a key that nobody knows, beside some of one that everybody does.
	before, began := i.fetched.Load(), time.Now()
	bad := i.token(unknown, "ops", "sessions:admin")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for n := range 250 {
				// 429 once the address has failed too often.
				if got := s.status("GET", path(made.SessionID), "", bad...); got != 401 && got != 429 {
					t.Errorf("a bad token is answered %d", got)
				}
				if n%10 == 0 && s.status("GET", path(made.SessionID), "", account...) != 200 {
					t.Error("a good token is not")
				}
			}
		})
	}
	all.Wait()
	// One each 30 s that such tokens cause, and one each 25 s that comes by itself.
	allowed := 2*int64(time.Since(began)/(25*time.Second)) + 2
	if got := i.fetched.Load() - before; got > allowed {
		t.Errorf("2000 bad tokens in %v caused %d fetches", time.Since(began), got)
	}

	i.publish(second)
	renewed := i.token(second, "system:serviceaccount:shop:web", "")
	rotated := time.Now()
	eventually(t, "a token of the new key is taken", func() bool { return s.status("GET", path(made.SessionID), "", renewed...) == 200 })
	if after := time.Since(rotated); after > time.Minute {
		t.Errorf("the rotation took %v", after)
	}
	s.refuses(path(made.SessionID), account...)
}

func TestKeysOfTokensCanBeAFile(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	first, second := i.newKey("first"), i.newKey("second")
	i.publish(first)
	file := filepath.Join(t.TempDir(), "jwks.json")
	if err := os.WriteFile(file, i.text(), 0o600); err != nil {
		t.Fatal(err)
	}
	s := serveOn(t, t.TempDir(), append(takesTokens, "JWT_JWKS_FILE="+file)...)
	s.call(200, "GET", "/ready", "")
	old := i.token(first, "ops", "sessions:read")
	s.call(404, "GET", "/sessions/x", "", old...)
	i.publish(second)
	swapFile(t, file, string(i.text()))
	renewed := i.token(second, "ops", "sessions:read")
	eventually(t, "the new key is known", func() bool { return s.status("GET", "/sessions/x", "", renewed...) == 404 })
	s.refuses("/sessions/x", old...)
}

func TestWithoutTheKeysOfTokensItWaits(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	key := i.newKey("first") // not published yet
	s := serveOn(t, t.TempDir(), append(takesTokens, "JWT_JWKS_URL="+i.url)...)
	s.call(200, "GET", "/health", "")
	token := i.token(key, "ops", "sessions:read")
	for _, a := range []answer{s.call(503, "GET", "/ready", ""), s.call(503, "GET", "/sessions/x", "", token...)} {
		if code := decode[struct{ Code string }](t, a).Code; code != "token_keys_unavailable" || a.header.Get("Retry-After") == "" {
			t.Errorf("it answers %s", a.body)
		}
	}
	i.publish(key)
	eventually(t, "the keys are known", func() bool { return s.status("GET", "/ready", "") == 200 })
	s.call(404, "GET", "/sessions/x", "", token...)
}
