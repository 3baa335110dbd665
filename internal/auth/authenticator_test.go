package auth

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"session-api"
)

// everyKind takes all kinds of credentials, and returns one of each.
func everyKind(t *testing.T) (a *Authenticator, key, token string, conn *tls.ConnectionState) {
	t.Helper()
	key = NewKey()
	keys := keysOf(t, Key{ID: "web-1", Digest: DigestOf(key), Scopes: Read})
	s := newSigner(t, "k", jose.ES256)
	m := mappingOf(t, `{"dns":"web.shop.example","scopes":["sessions:read"]}`)
	a = New(Options{
		Keys: func() *Keys { return keys }, Tokens: tokensOf(t, m, s), Certificates: certificates(m), Now: func() time.Time { return at },
	})
	leaf := &x509.Certificate{DNSNames: []string{"web.shop.example"}, NotAfter: at.Add(time.Hour)}
	return a, key, s.sign(goodClaims(nil)), verified(leaf)
}

func request(conn *tls.ConnectionState, authorization ...string) *http.Request {
	r := httptest.NewRequest("GET", "/", nil)
	r.TLS = conn
	for _, line := range authorization {
		r.Header.Add("Authorization", line)
	}
	return r
}

func TestEachKindOfCredentialsIsItsCaller(t *testing.T) {
	t.Parallel()
	a, key, token, conn := everyKind(t)
	for _, test := range []struct {
		r    *http.Request
		want string
	}{
		{request(nil, "Bearer "+key), "key:web-1"},
		{request(nil, "bearer  "+key+" "), "key:web-1"},
		{request(nil, "BEARER "+token), "jwt:web"},
		{request(conn), "cert:web.shop.example"},
		{request(conn, "Bearer "+key), "key:web-1"},
	} {
		got, err := a.Authenticate(t.Context(), test.r)
		if err != nil || got.Name != test.want {
			t.Errorf("want %s, got %+v, %v", test.want, got, err)
		}
	}
}

func TestABadHeaderNeverFallsBackToTheCertificate(t *testing.T) {
	t.Parallel()
	a, key, token, conn := everyKind(t)
	for _, lines := range [][]string{
		{"Bearer " + NewKey()}, {"Bearer sak_"}, {"Bearer " + token + "x"}, {"Bearer "}, {"Bearer"}, {""}, {"Basic " + key}, {key},
		{"Bearer " + key, "Bearer " + key}, {"Bearer\t" + key}, {"Bearer " + key + "," + key},
	} {
		caller, err := a.Authenticate(t.Context(), request(conn, lines...))
		if known := (*session.Error)(nil); caller != nil || !errors.As(err, &known) || known.Code != CodeUnauthenticated {
			t.Errorf("%.20q gives %+v, %v", lines, caller, err)
		}
	}
}

func TestWithoutCredentialsItIsSaidWhatToSend(t *testing.T) {
	t.Parallel()
	all, _, _, _ := everyKind(t)
	for _, test := range []struct {
		a    *Authenticator
		want string
	}{
		{all, "send an API key or a token as Authorization: Bearer, or connect with a client certificate"},
		{New(Options{Keys: all.keys}), ": send an API key as Authorization: Bearer"},
		{New(Options{Tokens: all.tokens}), ": send a token as Authorization: Bearer"},
		{New(Options{Certificates: all.certs}), ": connect with a client certificate"},
	} {
		for _, r := range []*http.Request{request(nil), request(&tls.ConnectionState{}), request(nil, "Basic eDp5"), request(nil, "Negotiate x")} {
			_, err := test.a.Authenticate(t.Context(), r)
			if !errors.Is(err, ErrNoCredentials) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		}
	}
}

func TestWhatIsNotTakenIsRefused(t *testing.T) {
	t.Parallel()
	all, key, token, conn := everyKind(t)
	for name, test := range map[string]struct {
		a *Authenticator
		r *http.Request
	}{
		"a key":         {New(Options{Tokens: all.tokens}), request(nil, "Bearer "+key)},
		"a token":       {New(Options{Keys: all.keys}), request(nil, "Bearer "+token)},
		"a certificate": {New(Options{Keys: all.keys}), request(conn)},
	} {
		caller, err := test.a.Authenticate(t.Context(), test.r)
		if known := (*session.Error)(nil); caller != nil || !errors.As(err, &known) || known.Code != CodeUnauthenticated {
			t.Errorf("%s where it is not taken: %+v, %v", name, caller, err)
		}
	}
}

func TestOnlyTokensAreWaitedFor(t *testing.T) {
	t.Parallel()
	all, _, _, _ := everyKind(t)
	if err := errors.Join(all.Ready(), New(Options{Keys: all.keys}).Ready()); err != nil {
		t.Error(err)
	}
	if err := New(Options{Tokens: &Tokens{keys: fixedKeys{}}}).Ready(); !errors.Is(err, ErrNoKeys) {
		t.Errorf("without keys of tokens: %v", err)
	}
}
