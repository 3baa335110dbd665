package config

import (
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"
)

// parse reads args and variables ("NAME=value") as the server would.
func parse(t *testing.T, args []string, variables ...string) (*Config, error) {
	t.Helper()
	env := map[string]string{}
	for _, v := range variables {
		name, value, _ := strings.Cut(v, "=")
		env[name] = value
	}
	c := &Config{}
	parser, err := NewParser(c, func(name string) (string, bool) {
		value, ok := env[name]
		return value, ok
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = parser.Parse(args)
	return c, err
}

func mustParse(t *testing.T, args []string, variables ...string) *Config {
	t.Helper()
	c, err := parse(t, args, variables...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestEveryOptionHasItsDocumentedDefault(t *testing.T) {
	t.Parallel()
	got := mustParse(t, nil)
	got.Store.given = nil
	want := Config{
		Store: Store{
			DataDir:        "./data",
			Table:          Table{TableName: "tenant-atlantis-user-sessions", Region: "us-west-2"},
			ConsistentRead: true, CoalesceReads: true, CoalesceFrom: 16, Attempts: 3, AttemptTimeout: 300 * time.Millisecond,
			CallTimeout: time.Second, IdleConns: 256, ExpiredRetention: 24 * time.Hour,
		},
		HTTP: HTTP{
			Listen:       Listen{Host: "127.0.0.1", Port: 8080},
			MaxBodyBytes: 384 << 10, RequestTimeout: 5 * time.Second,
			ShutdownDelay: time.Second, ShutdownGrace: 20 * time.Second,
		},
		Callers:  Callers{Modes: AuthNone},
		Limits:   Limits{MaxInFlight: Auto, MaxConnections: 10000},
		Sessions: Sessions{TTL: 24 * time.Hour, LimitPolicy: RejectNew, IDFormat: LabelledIDs},
		Logs:     Logs{Format: "", Level: slog.LevelInfo},
	}
	if shown(got) != shown(&want) {
		t.Errorf("got %s, want %s", shown(got), shown(&want))
	}
}

func TestAVariableSetsWhatItsFlagSets(t *testing.T) {
	t.Parallel()
	tests := []struct{ variable, value string }{
		{"SESSION_STORE", "memory"},
		{"DATA_DIR", "/srv/sessions"},
		{"DYNAMODB_TABLE_NAME", "other-table"},
		{"AWS_REGION", "eu-central-1"},
		{"DYNAMODB_CONSISTENT_READ", "false"},
		{"DYNAMODB_COALESCE_READS", "false"},
		{"DYNAMODB_COALESCE_FROM", "1"},
		{"DYNAMODB_ATTEMPTS", "1"},
		{"DYNAMODB_ATTEMPT_TIMEOUT", "50ms"},
		{"DYNAMODB_CALL_TIMEOUT", "2s"},
		{"DYNAMODB_IDLE_CONNECTIONS", "8"},
		{"EXPIRED_RETENTION", "0s"},
		{"CURSOR_KEY_FILE", "/run/secrets/cursor-key"},
		{"SESSION_ID_AT_REST", "hashed"},
		{"SESSION_ID_KEY_FILE", "/run/secrets/id-key"},
		{"SESSION_DATA_AT_REST", "required"},
		{"DATA_KEYS_FILE", "/run/secrets/data-keys.json"},
		{"HOST", "::"},
		{"PORT", "0"},
		{"TLS_CERT_FILE", "/run/tls/tls.crt"},
		{"TLS_KEY_FILE", "/run/tls/tls.key"},
		{"AUTH_MODE", "apikey,jwt"},
		{"ALLOW_UNAUTHENTICATED", "true"},
		{"API_KEYS_FILE", "/run/secrets/keys.json"},
		{"CALLERS_FILE", "/run/secrets/callers.json"},
		{"JWT_ISSUER", "https://issuer.example"},
		{"JWT_AUDIENCE", "session-api"},
		{"JWT_JWKS_URL", "https://issuer.example/keys"},
		{"JWT_JWKS_FILE", "/run/secrets/jwks.json"},
		{"JWT_JWKS_CA_FILE", "/run/secrets/ca.crt"},
		{"JWT_JWKS_TOKEN_FILE", "/run/secrets/token"},
		{"TLS_CLIENT_CA_FILE", "/run/secrets/clients.crt"},
		{"DOCS", "false"},
		{"MAX_BODY_BYTES", "1024"},
		{"REQUEST_TIMEOUT", "250ms"},
		{"REQUIRE_IF_MATCH", "true"},
		{"SHUTDOWN_DELAY", "0s"},
		{"SHUTDOWN_GRACE", "1m"},
		{"MAX_INFLIGHT", "100"},
		{"MAX_CONNECTIONS", "500"},
		{"RATE_LIMIT_RPS", "50"},
		{"RATE_LIMIT_BURST", "70"},
		{"TRUSTED_PROXIES", "10.0.0.0/8,::1"},
		{"SESSION_TTL_HOURS", "0.5"},
		{"SESSION_MAX_TTL_HOURS", "48"},
		{"SESSION_IDLE_TIMEOUT", "30m"},
		{"SESSION_TOUCH_ON_READ", "true"},
		{"SESSION_TOUCH_INTERVAL", "1m"},
		{"SESSION_MAX_PER_USER", "5"},
		{"SESSION_LIMIT_POLICY", "evict-oldest"},
		{"SESSION_ID_FORMAT", "opaque"},
		{"LOG_FORMAT", "json"},
		{"LOG_LEVEL", "debug"},
	}
	options, err := Options()
	if err != nil {
		t.Fatal(err)
	}
	if len(tests) != len(options) {
		t.Errorf("%d options are tried, but there are %d", len(tests), len(options))
	}
	for _, test := range tests {
		t.Run(test.variable, func(t *testing.T) {
			t.Parallel()
			flag := "--" + strings.ToLower(strings.ReplaceAll(test.variable, "_", "-"))
			fromEnv := mustParse(t, nil, test.variable+"="+test.value)
			fromFlag := mustParse(t, []string{flag + "=" + test.value})
			fromNext := mustParse(t, []string{flag, test.value})
			untouched := mustParse(t, nil)
			for _, c := range []*Config{fromEnv, fromFlag, fromNext, untouched} {
				c.Store.given = nil // it names the spelling, which differs
			}
			if shown(fromEnv) != shown(fromFlag) || shown(fromFlag) != shown(fromNext) {
				t.Errorf("variable %v, --flag=value %v, --flag value %v", fromEnv, fromFlag, fromNext)
			}
			if shown(fromEnv) == shown(untouched) {
				t.Error("the option has no effect")
			}
		})
	}
}

func TestAFlagWinsOverItsVariable(t *testing.T) {
	t.Parallel()
	c := mustParse(t, []string{"--port", "9000"}, "PORT=no number, and nobody looks")
	if c.HTTP.Port != 9000 {
		t.Errorf("port is %d", c.HTTP.Port)
	}
}

func TestAnEmptyVariableCountsAsUnset(t *testing.T) {
	t.Parallel()
	c := mustParse(t, nil, "PORT=", "SESSION_STORE=", "DYNAMODB_TABLE_NAME=", "SESSION_TTL_HOURS=")
	if c.HTTP.Port != 8080 || c.Sessions.TTL != 24*time.Hour {
		t.Errorf("got %+v", c)
	}
	if engine, _ := c.Store.Engine(); engine != Embedded {
		t.Errorf("engine is %s", engine)
	}
}

func TestABadValueIsNamedWithBothSpellingsAndWhatIsAllowed(t *testing.T) {
	t.Parallel()
	tests := []struct {
		args []string
		env  string
		want string
	}{
		{env: "PORT=abc", want: `PORT (--port) is "abc"; it must be a whole number from 0 to 65535`},
		{args: []string{"--port=65536"}, want: `PORT (--port) is "65536"; it must be a whole number from 0 to 65535`},
		{args: []string{"--port"}, want: `PORT (--port) has no value; it must be a whole number from 0 to 65535`},
		{args: []string{"--port="}, want: `PORT (--port) is ""; it must be a whole number from 0 to 65535`},
		{args: []string{"--port", "-1"}, want: `PORT (--port) is "-1"; it must be a whole number from 0 to 65535`},
		{args: []string{"--port", "--host", "::"}, want: `PORT (--port) is "--host"; it must be a whole number from 0 to 65535`},
		{args: []string{"--data-dir", "--port", "1"}, want: `DATA_DIR (--data-dir) is "--port"; it must be written --data-dir=--port if it begins with a hyphen`},
		{env: "SESSION_STORE=redis", want: `SESSION_STORE (--session-store) is "redis"; it must be embedded, dynamodb or memory`},
		{env: "LOG_LEVEL=INFO", want: `LOG_LEVEL (--log-level) is "INFO"; it must be debug, info, warn or error`},
		{env: "LOG_LEVEL=a\nb", want: `LOG_LEVEL (--log-level) is "a\nb"; it must be debug, info, warn or error`},
		{
			env:  "LOG_FORMAT=" + strings.Repeat("x", 1000),
			want: `LOG_FORMAT (--log-format) is "` + strings.Repeat("x", 80) + `…"; it must be text or json`,
		},
	}
	for _, test := range tests {
		t.Run(test.want, func(t *testing.T) {
			t.Parallel()
			_, err := parse(t, test.args, test.env)
			var bad *BadValue
			if !errors.As(err, &bad) || bad.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}
