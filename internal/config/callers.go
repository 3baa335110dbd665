package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Callers says who may call.
type Callers struct {
	Modes                AuthModes `name:"auth-mode" type:"modes" choices:"none,apikey,jwt,mtls" default:"none" help:"How the service knows who calls: by API keys, signed tokens (JWT), client certificates (mTLS), or several of these. With none everybody may do everything, so HOST must then be a loopback address."`
	AllowUnauthenticated bool      `name:"allow-unauthenticated" type:"switch" choices:"true,false" default:"false" help:"Whether the service may serve everybody at an address that others reach, with AUTH_MODE=none. Only for where something else, such as a network policy or a proxy, keeps strangers out."`
	KeysFile
	MappingFile   string `name:"callers-file" type:"path" unset:"none" help:"A file, in JSON, that says what the subjects of tokens and the names in client certificates may. It is read anew when it changes."`
	Issuer        string `name:"jwt-issuer" type:"text" unset:"none" help:"What the claim iss of a token must be, to the letter."`
	Audience      string `name:"jwt-audience" type:"text" unset:"none" help:"What the claim aud of a token must be or hold."`
	KeySetURL     string `name:"jwt-jwks-url" type:"keyset" unset:"none" help:"Where the keys of the issuer are fetched, as a JWK Set. New keys are known within a minute."`
	KeySetFile    string `name:"jwt-jwks-file" type:"path" unset:"none" help:"A file with the keys of the issuer, as a JWK Set, in place of JWT_JWKS_URL. It is read anew when it changes."`
	KeySetCA      string `name:"jwt-jwks-ca-file" type:"path" unset:"the system's authorities" help:"A file with the authorities, in PEM, that the certificate of JWT_JWKS_URL must come from. For an API server of Kubernetes: /var/run/secrets/kubernetes.io/serviceaccount/ca.crt."`
	KeySetToken   string `name:"jwt-jwks-token-file" type:"path" unset:"none" help:"A file with a token that JWT_JWKS_URL is called with. For an API server of Kubernetes: /var/run/secrets/kubernetes.io/serviceaccount/token."`
	ClientCAFile  string `name:"tls-client-ca-file" type:"path" unset:"none" help:"A file with the authorities, in PEM, that client certificates must come from. It is read anew when it changes."`
	Documentation string `name:"docs" type:"choice" choices:"true,false" unset:"true with AUTH_MODE=none, else false" help:"Whether /docs, /openapi.yaml and /openapi.json are served. They need no caller and hold nothing of yours."`
}

// KeysFile says where API keys are kept.
type KeysFile struct {
	KeysPath string `name:"api-keys-file" type:"path" unset:"none" help:"A file, in JSON, with the digests of API keys and what each may. It is read anew when it changes. session-api keys new makes keys."`
}

// AuthModes are the words of AUTH_MODE, with commas.
type AuthModes string

// The words of AUTH_MODE.
const (
	AuthNone   = "none"
	AuthAPIKey = "apikey"
	AuthJWT    = "jwt"
	AuthMTLS   = "mtls"
)

// Has reports whether mode is one of them.
func (m AuthModes) Has(mode string) bool { return slices.Contains(strings.Split(string(m), ","), mode) }

// ServesDocs reports whether the contract and its page are served.
func (c Callers) ServesDocs() bool {
	if c.Documentation == "" {
		return c.Modes.Has(AuthNone)
	}
	return c.Documentation == "true"
}

// checkCallers returns a sentence about options of callers that do not go together,
// among themselves or with others.
func (c *Config) checkCallers() error {
	if err := c.Callers.check(c.HTTP); err != nil {
		return err
	}
	engine, _ := c.Store.Engine()
	switch {
	case c.Callers.Modes.Has(AuthNone):
		return c.checkUnauthenticated()
	case c.Callers.AllowUnauthenticated:
		return fmt.Errorf("ALLOW_UNAUTHENTICATED (--allow-unauthenticated) contradicts AUTH_MODE=%s: leave it out", c.Callers.Modes)
	case engine == DynamoDB && c.Store.CursorKeyFile == "":
		return errors.New("CURSOR_KEY_FILE (--cursor-key-file) is needed with AUTH_MODE and the dynamodb engine, because callers could forge the cursors of lists if their key came from the table's name: openssl rand -hex 32 makes one")
	}
	return nil
}

func (c *Config) checkUnauthenticated() error {
	if c.Callers.AllowUnauthenticated || isLoopback(c.HTTP.Host) {
		return nil
	}
	return fmt.Errorf("HOST (--host) is %s, where others reach the service, and AUTH_MODE (--auth-mode) is none: set AUTH_MODE to apikey, jwt or mtls (docs/security.md shows how), or HOST to 127.0.0.1, or ALLOW_UNAUTHENTICATED=true if something else keeps strangers out", c.HTTP.Host)
}

// check returns a sentence about what a mode lacks, or about what is set for a mode
// that is not chosen: whoever set it believes that it protects.
func (c Callers) check(h HTTP) error {
	if (h.CertFile == "") != (h.KeyFile == "") {
		return errors.New("TLS_CERT_FILE (--tls-cert-file) and TLS_KEY_FILE (--tls-key-file) need each other")
	}
	for _, part := range []error{c.checkKeys(), c.checkTokens(), c.checkCertificates(h)} {
		if part != nil {
			return part
		}
	}
	if c.MappingFile != "" && !c.Modes.Has(AuthJWT) && !c.Modes.Has(AuthMTLS) {
		return unused("CALLERS_FILE (--callers-file)", "jwt or mtls")
	}
	return nil
}

func (c Callers) checkKeys() error {
	const keys = "API_KEYS_FILE (--api-keys-file)"
	switch is := c.Modes.Has(AuthAPIKey); {
	case is && c.KeysPath == "":
		return needed(keys, AuthAPIKey)
	case !is && c.KeysPath != "":
		return unused(keys, AuthAPIKey)
	}
	return nil
}

func (c Callers) checkTokens() error {
	options := []struct {
		name, value string
		needed      bool
	}{
		{"JWT_ISSUER (--jwt-issuer)", c.Issuer, true},
		{"JWT_AUDIENCE (--jwt-audience)", c.Audience, true},
		{"JWT_JWKS_URL (--jwt-jwks-url)", c.KeySetURL, c.KeySetFile == ""},
		{"JWT_JWKS_FILE (--jwt-jwks-file)", c.KeySetFile, false},
		{"JWT_JWKS_CA_FILE (--jwt-jwks-ca-file)", c.KeySetCA, false},
		{"JWT_JWKS_TOKEN_FILE (--jwt-jwks-token-file)", c.KeySetToken, false},
	}
	is := c.Modes.Has(AuthJWT)
	for _, o := range options {
		if is && o.needed && o.value == "" {
			return needed(o.name, AuthJWT)
		}
		if !is && o.value != "" {
			return unused(o.name, AuthJWT)
		}
	}
	if c.KeySetFile != "" && (c.KeySetURL != "" || c.KeySetCA != "" || c.KeySetToken != "") {
		return errors.New("JWT_JWKS_FILE (--jwt-jwks-file) stands in the place of JWT_JWKS_URL (--jwt-jwks-url) and what belongs to it: set one of the two")
	}
	return nil
}

func (c Callers) checkCertificates(h HTTP) error {
	const authorities = "TLS_CLIENT_CA_FILE (--tls-client-ca-file)"
	switch is := c.Modes.Has(AuthMTLS); {
	case !is && c.ClientCAFile != "":
		return unused(authorities, AuthMTLS)
	case !is:
		return nil
	case c.ClientCAFile == "":
		return needed(authorities, AuthMTLS)
	case h.CertFile == "":
		return needed("TLS_CERT_FILE (--tls-cert-file)", AuthMTLS)
	case c.MappingFile == "":
		return needed("CALLERS_FILE (--callers-file)", AuthMTLS)
	}
	return nil
}

func needed(option, mode string) error {
	return fmt.Errorf("%s is needed for %s in AUTH_MODE (--auth-mode)", option, mode)
}

func unused(option, mode string) error {
	return fmt.Errorf("%s has no effect without %s in AUTH_MODE (--auth-mode): set both or neither", option, mode)
}
