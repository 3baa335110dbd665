package auth

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"session-api/internal/reload"
)

// leeway is how far the clocks of issuer and service may be apart.
const leeway = 10 * time.Second

// keySource is where the keys of tokens come from.
type keySource interface {
	// current returns the set as it is known, nil if it never was.
	current() *keySet
	// newer returns a set that may know a key which the current one does not.
	newer(ctx context.Context) *keySet
	// watch keeps the set fresh until ctx ends.
	watch(ctx context.Context)
}

// fileKeys is a key set in a file.
type fileKeys struct{ *reload.File[*keySet] }

func (f fileKeys) current() *keySet              { return f.Value() }
func (f fileKeys) newer(context.Context) *keySet { return f.Value() }
func (f fileKeys) watch(ctx context.Context)     { reload.Watch(ctx, f) }

// TokenOptions say which tokens are good.
type TokenOptions struct {
	// Issuer and Audience are what the claims "iss" and "aud" must say.
	Issuer, Audience string
	// KeysFile holds the issuer's key set; if it is "", the set is fetched from Host.
	KeysFile string
	Host     KeyHost
	// Mapping returns what subjects may, as of now; nil if no file says it.
	Mapping func() *Mapping
	// Logger takes what happens to the key set.
	Logger *slog.Logger
}

// Tokens tells callers by signed tokens, JWT (RFC 7519), as OAuth 2.0 issues them (RFC
// 9068) and Kubernetes for service accounts.
type Tokens struct {
	issuer, audience string
	keys             keySource
	mapping          func() *Mapping
	recent           recent
}

// NewTokens returns what judges tokens. A file that cannot be used is an error; a key
// set that is fetched is waited for by Watch.
func NewTokens(o TokenOptions) (*Tokens, error) {
	t := &Tokens{issuer: o.Issuer, audience: o.Audience, mapping: o.Mapping}
	if t.mapping == nil {
		t.mapping = func() *Mapping { return nil }
	}
	if o.KeysFile == "" {
		t.keys = newRemoteKeys(o.Host.fetch, o.Logger)
		return t, nil
	}
	file, err := reload.Open("JWT_JWKS_FILE (--jwt-jwks-file)", o.Logger, func(texts [][]byte) (*keySet, error) {
		return parseKeySet(texts[0])
	}, o.KeysFile)
	if err != nil {
		return nil, err
	}
	t.keys = fileKeys{file}
	return t, nil
}

// Watch keeps the keys fresh until ctx ends.
func (t *Tokens) Watch(ctx context.Context) { t.keys.watch(ctx) }

// ready returns ErrNoKeys as long as no token can be verified.
func (t *Tokens) ready() error {
	if t.keys.current() == nil {
		return ErrNoKeys
	}
	return nil
}

// authenticate returns the caller who has the token. It remembers what it has
// verified, since a client sends the same token again and again, and a signature
// costs more than all the rest of a request.
func (t *Tokens) authenticate(ctx context.Context, token string, now time.Time) (*Caller, error) {
	digest, mapping := DigestOf(token), t.mapping()
	under := basis{t.keys.current(), mapping}
	if caller := t.recent.find(digest, under, now); caller != nil {
		return caller, nil
	}
	claims, set, err := t.verify(ctx, token)
	if err != nil {
		return nil, err
	}
	if err := t.check(claims, now); err != nil {
		return nil, err
	}
	caller := claims.caller(mapping)
	t.recent.keep(digest, remembered{caller, basis{set, mapping}, claims.end()})
	return caller, nil
}

// verify returns what a token says if its issuer signed it, and the set with the key.
func (t *Tokens) verify(ctx context.Context, token string) (*claims, *keySet, error) {
	parsed, err := jwt.ParseSigned(token, algorithms)
	if unexpected := (*jose.ErrUnexpectedSignatureAlgorithm)(nil); errors.As(err, &unexpected) {
		return nil, nil, refused("the token is signed with an algorithm that is not taken")
	}
	if err != nil || len(parsed.Headers) != 1 {
		return nil, nil, refused("what was sent is no API key and no signed token")
	}
	header := parsed.Headers[0]
	if err := checkHeader(header); err != nil {
		return nil, nil, err
	}
	key, set, err := t.keyOf(ctx, header)
	if err != nil {
		return nil, nil, err
	}
	said := &claims{}
	switch err := parsed.Claims(key.Key, said); {
	case errors.Is(err, jose.ErrCryptoFailure):
		return nil, nil, refused("the signature of the token is wrong")
	case err != nil:
		return nil, nil, refused("the claims of the token cannot be read")
	}
	return said, set, nil
}

// checkHeader refuses tokens that are made for another purpose, and what RFC 7797
// section 7 forbids in a JWT.
func checkHeader(h jose.Header) error {
	if _, critical := h.ExtraHeaders["crit"]; critical {
		return refused("the token has a critical header")
	}
	typ, _ := h.ExtraHeaders[jose.HeaderType].(string)
	switch strings.TrimPrefix(strings.ToLower(typ), "application/") {
	case "", "jwt", "at+jwt":
		return nil
	}
	// RFC 8725 section 3.11: a logout token, say, is no access token.
	return refused("the token is of another type than JWT or at+jwt")
}

// keyOf returns the key that a token with this header is signed with, and its set.
func (t *Tokens) keyOf(ctx context.Context, h jose.Header) (*jose.JSONWebKey, *keySet, error) {
	alg := jose.SignatureAlgorithm(h.Algorithm)
	set := t.keys.current()
	if set != nil {
		if key := set.find(h.KeyID, alg); key != nil {
			return key, set, nil
		}
	}
	if set = t.keys.newer(ctx); set == nil {
		return nil, nil, ErrNoKeys
	}
	if key := set.find(h.KeyID, alg); key != nil {
		return key, set, nil
	}
	return nil, nil, refused("the issuer has no key of the token's id and algorithm")
}
