package auth

import (
	"context"
	"net/http"
	"strings"
	"time"

	"session-api"
)

// Authenticator finds out who makes a request. Of its kinds of credentials those that
// are nil are not taken. It is safe for concurrent use.
type Authenticator struct {
	keys    func() *Keys
	tokens  *Tokens
	certs   *Certificates
	now     func() time.Time
	missing error
}

// Options say which credentials are taken; at least one kind.
type Options struct {
	// Keys returns the API keys, as of now; nil takes no keys.
	Keys func() *Keys
	// Tokens judges tokens; nil takes none.
	Tokens *Tokens
	// Certificates judges client certificates; nil takes none.
	Certificates *Certificates
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// New returns an Authenticator.
func New(o Options) *Authenticator {
	a := &Authenticator{keys: o.Keys, tokens: o.Tokens, certs: o.Certificates, now: o.Now}
	if a.now == nil {
		a.now = time.Now
	}
	a.missing = &session.Error{
		Code:    CodeUnauthenticated,
		Message: "This service must know who calls: " + a.wanted(),
		Cause:   ErrNoCredentials,
	}
	return a
}

// wanted tells a caller without credentials what to send.
func (a *Authenticator) wanted() string {
	var ways []string
	switch {
	case a.keys != nil && a.tokens != nil:
		ways = append(ways, "send an API key or a token as Authorization: Bearer")
	case a.keys != nil:
		ways = append(ways, "send an API key as Authorization: Bearer")
	case a.tokens != nil:
		ways = append(ways, "send a token as Authorization: Bearer")
	}
	if a.certs != nil {
		ways = append(ways, "connect with a client certificate")
	}
	return strings.Join(ways, ", or ")
}

// Ready returns ErrNoKeys as long as tokens are taken and none can be verified.
func (a *Authenticator) Ready() error {
	if a.tokens == nil {
		return nil
	}
	return a.tokens.ready()
}

// Authenticate returns who makes r. The error is one of CodeUnauthenticated, which is
// ErrNoCredentials too where the request brings none, or ErrNoKeys. It may take up to
// a second, where a token is signed with a key that is not known yet, or until ctx ends.
func (a *Authenticator) Authenticate(ctx context.Context, r *http.Request) (*Caller, error) {
	if lines := r.Header["Authorization"]; len(lines) > 0 {
		// Who sends a header is judged by it: with a bad one nobody falls back to the
		// certificate of a connection that they may only share.
		return a.bearer(ctx, lines)
	}
	if a.certs != nil && r.TLS != nil && len(r.TLS.PeerCertificates) > 0 {
		return a.certs.authenticate(r.TLS, a.now())
	}
	return nil, a.missing
}

// bearer judges the Authorization header (RFC 6750 section 2.1).
func (a *Authenticator) bearer(ctx context.Context, lines []string) (*Caller, error) {
	if len(lines) > 1 {
		return nil, refused("there is more than one Authorization header")
	}
	scheme, credential, _ := strings.Cut(lines[0], " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return nil, a.missing
	}
	credential = strings.Trim(credential, " ")
	switch {
	case strings.HasPrefix(credential, KeyPrefix):
		if a.keys == nil {
			return nil, refused("API keys are not taken")
		}
		return a.keys().authenticate(credential, a.now())
	case a.tokens == nil:
		return nil, refused("what was sent is no API key, and nothing else is taken")
	}
	return a.tokens.authenticate(ctx, credential, a.now())
}
