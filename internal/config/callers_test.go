package config

import (
	"strings"
	"testing"
)

func TestWithoutAuthenticationItServesTheLoopbackAddressAlone(t *testing.T) {
	t.Parallel()
	for host, ok := range map[string]bool{
		"127.0.0.1": true, "127.9.9.9": true, "::1": true, "localhost": true, "LocalHost": true, "::ffff:127.0.0.1": true,
		"0.0.0.0": false, "::": false, "10.1.2.3": false, "2001:db8::1": false, "api.example.com": false, "localhost.example.com": false, "fe80::1%lo": false,
	} {
		err := mustParse(t, nil, "HOST="+host).Check()
		if (err == nil) != ok {
			t.Errorf("HOST=%s: %v", host, err)
		}
		if err != nil {
			for _, way := range []string{"HOST (--host) is " + host, "AUTH_MODE", "127.0.0.1", "ALLOW_UNAUTHENTICATED=true"} {
				if !strings.Contains(err.Error(), way) {
					t.Errorf("HOST=%s: %v does not name %s", host, err, way)
				}
			}
		}
		for _, way := range []string{"ALLOW_UNAUTHENTICATED=true", "AUTH_MODE=apikey"} {
			variables := []string{"HOST=" + host, way}
			if way == "AUTH_MODE=apikey" {
				variables = append(variables, "API_KEYS_FILE=keys.json")
			}
			if err := mustParse(t, nil, variables...).Check(); err != nil {
				t.Errorf("HOST=%s with %s: %v", host, way, err)
			}
		}
	}
}

// Options of each mode that are complete.
var (
	withKeys   = []string{"AUTH_MODE=apikey", "API_KEYS_FILE=f"}
	withTokens = []string{"AUTH_MODE=jwt", "JWT_ISSUER=i", "JWT_AUDIENCE=a", "JWT_JWKS_URL=https://i/keys"}
	withFile   = []string{"AUTH_MODE=jwt", "JWT_ISSUER=i", "JWT_AUDIENCE=a", "JWT_JWKS_FILE=f"}
	withCerts  = []string{"AUTH_MODE=mtls", "TLS_CERT_FILE=c", "TLS_KEY_FILE=k", "TLS_CLIENT_CA_FILE=a", "CALLERS_FILE=f"}
)

func TestOptionsOfCallersThatDoNotGoTogetherAreNamed(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		variables []string
		change    string
		want      string // "" if they go together
	}{
		{withKeys, "", ""},
		{withTokens, "", ""},
		{withFile, "", ""},
		{withCerts, "", ""},
		{withTokens, "JWT_JWKS_CA_FILE=c JWT_JWKS_TOKEN_FILE=t CALLERS_FILE=f", ""},
		{nil, "TLS_CERT_FILE=c TLS_KEY_FILE=k", ""},
		{withCerts, "AUTH_MODE=mtls,apikey API_KEYS_FILE=f", ""},

		{withKeys, "API_KEYS_FILE=", "API_KEYS_FILE (--api-keys-file) is needed for apikey"},
		{withTokens, "JWT_ISSUER=", "JWT_ISSUER (--jwt-issuer) is needed for jwt"},
		{withTokens, "JWT_AUDIENCE=", "JWT_AUDIENCE (--jwt-audience) is needed for jwt"},
		{withTokens, "JWT_JWKS_URL=", "JWT_JWKS_URL (--jwt-jwks-url) is needed for jwt"},
		{withTokens, "JWT_JWKS_FILE=f", "JWT_JWKS_FILE (--jwt-jwks-file) stands in the place of JWT_JWKS_URL"},
		{withFile, "JWT_JWKS_CA_FILE=f", "JWT_JWKS_FILE (--jwt-jwks-file) stands in the place of"},
		{withFile, "JWT_JWKS_TOKEN_FILE=f", "JWT_JWKS_FILE (--jwt-jwks-file) stands in the place of"},
		{withCerts, "TLS_CLIENT_CA_FILE=", "TLS_CLIENT_CA_FILE (--tls-client-ca-file) is needed for mtls"},
		{withCerts, "TLS_CERT_FILE= TLS_KEY_FILE=", "TLS_CERT_FILE (--tls-cert-file) is needed for mtls"},
		{withCerts, "CALLERS_FILE=", "CALLERS_FILE (--callers-file) is needed for mtls"},
		{nil, "TLS_CERT_FILE=c", "need each other"},
		{nil, "TLS_KEY_FILE=c", "need each other"},

		// What somebody believes to protect, and does not.
		{nil, "API_KEYS_FILE=f", "API_KEYS_FILE (--api-keys-file) has no effect without apikey"},
		{withTokens, "API_KEYS_FILE=f", "API_KEYS_FILE (--api-keys-file) has no effect without apikey"},
		{withKeys, "JWT_ISSUER=i", "JWT_ISSUER (--jwt-issuer) has no effect without jwt"},
		{withKeys, "JWT_JWKS_TOKEN_FILE=i", "JWT_JWKS_TOKEN_FILE (--jwt-jwks-token-file) has no effect without jwt"},
		{nil, "TLS_CERT_FILE=c TLS_KEY_FILE=k TLS_CLIENT_CA_FILE=a", "TLS_CLIENT_CA_FILE (--tls-client-ca-file) has no effect without mtls"},
		{withKeys, "CALLERS_FILE=f", "CALLERS_FILE (--callers-file) has no effect without jwt or mtls"},
		{withKeys, "ALLOW_UNAUTHENTICATED=true", "ALLOW_UNAUTHENTICATED (--allow-unauthenticated) contradicts AUTH_MODE=apikey"},

		// Cursors that a caller could forge.
		{withKeys, "DYNAMODB_TABLE_NAME=tab", "CURSOR_KEY_FILE (--cursor-key-file) is needed"},
		{withKeys, "DYNAMODB_TABLE_NAME=tab CURSOR_KEY_FILE=f", ""},
		{nil, "DYNAMODB_TABLE_NAME=tab", ""},
		{nil, "DYNAMODB_TABLE_NAME=tab HOST=0.0.0.0 ALLOW_UNAUTHENTICATED=true", ""},
	} {
		// The last word on a variable counts.
		err := mustParse(t, nil, append(append([]string(nil), test.variables...), strings.Fields(test.change)...)...).Check()
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%v with %s: got %v, want %q", test.variables, test.change, err, test.want)
		}
	}
}

func TestTheDocsAreServedWhereEverythingIsUnlessItIsSaid(t *testing.T) {
	t.Parallel()
	for variables, want := range map[string]bool{
		"": true, "AUTH_MODE=jwt": false, "DOCS=false": false, "AUTH_MODE=jwt DOCS=true": true, "AUTH_MODE=jwt DOCS=false": false,
	} {
		if got := mustParse(t, nil, strings.Fields(variables)...).Callers.ServesDocs(); got != want {
			t.Errorf("with %q they are served: %v", variables, got)
		}
	}
}
