// Package roots owns the certificates in the image: Mozilla's list of authorities
// as the Go project publishes it, at the version that go.sum pins.
package roots

import (
	"bytes"
	"encoding/pem"

	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// PEM returns the certificates as programs read them from
// /etc/ssl/certs/ca-certificates.crt. The same version of the module gives the same
// bytes.
//
// An authority that Mozilla trusts with a reservation, such as "nothing issued after
// that day", is left out: a file of certificates has no place for it, and to trust
// such an authority without it is more than Mozilla does.
func PEM() []byte {
	var out bytes.Buffer
	for root := range bundle.Roots() {
		if root.Constraint == nil {
			out.Write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate}))
		}
	}
	return out.Bytes()
}
