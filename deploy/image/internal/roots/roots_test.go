package roots

import (
	"crypto/x509"
	"encoding/pem"
	"slices"
	"testing"

	"golang.org/x/crypto/x509roots/fallback/bundle"
)

func certificates(t *testing.T) []*x509.Certificate {
	t.Helper()
	var all []*x509.Certificate
	for rest := PEM(); len(rest) > 0; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			t.Fatalf("%d bytes are no certificate", len(rest))
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	return all
}

func TestEveryCertificateIsThatOfAnAuthority(t *testing.T) {
	t.Parallel()
	for _, c := range certificates(t) {
		if !c.IsCA {
			t.Errorf("%s is no authority", c.Subject)
		}
	}
}

// The authorities are those that Amazon Trust Services names as its roots, which
// sign for every AWS endpoint.
func TestAWSIsTrusted(t *testing.T) {
	t.Parallel()
	all := certificates(t)
	for _, name := range []string{
		"Amazon Root CA 1", "Amazon Root CA 2", "Amazon Root CA 3", "Amazon Root CA 4",
		"Starfield Services Root Certificate Authority - G2",
	} {
		if !slices.ContainsFunc(all, func(c *x509.Certificate) bool { return c.Subject.CommonName == name }) {
			t.Errorf("%s is missing", name)
		}
	}
}

func TestAnAuthorityWithAReservationIsLeftOut(t *testing.T) {
	t.Parallel()
	held := map[string]bool{}
	for _, c := range certificates(t) {
		held[string(c.Raw)] = true
	}
	whole := 0
	for root := range bundle.Roots() {
		if root.Constraint == nil {
			whole++
		}
		if held[string(root.Certificate)] != (root.Constraint == nil) {
			t.Errorf("held is %v, and it has a reservation is %v", root.Constraint != nil, !(root.Constraint == nil))
		}
	}
	if len(held) != whole {
		t.Errorf("%d certificates, want %d", len(held), whole)
	}
}
