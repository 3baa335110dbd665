package auth

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"session-api"
)

const (
	issuer   = "https://issuer.example"
	audience = "session-api"
)

// signer signs tokens with one key.
type signer struct {
	t   *testing.T
	id  string
	alg jose.SignatureAlgorithm
	key any
}

// The keys of these tests, which take a while to make.
var testKeys = sync.OnceValue(func() map[jose.SignatureAlgorithm]any {
	rsaKey, err1 := rsa.GenerateKey(rand.Reader, 2048)
	p256, err2 := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	p384, err3 := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	p521, err4 := ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	_, ed, err5 := ed25519.GenerateKey(rand.Reader)
	if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
		panic(err)
	}
	return map[jose.SignatureAlgorithm]any{
		jose.RS256: rsaKey, jose.RS384: rsaKey, jose.RS512: rsaKey, jose.PS256: rsaKey, jose.PS384: rsaKey, jose.PS512: rsaKey,
		jose.ES256: p256, jose.ES384: p384, jose.ES512: p521, jose.EdDSA: ed,
	}
})

func newSigner(t *testing.T, id string, alg jose.SignatureAlgorithm) signer {
	t.Helper()
	return signer{t: t, id: id, alg: alg, key: testKeys()[alg]}
}

// public returns the signer's key as its issuer publishes it.
func (s signer) public() jose.JSONWebKey {
	private := jose.JSONWebKey{Key: s.key, KeyID: s.id, Use: "sig", Algorithm: string(s.alg)}
	return private.Public()
}

func (s signer) sign(claims any) string {
	s.t.Helper()
	return s.signWith(&jose.SignerOptions{}, claims)
}

// signRaw signs a text as it is.
func (s signer) signRaw(claims string) string {
	s.t.Helper()
	return s.signWith(&jose.SignerOptions{}, json.RawMessage(claims))
}

func (s signer) signWith(options *jose.SignerOptions, claims any) string {
	s.t.Helper()
	made, err := jose.NewSigner(jose.SigningKey{Algorithm: s.alg, Key: jose.JSONWebKey{Key: s.key, KeyID: s.id}}, options)
	if err != nil {
		s.t.Fatal(err)
	}
	payload, raw := claims.(json.RawMessage) // which Marshal would make compact and check
	if !raw {
		payload, err = json.Marshal(claims)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	signed, err := made.Sign(payload)
	if err != nil {
		s.t.Fatal(err)
	}
	token, err := signed.CompactSerialize()
	if err != nil {
		s.t.Fatal(err)
	}
	return token
}

// goodClaims are claims that hold at at; changes replace some, or take away those
// that are nil.
func goodClaims(changes map[string]any) map[string]any {
	c := map[string]any{
		"iss": issuer, "sub": "web", "aud": audience, "exp": at.Add(time.Hour).Unix(), "scope": "sessions:read other openid",
	}
	maps.Copy(c, changes)
	maps.DeleteFunc(c, func(_ string, value any) bool { return value == nil })
	return c
}

// fixedKeys are a key set that never changes.
type fixedKeys struct{ set *keySet }

func (f fixedKeys) current() *keySet              { return f.set }
func (f fixedKeys) newer(context.Context) *keySet { return f.set }
func (f fixedKeys) watch(context.Context)         {}

// setText is the key set that these signers publish.
func setText(t *testing.T, signers ...signer) []byte {
	t.Helper()
	var set jose.JSONWebKeySet
	for _, s := range signers {
		set.Keys = append(set.Keys, s.public())
	}
	text, err := json.Marshal(set)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func setOf(t *testing.T, signers ...signer) *keySet {
	t.Helper()
	set, err := parseKeySet(setText(t, signers...))
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// tokensOf takes the tokens of these signers.
func tokensOf(t *testing.T, m *Mapping, signers ...signer) *Tokens {
	t.Helper()
	return &Tokens{issuer: issuer, audience: audience, mapping: func() *Mapping { return m }, keys: fixedKeys{setOf(t, signers...)}}
}

// isRefused fails unless err is the one answer to bad credentials, for this reason.
func isRefused(t *testing.T, name string, err error, why string) {
	t.Helper()
	var known *session.Error
	if !errors.As(err, &known) || known.Code != CodeUnauthenticated || errors.Is(err, ErrNoCredentials) {
		t.Errorf("%s: got %v", name, err)
		return
	}
	if one := refused(""); known.Message != one.(*session.Error).Message {
		t.Errorf("%s is told %q", name, known.Message)
	}
	if !strings.Contains(known.Cause.Error(), why) {
		t.Errorf("%s: the log says %q, want %q", name, known.Cause, why)
	}
}

func TestATokenOfEveryAsymmetricAlgorithmIsTaken(t *testing.T) {
	t.Parallel()
	for _, alg := range algorithms {
		s := newSigner(t, "k-"+string(alg), alg)
		caller, err := tokensOf(t, nil, s).authenticate(t.Context(), s.sign(goodClaims(nil)), at)
		if err != nil || caller.Name != "jwt:web" || caller.Scopes != Read {
			t.Errorf("%s: got %+v, %v", alg, caller, err)
		}
	}
}

func TestTheClaimsOfATokenMustHold(t *testing.T) {
	t.Parallel()
	s := newSigner(t, "k", jose.ES256)
	tokens := tokensOf(t, nil, s)
	second := func(d time.Duration) int64 { return at.Add(d).Unix() }
	for name, test := range map[string]struct {
		changes map[string]any
		why     string // "" if the token is good
	}{
		"as it should be":              {nil, ""},
		"one of several audiences":     {map[string]any{"aud": []string{"other", audience}}, ""},
		"within the leeway of its end": {map[string]any{"exp": second(-9 * time.Second)}, ""},
		"within that of its beginning": {map[string]any{"nbf": second(10 * time.Second)}, ""},
		"of another issuer":            {map[string]any{"iss": issuer + "/"}, "issuer"},
		"of no issuer":                 {map[string]any{"iss": nil}, "issuer"},
		"for another audience":         {map[string]any{"aud": "session-api-2"}, "audience"},
		"for no audience":              {map[string]any{"aud": nil}, "audience"},
		"for an empty list":            {map[string]any{"aud": []string{}}, "audience"},
		"without an end":               {map[string]any{"exp": nil}, "no end"},
		"that has ended":               {map[string]any{"exp": second(-10 * time.Second)}, "expired"},
		"that ended long ago":          {map[string]any{"exp": 1}, "expired"},
		"of the future":                {map[string]any{"nbf": second(11 * time.Second)}, "not valid yet"},
		"issued in the future":         {map[string]any{"iat": second(time.Minute)}, "not valid yet"},
		"without a subject":            {map[string]any{"sub": nil}, "subject"},
		"with a subject of two lines":  {map[string]any{"sub": "a\nb"}, "subject"},
		"with an end that is a text":   {map[string]any{"exp": "tomorrow"}, "cannot be read"},
		"with an end out of all time":  {map[string]any{"exp": 1e300}, "cannot be read"},
		"with an audience of numbers":  {map[string]any{"aud": []int{1}}, "cannot be read"},
	} {
		_, err := tokens.authenticate(t.Context(), s.sign(goodClaims(test.changes)), at)
		if test.why != "" {
			isRefused(t, "a token "+name, err, test.why)
		} else if err != nil {
			t.Errorf("a token %s: %v", name, err)
		}
	}
}

func TestATokenThatItsIssuerDidNotSignIsRefused(t *testing.T) {
	t.Parallel()
	s := newSigner(t, "k", jose.ES256)
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	forger := signer{t, "k", jose.ES256, other}
	rs := newSigner(t, "r", jose.RS256)
	tokens := tokensOf(t, nil, s, rs)
	good := s.sign(goodClaims(nil))
	part := strings.Split(good, ".")
	coded := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

	// The public key, taken for the secret of an HMAC.
	secret, err := json.Marshal(rs.public())
	if err != nil {
		t.Fatal(err)
	}
	confused := signer{t, "r", jose.HS256, secret}
	// A header that brings its own key.
	embedded := forger.signWith(&jose.SignerOptions{EmbedJWK: true}, goodClaims(nil))

	for name, test := range map[string]struct{ token, why string }{
		"signed by another":              {forger.sign(goodClaims(nil)), "signature"},
		"with a key of its own":          {embedded, ""},
		"changed":                        {part[0] + "." + coded(`{"sub":"root"}`) + "." + part[2], "signature"},
		"without a signature":            {part[0] + "." + part[1] + ".", "signature"},
		"of algorithm none":              {coded(`{"alg":"none","kid":"k"}`) + "." + part[1] + ".", "algorithm"},
		"of algorithm None":              {coded(`{"alg":"None","kid":"k"}`) + "." + part[1] + "." + part[2], "algorithm"},
		"of an HMAC":                     {confused.sign(goodClaims(nil)), "algorithm"},
		"of the key's kind, not its alg": {signer{t, "r", jose.PS256, rs.key}.sign(goodClaims(nil)), "no key of the token's id and algorithm"},
		"of another key's algorithm":     {signer{t, "k", jose.RS256, rs.key}.sign(goodClaims(nil)), "no key of the token's id and algorithm"},
		"of an unknown key":              {signer{t, "x", jose.ES256, s.key}.sign(goodClaims(nil)), "no key"},
		"with a critical header":         {s.signWith((&jose.SignerOptions{}).WithCritical("exp").WithHeader("exp", 1), goodClaims(nil)), "critical"},
		"for a logout":                   {s.signWith((&jose.SignerOptions{}).WithType("logout+jwt"), goodClaims(nil)), "type"},
		"in the JSON form":               {`{"payload":"` + part[1] + `","protected":"` + part[0] + `","signature":"` + part[2] + `"}`, "no signed token"},
		"of four parts":                  {good + ".x", "no signed token"},
		"with a claim twice":             {s.signRaw(`{"sub":"a","sub":"b"}`), ""},
		"that is none":                   {"secret", "no signed token"},
		"that is empty":                  {"", "no signed token"},
	} {
		_, err := tokens.authenticate(t.Context(), test.token, at)
		isRefused(t, "a token "+name, err, test.why)
	}
	for _, typ := range []jose.ContentType{"JWT", "jwt", "at+jwt", "application/at+jwt"} {
		if _, err := tokens.authenticate(t.Context(), s.signWith((&jose.SignerOptions{}).WithType(typ), goodClaims(nil)), at); err != nil {
			t.Errorf("a token of type %s: %v", typ, err)
		}
	}
}

func TestATokenWithoutAKeyIDIsTakenIfOnlyOneKeyCanHaveSignedIt(t *testing.T) {
	t.Parallel()
	es, rs, ps := newSigner(t, "e", jose.ES256), newSigner(t, "r", jose.RS256), newSigner(t, "p", jose.ES384)
	nameless := signer{t, "", jose.ES256, es.key}
	if _, err := tokensOf(t, nil, rs, es, ps).authenticate(t.Context(), nameless.sign(goodClaims(nil)), at); err != nil {
		t.Errorf("one key can have signed it: %v", err)
	}
	again := signer{t, "e2", jose.ES256, es.key}
	_, err := tokensOf(t, nil, es, again).authenticate(t.Context(), nameless.sign(goodClaims(nil)), at)
	isRefused(t, "a token that two keys can have signed", err, "no key")
}

func TestKeysThatAreNotForTokensAreLeftOut(t *testing.T) {
	t.Parallel()
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	good := newSigner(t, "good", jose.RS256)
	keys := []any{
		good.public(),
		jose.JSONWebKey{Key: []byte("a secret of thirty-two bytes here"), KeyID: "oct", Algorithm: "HS256"},
		jose.JSONWebKey{Key: good.key, KeyID: "private", Algorithm: "RS256"},
		jose.JSONWebKey{Key: &small.PublicKey, KeyID: "weak", Algorithm: "RS256"},
		jose.JSONWebKey{Key: good.public().Key, KeyID: "enc", Use: "enc"},
		jose.JSONWebKey{Key: good.public().Key, KeyID: "oaep", Algorithm: "RSA-OAEP"},
		jose.JSONWebKey{Key: good.public().Key, KeyID: "mixed", Algorithm: "ES256"},
		map[string]string{"kty": "XYZ", "kid": "unknown"},
		map[string]string{"kid": "empty"},
	}
	text, err := json.Marshal(map[string]any{"keys": keys, "more": 1})
	if err != nil {
		t.Fatal(err)
	}
	set, err := parseKeySet(text)
	if err != nil || len(set.keys) != 1 || set.keys[0].KeyID != "good" || set.skipped != len(keys)-1 {
		t.Errorf("got %+v, %v", set, err)
	}
	for _, text := range []string{``, `{}`, `[]`, `null`, `{"keys":[]}`, `{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}`, `{"keys":[],"keys":[]}`} {
		if _, err := parseKeySet([]byte(text)); err == nil || strings.Contains(err.Error(), "c2VjcmV0") {
			t.Errorf("%q gives %v", text, err)
		}
	}
}

func TestScopesComeFromTheTokenUnlessAFileNamesItsSubject(t *testing.T) {
	t.Parallel()
	s := newSigner(t, "k", jose.ES256)
	tokens := tokensOf(t, mappingOf(t, `{"subject":"system:serviceaccount:shop:web","scopes":["sessions:write"],"userPrefix":"shop:","rate":{"rps":1,"burst":2}}`,
		`{"uri":"web","scopes":["sessions:admin"]}`), s)
	for _, test := range []struct {
		changes map[string]any
		scopes  Scopes
	}{
		{map[string]any{"scope": "sessions:read sessions:admin"}, Read | Admin},
		{map[string]any{"scope": "sessions:readx  SESSIONS:READ"}, 0},
		{map[string]any{"scope": ""}, 0},
		{map[string]any{"scope": nil}, 0},
		{map[string]any{"scope": nil, "scp": "sessions:write"}, Write},
		{map[string]any{"scope": nil, "scp": []string{"sessions:write", "x"}}, Write},
		{map[string]any{"scope": []string{"sessions:read"}}, Read},
		{map[string]any{"scope": "openid", "scp": "sessions:admin"}, 0},
		{map[string]any{"sub": "system:serviceaccount:shop:web"}, Write},
	} {
		caller, err := tokens.authenticate(t.Context(), s.sign(goodClaims(test.changes)), at)
		if err != nil || caller.Scopes != test.scopes {
			t.Errorf("%v: got %+v, %v; want %s", test.changes, caller, err, test.scopes)
		}
		if mapped := test.changes["sub"] != nil; mapped != (caller.UserPrefix == "shop:") || mapped != (caller.Rate != nil) {
			t.Errorf("%v: got %+v", test.changes, caller)
		}
	}
}

// TestTheTokenOfAServiceAccountIsTaken has the claims that an API server puts into a
// projected token (Kubernetes: "Managing Service Accounts", bound tokens).
func TestTheTokenOfAServiceAccountIsTaken(t *testing.T) {
	t.Parallel()
	s := newSigner(t, "JHR7…", jose.RS256)
	tokens := tokensOf(t, mappingOf(t, `{"subject":"system:serviceaccount:shop:web","scopes":["sessions:read","sessions:write"]}`), s)
	token := s.signRaw(fmt.Sprintf(`{"aud":[%q],"exp":%d,"iat":%d,"iss":%q,"jti":"aed34954-b33a-4142-b1ec-389d6bbb4936",
		"kubernetes.io":{"namespace":"shop","node":{"name":"n","uid":"1"},"pod":{"name":"web-1","uid":"2"},"serviceaccount":{"name":"web","uid":"3"}},
		"nbf":%d,"sub":"system:serviceaccount:shop:web"}`, audience, at.Unix()+3600, at.Unix(), issuer, at.Unix()))
	if caller, err := tokens.authenticate(t.Context(), token, at); err != nil || caller.Name != "jwt:system:serviceaccount:shop:web" || caller.Scopes != Read|Write {
		t.Errorf("got %+v, %v", caller, err)
	}
}
