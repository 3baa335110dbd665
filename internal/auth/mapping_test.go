package auth

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"session-api"
)

// mappingOf returns the mapping of a file with these entries.
func mappingOf(t *testing.T, entries ...string) *Mapping {
	t.Helper()
	m, err := ParseMapping([]byte(`{"callers":[` + strings.Join(entries, ",") + `]}`))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestAFileOfCallersIsReadStrictly(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ entries, want string }{
		{`{"scopes":["sessions:read"]}`, "callers[0]: must name exactly one of subject, uri, dns and email"},
		{`{"subject":"","scopes":["sessions:read"]}`, "callers[0]: must name exactly one"},
		{`{"subject":"a","uri":"b","scopes":["sessions:read"]}`, "callers[0]: must name exactly one"},
		{`{"subject":"a\nb","scopes":["sessions:read"]}`, "callers[0]: subject must be"},
		{`{"uri":"` + strings.Repeat("x", 2049) + `","scopes":["sessions:read"]}`, "callers[0]: uri must be"},
		{`{"subject":"a"}`, `callers[0] ("a"): scopes must be`},
		{`{"subject":"a","scopes":["sessions:*"]}`, `callers[0] ("a"): scopes must be`},
		{`{"subject":"a","scopes":["sessions:read"],"userPrefix":null}`, `callers[0]: userPrefix is null`},
		{`{"subject":"a","scopes":["sessions:read"],"prefix":"x"}`, `callers[0]: has a member "prefix" that is not known`},
		{`{"subject":"a","scopes":["sessions:read"],"rate":{"rps":1,"burst":0}}`, `callers[0] ("a"): rate.burst must be`},
		{`{"dns":"A","scopes":["sessions:read"]},{"dns":"a","scopes":["sessions:read"]}`, `callers[1] ("a"): dns is that of an entry before`},
	} {
		if _, err := ParseMapping([]byte(`{"callers":[` + test.entries + `]}`)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%.80s: got %v; want %q", test.entries, err, test.want)
		}
	}
}

// verified is the state of a connection whose client has this certificate.
func verified(leaf *x509.Certificate) *tls.ConnectionState {
	return &tls.ConnectionState{PeerCertificates: []*x509.Certificate{leaf}, VerifiedChains: [][]*x509.Certificate{{leaf}}}
}

func certificates(m *Mapping) *Certificates {
	return &Certificates{Mapping: func() *Mapping { return m }}
}

func TestACertificateIsTheCallerOfItsAlternativeName(t *testing.T) {
	t.Parallel()
	certs := certificates(mappingOf(t,
		`{"uri":"spiffe://example.org/shop","scopes":["sessions:read"]}`,
		`{"dns":"Web.shop.example","scopes":["sessions:write"],"userPrefix":"shop:"}`,
		`{"email":"ops@shop.example","scopes":["sessions:admin"]}`,
		`{"subject":"web.other.example","scopes":["sessions:admin"]}`))
	spiffe, err := url.Parse("spiffe://example.org/shop")
	if err != nil {
		t.Fatal(err)
	}
	life := at.Add(time.Hour)
	for _, test := range []struct {
		leaf   x509.Certificate
		name   string
		scopes Scopes
	}{
		{x509.Certificate{URIs: []*url.URL{spiffe}}, "cert:spiffe://example.org/shop", Read},
		{x509.Certificate{DNSNames: []string{"WEB.shop.example"}}, "cert:web.shop.example", Write},
		{x509.Certificate{EmailAddresses: []string{"ops@shop.example"}}, "cert:ops@shop.example", Admin},
		// The first that is known, a URI before a name.
		{x509.Certificate{DNSNames: []string{"other.example", "web.shop.example"}, EmailAddresses: []string{"ops@shop.example"}}, "cert:web.shop.example", Write},
		{x509.Certificate{DNSNames: []string{"web.shop.example"}, URIs: []*url.URL{spiffe}}, "cert:spiffe://example.org/shop", Read},
		// Nobody that is known: a name without scopes. A subject of tokens is another kind.
		{x509.Certificate{DNSNames: []string{"web.other.example"}}, "cert:web.other.example", 0},
	} {
		test.leaf.NotAfter = life
		got, err := certs.authenticate(verified(&test.leaf), at)
		if err != nil || got.Name != test.name || got.Scopes != test.scopes {
			t.Errorf("%v %v is %+v, %v", test.leaf.URIs, test.leaf.DNSNames, got, err)
		}
	}
}

func TestACertificateThatTellsNobodyIsRefused(t *testing.T) {
	t.Parallel()
	certs := certificates(mappingOf(t, `{"dns":"web.shop.example","scopes":["sessions:read"]}`))
	named := &x509.Certificate{DNSNames: []string{"web.shop.example"}, NotAfter: at}
	nameless := &x509.Certificate{NotAfter: at}
	nameless.Subject.CommonName = "web.shop.example"
	for name, test := range map[string]struct {
		state *tls.ConnectionState
		now   time.Time
	}{
		"it was not verified":      {&tls.ConnectionState{PeerCertificates: []*x509.Certificate{named}}, at},
		"it ended meanwhile":       {verified(named), at.Add(time.Second)},
		"it has but a common name": {verified(nameless), at},
	} {
		caller, err := certs.authenticate(test.state, test.now)
		if known := (*session.Error)(nil); caller != nil || !errors.As(err, &known) || known.Code != CodeUnauthenticated {
			t.Errorf("%s: got %v, %v", name, caller, err)
		}
	}
	if _, err := certs.authenticate(verified(named), at); err != nil {
		t.Errorf("a good one is refused: %v", err)
	}
}
