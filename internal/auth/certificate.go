package auth

import (
	"crypto/tls"
	"crypto/x509"
	"strings"
	"time"
)

// Certificates tells callers by the certificate of their connection, which the TLS
// server has verified against the client CAs.
type Certificates struct {
	// Mapping returns what identities may, as of now.
	Mapping func() *Mapping
}

// authenticate returns the caller at the other end of a connection.
func (c *Certificates) authenticate(state *tls.ConnectionState, now time.Time) (*Caller, error) {
	// Only a chain that was verified counts: a server that merely asks for a
	// certificate has none.
	if len(state.VerifiedChains) == 0 || len(state.PeerCertificates) == 0 {
		return nil, refused("the client certificate was not verified")
	}
	leaf := state.PeerCertificates[0]
	if now.After(leaf.NotAfter) {
		// It was good when the connection began, which may be long ago.
		return nil, refused("the client certificate has expired since its connection began")
	}
	mapping := c.Mapping()
	var first *Caller
	for id := range identities(leaf) {
		if !id.fits() {
			continue
		}
		if caller := mapping.find(id); caller != nil {
			return caller, nil
		}
		if first == nil {
			first = &Caller{Name: id.callerName()}
		}
	}
	if first == nil {
		return nil, refused("the client certificate has no subject alternative name of a kind that is looked at")
	}
	return first, nil // known by name, and free to do nothing
}

// identities yields those of a certificate's subject alternative names that can be
// mapped, the most telling first. The common name is none: for twenty years it has
// not been where a name belongs (RFC 2818 section 3.1, RFC 9525 section 2).
func identities(leaf *x509.Certificate) func(yield func(identity) bool) {
	return func(yield func(identity) bool) {
		for _, uri := range leaf.URIs {
			if !yield(identity{kindURI, uri.String()}) {
				return
			}
		}
		for _, name := range leaf.DNSNames {
			if !yield(identity{kindDNS, strings.ToLower(name)}) {
				return
			}
		}
		for _, address := range leaf.EmailAddresses {
			if !yield(identity{kindEmail, address}) {
				return
			}
		}
	}
}
