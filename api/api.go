// Package api owns the published contract of the Session API: openapi.yaml, an
// OpenAPI 3.1 document written by hand, and openapi.json, the same document
// generated from it so that the running service needs no YAML parser.
//
// Change openapi.yaml first, then run "go generate ./api". The tests under
// verify fail when the two files, or the document and the service, differ.
package api

import _ "embed"

//go:generate go run -C ../verify ./openapijson ../api/openapi.yaml ../api/openapi.json

// Strings rather than byte slices: nobody can change them, so each caller may
// have a copy of its own.
var (
	//go:embed openapi.yaml
	yamlText string
	//go:embed openapi.json
	jsonText string
)

// YAML returns the contract as it was written. The slice is the caller's.
func YAML() []byte { return []byte(yamlText) }

// JSON returns the contract as JSON with its members in the order of the YAML,
// indented and ending in a line feed. The slice is the caller's.
func JSON() []byte { return []byte(jsonText) }
