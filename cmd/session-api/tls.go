package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"

	"session-api/internal/auth"
	"session-api/internal/config"
	"session-api/internal/reload"
)

// openTLS returns the TLS settings of the server, which follow their files; nil
// settings where it speaks plain HTTP.
func openTLS(c *config.Config, log *slog.Logger) (*tls.Config, []reload.Looker, error) {
	if c.HTTP.CertFile == "" {
		return nil, nil, nil
	}
	pair, err := reload.Open("TLS_CERT_FILE (--tls-cert-file) and TLS_KEY_FILE (--tls-key-file)", log, parsePair, c.HTTP.CertFile, c.HTTP.KeyFile)
	if err != nil {
		return nil, nil, err
	}
	files := []reload.Looker{pair}
	authorities := func() *x509.CertPool { return nil }
	if c.Callers.ClientCAFile != "" {
		file, err := reload.Open("TLS_CLIENT_CA_FILE (--tls-client-ca-file)", log, func(texts [][]byte) (*x509.CertPool, error) {
			return auth.ParseCAs(texts[0])
		}, c.Callers.ClientCAFile)
		if err != nil {
			return nil, nil, err
		}
		files, authorities = append(files, file), file.Value
	}
	return serverTLS(pair.Value, authorities), files, nil
}

// serverTLS returns settings that ask for the certificate and the authorities of
// clients anew for each connection. Without authorities no client is asked for one.
func serverTLS(pair func() *tls.Certificate, authorities func() *x509.CertPool) *tls.Config {
	settings := func() *tls.Config {
		now := &tls.Config{
			MinVersion:   tls.VersionTLS12,
			Certificates: []tls.Certificate{*pair()},
			NextProtos:   []string{"h2", "http/1.1"},
		}
		if now.ClientCAs = authorities(); now.ClientCAs != nil {
			// Not demanded: probes of /health have none, and another kind of
			// credentials may do in its place.
			now.ClientAuth = tls.VerifyClientCertIfGiven
		}
		return now
	}
	first := settings()
	first.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) { return settings(), nil }
	return first
}

// parsePair reads a certificate and its key.
func parsePair(texts [][]byte) (*tls.Certificate, error) {
	pair, err := tls.X509KeyPair(texts[0], texts[1])
	if err != nil {
		// The library's sentences name no part of a key.
		return nil, fmt.Errorf("are no pair of certificate and key in PEM: %w", err)
	}
	if pair.Leaf == nil {
		return nil, errors.New("hold no certificate")
	}
	return &pair, nil
}
