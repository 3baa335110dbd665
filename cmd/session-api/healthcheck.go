package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"session-api/internal/config"
)

// healthcheckTimeout bounds the probe: below the 3 s after which an impatient
// container runtime would end it without a word.
const healthcheckTimeout = 2 * time.Second

// healthcheck returns nil if the server at l answers /health with 200.
func healthcheck(l config.Listen) error {
	ctx, cancel := context.WithTimeout(context.Background(), healthcheckTimeout)
	defer cancel()
	scheme := "http"
	if l.CertFile != "" {
		scheme = "https"
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://"+reachable(l)+"/health", nil)
	if err != nil {
		return err
	}
	// A transport of its own: the default one would ask a proxy that the
	// environment names.
	client := http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		// The certificate names the service as others call it, and the probe asks the
		// machine that it runs on. It sends no secret and believes nothing but that
		// somebody there is well.
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, // #nosec G402 -- see above
	}}
	answer, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("the server is not healthy: %w", err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the server is not healthy: %s answered %s", request.URL, answer.Status)
	}
	return nil
}

// reachable returns the address at which a server that listens on l answers
// from the same machine: "every address" can be listened on, not called.
func reachable(l config.Listen) string {
	host := l.Host
	if ip, err := netip.ParseAddr(host); err == nil && ip.IsUnspecified() {
		host = "127.0.0.1"
		if ip.Is6() {
			host = "::1"
		}
	}
	return net.JoinHostPort(host, strconv.Itoa(l.Port))
}
