package auth

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
)

// maxKeySetBytes bounds a key set that is fetched.
const maxKeySetBytes = 1 << 20

// KeyHost says where a key set is fetched and how its host is trusted.
type KeyHost struct {
	// URL is the address of the set: https, or http on the loopback address.
	URL string
	// CAFile holds the certificates that the host's must lead to, in PEM; "" takes
	// those of the system.
	CAFile string
	// TokenFile holds a token that the host wants to see; "" sends none.
	TokenFile string
}

// fetch returns the text of the key set. Both files are read for each fetch, because
// Kubernetes renews them under way.
func (h KeyHost) fetch(ctx context.Context) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, h.URL, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "application/jwk-set+json, application/json")
	if h.TokenFile != "" {
		token, err := os.ReadFile(h.TokenFile)
		if err != nil {
			return nil, fmt.Errorf("JWT_JWKS_TOKEN_FILE (--jwt-jwks-token-file): %w", err)
		}
		request.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(token)))
	}
	client, err := h.client()
	if err != nil {
		return nil, err
	}
	answer, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %s", h.URL, answer.Status)
	}
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxKeySetBytes+1))
	if err == nil && len(text) > maxKeySetBytes {
		err = fmt.Errorf("%s answers with more than %d bytes", h.URL, maxKeySetBytes)
	}
	return text, err
}

// client returns a client for one fetch. It follows no redirect: the token is for this
// host alone, and what another says about keys is worth nothing.
func (h KeyHost) client() (*http.Client, error) {
	settings := &tls.Config{MinVersion: tls.VersionTLS12}
	if h.CAFile != "" {
		text, err := os.ReadFile(h.CAFile)
		if err != nil {
			return nil, fmt.Errorf("JWT_JWKS_CA_FILE (--jwt-jwks-ca-file): %w", err)
		}
		if settings.RootCAs, err = ParseCAs(text); err != nil {
			return nil, fmt.Errorf("JWT_JWKS_CA_FILE (--jwt-jwks-ca-file): %w", err)
		}
	}
	return &http.Client{
		Transport:     &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: settings, DisableKeepAlives: true, ForceAttemptHTTP2: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, nil
}

// ParseCAs reads certificates of authorities in PEM.
func ParseCAs(text []byte) (*x509.CertPool, error) {
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, errors.New("holds no certificate in PEM")
	}
	return pool, nil
}
