package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// authority issues certificates.
type authority struct {
	t    *testing.T
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T, name string) *authority {
	t.Helper()
	a := &authority{t: t, key: newECKey(t)}
	template := &x509.Certificate{
		Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	a.cert = a.issue(template, &a.key.PublicKey)
	return a
}

func newECKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// issue issues a certificate as template says; the authority's own if it has none yet.
func (a *authority) issue(template *x509.Certificate, public *ecdsa.PublicKey) *x509.Certificate {
	a.t.Helper()
	template.SerialNumber = big.NewInt(time.Now().UnixNano())
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	parent := a.cert
	if parent == nil {
		parent = template
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, parent, public, a.key)
	if err != nil {
		a.t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(raw)
	if err != nil {
		a.t.Fatal(err)
	}
	return cert
}

// pair issues a certificate with its key.
func (a *authority) pair(template *x509.Certificate) tls.Certificate {
	a.t.Helper()
	key := newECKey(a.t)
	return tls.Certificate{Certificate: [][]byte{a.issue(template, &key.PublicKey).Raw}, PrivateKey: key}
}

func (a *authority) forServer(name string) tls.Certificate {
	return a.pair(&x509.Certificate{
		Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	})
}

func (a *authority) forClient(uri string) tls.Certificate {
	a.t.Helper()
	u, err := url.Parse(uri)
	if err != nil {
		a.t.Fatal(err)
	}
	return a.pair(&x509.Certificate{URIs: []*url.URL{u}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
}

func (a *authority) pem() string { return pemOf("CERTIFICATE", a.cert.Raw) }

func pemOf(kind string, raw []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: raw}))
}

// texts returns a pair as its files have it.
func texts(t *testing.T, pair tls.Certificate) (cert, key string) {
	t.Helper()
	raw, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	return pemOf("CERTIFICATE", pair.Certificate[0]), pemOf("PRIVATE KEY", raw)
}

// tlsFiles are the files of a server with TLS.
type tlsFiles struct{ dir string }

func (f tlsFiles) at(name string) string { return filepath.Join(f.dir, name) }

func (f tlsFiles) put(t *testing.T, pair tls.Certificate) {
	t.Helper()
	cert, key := texts(t, pair)
	swapFile(t, f.at("tls.crt"), cert)
	swapFile(t, f.at("tls.key"), key)
}

func (f tlsFiles) variables() []string {
	return []string{"TLS_CERT_FILE=" + f.at("tls.crt"), "TLS_KEY_FILE=" + f.at("tls.key")}
}

// as returns the server as a client meets it that trusts roots and has these
// certificates. It shares no connection with another.
func (s *server) as(roots *authority, certs ...tls.Certificate) *server {
	s.t.Helper()
	pool := x509.NewCertPool()
	pool.AddCert(roots.cert)
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: pool, Certificates: certs}, DisableKeepAlives: true, ForceAttemptHTTP2: true,
	}
	other := *s
	other.scheme, other.client = "https", &http.Client{Transport: transport, Timeout: patience}
	return &other
}

// certificate returns the one that the server shows now.
func (s *server) certificate() *x509.Certificate {
	s.t.Helper()
	conn, err := tls.Dial("tcp", s.addr, &tls.Config{InsecureSkipVerify: true}) // #nosec G402 -- to look at any
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	return conn.ConnectionState().PeerCertificates[0]
}

func TestClientCertificatesAreCallersAndAllFilesAreReadAnew(t *testing.T) {
	t.Parallel()
	f := tlsFiles{t.TempDir()}
	servers, clients, others := newAuthority(t, "servers"), newAuthority(t, "clients"), newAuthority(t, "others")
	f.put(t, servers.forServer("first.example"))
	swapFile(t, f.at("clients.crt"), clients.pem())
	swapFile(t, f.at("callers.json"), `{"callers":[{"uri":"spiffe://shop/web","scopes":["sessions:write","sessions:read"]}]}`)
	s := serveOn(t, t.TempDir(), append(f.variables(), "AUTH_MODE=mtls", "TLS_CLIENT_CA_FILE="+f.at("clients.crt"), "CALLERS_FILE="+f.at("callers.json"))...)

	web, stranger := clients.forClient("spiffe://shop/web"), clients.forClient("spiffe://shop/other")
	known := s.as(servers, web)
	made := decode[record](t, known.call(201, "POST", "/sessions", createBody("ada", "1")))
	known.call(403, "GET", "/sessions", "")
	known.call(401, "GET", path(made.SessionID), "", bearer("x")...) // a bad header is not saved by the certificate
	s.as(servers, stranger).call(403, "GET", path(made.SessionID), "")
	nobody := s.as(servers)
	nobody.call(200, "GET", "/health", "")
	nobody.call(200, "GET", "/ready", "")
	if a := nobody.call(401, "GET", path(made.SessionID), ""); !strings.Contains(string(a.body), "client certificate") {
		t.Errorf("it says %s", a.body)
	}
	// net/http's client sends no certificate of an authority that is not asked for;
	// one that is sent all the same ends the handshake.
	forced := s.as(servers)
	forged := others.forClient("spiffe://shop/web")
	forced.client.Transport.(*http.Transport).TLSClientConfig.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		return &forged, nil
	}
	if a, err := forced.try("GET", "/health", ""); err == nil {
		t.Errorf("a forged certificate is answered %d", a.status)
	}

	f.put(t, servers.forServer("second.example"))
	eventually(t, "the new certificate is shown", func() bool { return s.certificate().DNSNames[0] == "second.example" })
	swapFile(t, f.at("tls.key"), "broken")
	s.logLine("a changed file cannot be used; what it said before stays in force")
	if got := s.certificate().DNSNames[0]; got != "second.example" {
		t.Errorf("with a broken key the certificate of %s is shown", got)
	}
	known.call(200, "GET", path(made.SessionID), "")

	swapFile(t, f.at("callers.json"), `{"callers":[{"uri":"spiffe://shop/other","scopes":["sessions:read"]}]}`)
	eventually(t, "the other caller is known", func() bool { return s.as(servers, stranger).status("GET", path(made.SessionID), "") == 200 })
	known.call(403, "GET", path(made.SessionID), "")
	swapFile(t, f.at("clients.crt"), others.pem())
	eventually(t, "the former authority's certificates are refused", func() bool {
		a, err := s.as(servers, stranger).try("GET", path(made.SessionID), "")
		return err != nil || a.status == 401
	})
}

func TestTLSNeedsNoClientCertificates(t *testing.T) {
	t.Parallel()
	f := tlsFiles{t.TempDir()}
	servers := newAuthority(t, "servers")
	f.put(t, servers.forServer("sessions.example"))
	s := serveOn(t, t.TempDir(), append(f.variables(), "SHUTDOWN_DELAY=0s")...)
	secure := s.as(servers)
	made := secure.create("ada", "1")
	response, err := secure.client.Get("https://" + s.addr + path(made.SessionID))
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != 200 || response.ProtoMajor != 2 {
		t.Errorf("a read is answered %s %s", response.Proto, response.Status)
	}
	if a, err := s.try("GET", "/health", ""); err == nil && a.status == 200 {
		t.Error("plain HTTP is answered too")
	}
	old := secure.as(servers)
	old.client.Transport.(*http.Transport).TLSClientConfig.MaxVersion = tls.VersionTLS11
	old.client.Transport.(*http.Transport).TLSClientConfig.MinVersion = tls.VersionTLS10
	if _, err := old.try("GET", "/health", ""); err == nil {
		t.Error("TLS 1.1 is spoken")
	}

	_, port, _ := net.SplitHostPort(s.addr)
	probe := append(f.variables(), "PORT="+port)
	if healthy := launch(t, []string{"healthcheck"}, probe...); healthy.exitCode() != exitOK {
		t.Errorf("exit code %d for a healthy server: %s", healthy.exitCode(), healthy.stderr)
	}
	if plain := launch(t, []string{"healthcheck"}, "PORT="+port); plain.exitCode() != exitFailed {
		t.Error("a probe without TLS finds it healthy")
	}
	s.signal(os.Interrupt)
	if code := s.exitCode(); code != exitOK {
		t.Errorf("exit code %d: %s", code, s.stderr)
	}
}
