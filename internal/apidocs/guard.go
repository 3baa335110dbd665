package apidocs

import (
	"net/http"
	"strings"
)

// pagePolicy lets the page load what this package serves and call its own server,
// and nothing else. The "data:" images are the icons inside swagger-ui.css.
var pagePolicy = strings.Join([]string{
	"default-src 'none'",
	"script-src 'self'",
	"style-src 'self'",
	"img-src 'self' data:",
	"connect-src 'self'",
	"base-uri 'none'",
	"form-action 'none'",
	"frame-ancestors 'none'",
}, "; ")

// textPolicy lets a browser show a text, and that text do nothing.
const textPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"

// GuardText sets what a browser must know of a document that is for reading only, such
// as the contract. r is the request that it answers.
func GuardText(h http.Header, r *http.Request) { guard(h, textPolicy, r.TLS != nil) }

// guard sets what a browser must know. Of origins that others share browsers heed only
// what comes over TLS, and complain of it on every other page.
func guard(h http.Header, policy string, overTLS bool) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Frame-Options", "DENY") // frame-ancestors, for old browsers
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	if overTLS {
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Embedder-Policy", "require-corp")
	}
}
