package main

import (
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// wantSentence checks that standard error is one sentence which contains parts.
func (p *program) wantSentence(parts ...string) {
	p.t.Helper()
	said := p.stderr.String()
	if strings.Count(said, "\n") != 1 || !strings.HasPrefix(said, "session-api: ") {
		p.t.Errorf("standard error is not one sentence: %q", said)
	}
	for _, part := range parts {
		if !strings.Contains(said, part) {
			p.t.Errorf("standard error lacks %q: %q", part, said)
		}
	}
}

func TestABadStartEndsWithItsCodeAndOneSentence(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = taken.Close() })
	_, port, _ := net.SplitHostPort(taken.Addr().String())

	tests := []struct {
		name     string
		args     []string
		env      []string
		code     int
		sentence []string
	}{
		{
			name: "a bad variable", env: []string{"SESSION_TTL_HOURS=NaN"}, code: exitUsage,
			sentence: []string{"SESSION_TTL_HOURS (--session-ttl-hours)", `"NaN"`, "from 1s to 876000h"},
		},
		{
			name: "options that do not go together", env: []string{"SESSION_IDLE_TIMEOUT=1m", "SESSION_TOUCH_INTERVAL=45s"}, code: exitUsage,
			sentence: []string{"SESSION_TOUCH_INTERVAL", "45s", "SESSION_IDLE_TIMEOUT", "1m0s"},
		},
		{
			name: "a bad flag", args: []string{"serve", "--log-level=loud"}, code: exitUsage,
			sentence: []string{"LOG_LEVEL (--log-level)", `"loud"`, "debug, info, warn or error"},
		},
		{name: "an unknown flag", args: []string{"--prot", "1"}, code: exitUsage, sentence: []string{"--prot", "--help"}},
		{name: "an unknown command", args: []string{"srve"}, code: exitUsage, sentence: []string{"srve", "--help"}},
		{name: "a table command that is not there", args: []string{"table", "drop"}, code: exitUsage, sentence: []string{"drop", "--help"}},
		{name: "no table command", args: []string{"table"}, code: exitUsage, sentence: []string{"create", "check", "upgrade", "--help"}},
		{
			name: "a bad flag of a table command", args: []string{"table", "upgrade", "--scan-rows=some"}, code: exitUsage,
			sentence: []string{": --scan-rows is", `"some"`, "from -1 to"},
		},
		{
			name: "a tag twice", args: []string{"table", "create", "--tag", "team=a", "--tag", "team=b"}, code: exitUsage,
			sentence: []string{"--tag", `"team"`},
		},
		{
			name: "a bad region of a table command", args: []string{"table", "check"}, env: []string{"AWS_REGION=US WEST"}, code: exitUsage,
			sentence: []string{"AWS_REGION (--aws-region)", `"US WEST"`},
		},
		{
			name: "an AWS profile that is not there", env: []string{"DYNAMODB_TABLE_NAME=sessions", "AWS_PROFILE=nobody"}, code: exitUsage,
			sentence: []string{"AWS", "profile", "nobody"},
		},
		{
			name: "a cursor key that is none", env: []string{"CURSOR_KEY_FILE=" + file}, code: exitUsage,
			sentence: []string{"CURSOR_KEY_FILE (--cursor-key-file)", file, "64 hexadecimal digits"},
		},
		{
			name: "a cursor key that is not there", args: []string{"--cursor-key-file", file + ".none"}, code: exitUsage,
			sentence: []string{"CURSOR_KEY_FILE (--cursor-key-file)", file + ".none", "no such file"},
		},
		{
			name: "an address that others reach, for everybody", env: []string{"HOST=0.0.0.0"}, code: exitUsage,
			sentence: []string{"HOST (--host) is 0.0.0.0", "AUTH_MODE", "docs/security.md", "ALLOW_UNAUTHENTICATED=true"},
		},
		{
			name: "callers on DynamoDB without a key of cursors", code: exitUsage,
			env:      []string{"AUTH_MODE=apikey", "API_KEYS_FILE=" + file, "DYNAMODB_TABLE_NAME=sessions"},
			sentence: []string{"CURSOR_KEY_FILE (--cursor-key-file)", "openssl rand -hex 32"},
		},
		{
			name: "keys without their file", env: []string{"AUTH_MODE=apikey"}, code: exitUsage,
			sentence: []string{"API_KEYS_FILE (--api-keys-file) is needed"},
		},
		{
			name: "a keys file that is none", env: []string{"AUTH_MODE=apikey", "API_KEYS_FILE=" + file}, code: exitUsage,
			sentence: []string{"API_KEYS_FILE (--api-keys-file)", "is not well-formed JSON"},
		},
		{
			name: "a callers file that is none", code: exitUsage,
			env:      []string{"AUTH_MODE=jwt", "JWT_ISSUER=i", "JWT_AUDIENCE=a", "JWT_JWKS_URL=https://127.0.0.1:1/", "CALLERS_FILE=" + file},
			sentence: []string{"CALLERS_FILE (--callers-file)", "is not well-formed JSON"},
		},
		{
			name: "a key set that is none", code: exitUsage,
			env:      []string{"AUTH_MODE=jwt", "JWT_ISSUER=i", "JWT_AUDIENCE=a", "JWT_JWKS_FILE=" + file},
			sentence: []string{"JWT_JWKS_FILE (--jwt-jwks-file)", "the key set"},
		},
		{
			name: "a certificate that is none", env: []string{"TLS_CERT_FILE=" + file, "TLS_KEY_FILE=" + file}, code: exitUsage,
			sentence: []string{"TLS_CERT_FILE (--tls-cert-file) and TLS_KEY_FILE (--tls-key-file)", "no pair of certificate and key"},
		},
		{name: "no command about keys", args: []string{"keys"}, code: exitUsage, sentence: []string{"new", "--help"}},
		{name: "a key without a name", args: []string{"keys", "new", "--scopes=sessions:read"}, code: exitUsage, sentence: []string{"--id"}},
		{
			name: "a key with half a rate", args: []string{"keys", "new", "--id=a", "--scopes=sessions:read", "--rate-rps=1"}, code: exitUsage,
			sentence: []string{"--rate-rps and --rate-burst"},
		},
		{
			name: "a data directory that is a file", env: []string{"DATA_DIR=" + file}, code: exitFailed,
			sentence: []string{"DATA_DIR (--data-dir)", file},
		},
		{
			name: "a port that is taken", env: []string{"SESSION_STORE=memory", "PORT=" + port}, code: exitFailed,
			sentence: []string{" 127.0.0.1:" + port + ", which HOST (--host) and PORT (--port) name: bind: ", "in use"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := launch(t, test.args, test.env...)
			if code := p.exitCode(); code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
			p.wantSentence(test.sentence...)
		})
	}
}

func TestASecondProcessOnTheSameDirectoryIsTurnedAway(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := serveOn(t, dir)
	session := first.create("ada", "1")
	second := launch(t, nil, "PORT=0", "DATA_DIR="+dir)
	if code := second.exitCode(); code != exitFailed {
		t.Errorf("exit code %d", code)
	}
	second.wantSentence("DATA_DIR (--data-dir)", dir, "process")
	first.get(session.SessionID)
}

func TestTheFirstLogLineNamesTheEngineItsPlaceAndWhy(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	tests := []struct {
		env                []string
		engine, place, why string
	}{
		{nil, "embedded", dir, "SESSION_STORE and DYNAMODB_TABLE_NAME are not set"},
		{[]string{"SESSION_STORE=memory"}, "memory", "this process, until it ends", "SESSION_STORE is set"},
	}
	for _, test := range tests {
		s := serveOn(t, dir, test.env...)
		first, _, _ := strings.Cut(s.stdout.String(), "\n")
		line := findLine(first+"\n", "session store")
		if line["engine"] != test.engine || line["place"] != test.place || line["why"] != test.why {
			t.Errorf("the first line is %s", first)
		}
		_ = s.cmd.Process.Kill()
		s.exitCode()
	}
}

func TestWithoutOptionsItServesFromADirectoryBesideIt(t *testing.T) {
	t.Parallel()
	p := launch(t, nil, "PORT=0")
	p.logLine("listening")
	if entries, err := os.ReadDir(filepath.Join(p.cmd.Dir, "data")); err != nil || len(entries) == 0 {
		t.Errorf("./data: %d entries, %v", len(entries), err)
	}
}

func TestHelpAndVersionNeedNoGoodEnvironment(t *testing.T) {
	t.Parallel()
	tests := []struct {
		args []string
		want []string
	}{
		{[]string{"--help"}, []string{"curl ", "healthcheck", "--session-ttl-hours", "SESSION_TTL_HOURS", "  table "}},
		{[]string{"serve", "-h"}, []string{"--session-ttl-hours"}},
		{[]string{"healthcheck", "--help"}, []string{"Usage: session-api healthcheck", "--port"}},
		{[]string{"table", "--help"}, []string{"Usage: session-api table COMMAND", "  create  ", "  check  ", "  upgrade  "}},
		{[]string{"table", "create", "--help"}, []string{
			"Usage: session-api table create\n", "AWS_REGION", "\n  --deletion-protection\n", "\n  --point-in-time-recovery\n", "\n  --tag\n",
		}},
		{[]string{"table", "check", "-h"}, []string{"DYNAMODB_TABLE_NAME", "\n  --json\n"}},
		{[]string{"table", "upgrade", "-h"}, []string{"\n  --dry-run\n", "Default: 100000.", "\n  --accept-misfits\n"}},
		{[]string{"keys", "--help"}, []string{"Usage: session-api keys COMMAND", "  new  "}},
		{[]string{"keys", "new", "-h"}, []string{"API_KEYS_FILE", "\n  --scopes\n", "It must be given."}},
		{[]string{"version"}, []string{builtVersion, builtCommit, runtime.Version()}},
	}
	for _, test := range tests {
		p := launch(t, test.args, "PORT=none", "LOG_LEVEL=none")
		if code := p.exitCode(); code != exitOK || p.stderr.String() != "" {
			t.Errorf("%v: exit code %d, %s", test.args, code, p.stderr)
		}
		said := p.stdout.String()
		for _, part := range test.want {
			if !strings.Contains(said, part) {
				t.Errorf("%v does not say %q:\n%s", test.args, part, said)
			}
		}
		for line := range strings.Lines(said) {
			if len(strings.TrimSuffix(line, "\n")) > 80 {
				t.Errorf("%v is wider than 80 columns: %s", test.args, line)
			}
		}
	}
}

func TestTheHealthcheckTellsAHealthyServerFromNone(t *testing.T) {
	t.Parallel()
	s := serveOn(t, t.TempDir(), "SESSION_STORE=memory", "HOST=0.0.0.0", "ALLOW_UNAUTHENTICATED=true", "SHUTDOWN_DELAY=0s")
	_, port, _ := net.SplitHostPort(s.addr)
	probe := []string{"HOST=0.0.0.0", "PORT=" + port}
	if healthy := launch(t, []string{"healthcheck"}, probe...); healthy.exitCode() != exitOK {
		t.Errorf("exit code %d for a healthy server: %s", healthy.exitCode(), healthy.stderr)
	}
	s.signal(os.Interrupt)
	s.exitCode()
	gone := launch(t, []string{"healthcheck"}, probe...)
	if code := gone.exitCode(); code != exitFailed {
		t.Errorf("exit code %d for no server", code)
	}
	gone.wantSentence("not healthy")
}
