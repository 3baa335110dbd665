package session

import (
	"fmt"
	"net/netip"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Limits of what a session says of its origin, in bytes of UTF-8. Together they
// stay within the part of an item that is kept free of data.
const (
	MaxUserAgentBytes  = 512
	MaxDeviceNameBytes = 128
	MaxLabelBytes      = 128
	MaxACRBytes        = 256
	// MaxAMR is how many methods of authentication a session may name.
	MaxAMR = 10
	// MaxAMRBytes bounds each of them: the registered ones have at most 6 (IANA,
	// "Authentication Method Reference Values").
	MaxAMRBytes = 32
)

// Client says where a session comes from, so that an application can show its
// user "your devices". Everything is as the creator gave it; "" is not given.
type Client struct {
	// IP is an IPv4 or IPv6 address without a zone.
	IP string
	// UserAgent is what the browser calls itself, at most MaxUserAgentBytes.
	UserAgent string
	// DeviceName is for people, at most MaxDeviceNameBytes.
	DeviceName string
	// Label is the application's own, at most MaxLabelBytes.
	Label string
}

// Auth says how a session's user was authenticated: what an application needs to
// decide whether to ask again (step-up). The names are those of OpenID Connect
// Core 1.0 section 2; zero values are not given.
type Auth struct {
	// Time is when that was: UTC, in whole TimePrecision.
	Time time.Time
	// AMR are the methods (RFC 8176): at most MaxAMR of MaxAMRBytes.
	AMR []string
	// ACR is the class that it satisfied, at most MaxACRBytes.
	ACR string
}

// IsZero reports whether nothing is given.
func (a Auth) IsZero() bool { return a.Time.IsZero() && len(a.AMR) == 0 && a.ACR == "" }

// invalid returns the Error for a field that is outside what it may be.
func invalid(field, allowed string) error {
	return &Error{Code: CodeInvalidValue, Message: field + " must be " + allowed, Field: field}
}

// validate returns an Error of CodeInvalidValue that names the field and the
// limit, else nil.
func (c Client) validate() error {
	if c.IP != "" {
		if addr, err := netip.ParseAddr(c.IP); err != nil || addr.Zone() != "" {
			return invalid("client.ip", "an IPv4 or IPv6 address without a zone")
		}
	}
	for _, f := range []struct {
		field, text string
		limit       int
	}{
		{"client.userAgent", c.UserAgent, MaxUserAgentBytes},
		{"client.deviceName", c.DeviceName, MaxDeviceNameBytes},
		{"client.label", c.Label, MaxLabelBytes},
	} {
		if err := validateText(f.field, f.text, f.limit); err != nil {
			return err
		}
	}
	return nil
}

// authLeeway is how far in the future an authentication may lie: the clocks of
// two machines differ.
const authLeeway = time.Minute

// validate returns an Error of CodeInvalidValue that names the field and the
// limit, else nil.
func (a Auth) validate(now time.Time) error {
	if a.Time.After(now.Add(authLeeway)) {
		return invalid("authTime", fmt.Sprintf("a time that is past, give or take %v", authLeeway))
	}
	// RFC 3339 writes years of four digits.
	if !a.Time.IsZero() && a.Time.Year() < 1 {
		return invalid("authTime", "a time of the year 1 or later")
	}
	if len(a.AMR) > MaxAMR {
		return invalid("amr", fmt.Sprintf("at most %d methods; it has %d", MaxAMR, len(a.AMR)))
	}
	for _, method := range a.AMR {
		if method == "" {
			return invalid("amr", "a list of methods, none of them empty")
		}
		if err := validateText("amr", method, MaxAMRBytes); err != nil {
			return err
		}
	}
	return validateText("acr", a.ACR, MaxACRBytes)
}

func validateText(field, text string, limit int) error {
	switch {
	case len(text) > limit:
		return invalid(field, fmt.Sprintf("at most %d bytes; it has %d", limit, len(text)))
	case !utf8.ValidString(text):
		return invalid(field, "valid UTF-8")
	case strings.ContainsFunc(text, unicode.IsControl):
		return invalid(field, "without control characters")
	}
	return nil
}
