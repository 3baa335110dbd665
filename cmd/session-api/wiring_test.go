package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"session-api"
	"session-api/internal/config"
	"session-api/store/dynamo"
)

func TestEveryEngineThatCanBeChosenIsWired(t *testing.T) {
	t.Parallel()
	options, err := config.Options()
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range options {
		if o.Env != "SESSION_STORE" {
			continue
		}
		names := strings.Fields(strings.NewReplacer(",", "", " or ", " ").Replace(o.Allowed))
		for _, name := range names {
			if e := engines[config.Engine(name)]; e.open == nil || e.place == nil || e.inFlight == nil {
				t.Errorf("%s is not in engines", name)
			}
		}
		if len(names) != len(engines) {
			t.Errorf("there are %d engines, and %v can be chosen", len(engines), names)
		}
	}
}

func TestTwoMemoryEnginesSealCursorsDifferently(t *testing.T) {
	t.Parallel()
	first, err1 := openMemory(nil, nil)
	second, err2 := openMemory(nil, nil)
	if err := errors.Join(err1, err2); err != nil || bytes.Equal(first.cursorKey, second.cursorKey) {
		t.Errorf("%v; the keys are alike or missing", err)
	}
}

func TestTheEmbeddedEngineMakesTheIDs(t *testing.T) {
	t.Parallel()
	e, err := openEmbedded(parsed(t, "--data-dir="+t.TempDir()), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = e.Close() }()
	if e.newIDs == nil {
		t.Error("it would look up every id, which is the dearest part of a create")
	}
}

func TestEveryOptionOfDynamoDBReachesTheEngine(t *testing.T) {
	t.Parallel()
	log := slog.New(slog.DiscardHandler)
	got := dynamoOptions(parsed(t, "--dynamodb-table-name=tab", "--aws-region=eu-central-1", "--dynamodb-attempts=7",
		"--dynamodb-coalesce-from=14", "--dynamodb-attempt-timeout=11ms", "--dynamodb-call-timeout=12ms", "--dynamodb-idle-connections=13"), log)
	want := dynamo.Options{
		Table: "tab", Region: "eu-central-1", ConsistentRead: true, CoalesceReads: true, CoalesceFrom: 14, Attempts: 7,
		AttemptTimeout: 11 * time.Millisecond, CallTimeout: 12 * time.Millisecond, IdleConns: 13, Logger: log,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if dynamoOptions(parsed(t, "--dynamodb-consistent-read=false"), log).ConsistentRead {
		t.Error("reads are consistent though they shall not be")
	}
	if dynamoOptions(parsed(t, "--dynamodb-coalesce-reads=false"), log).CoalesceReads {
		t.Error("reads share calls though they shall not")
	}
}

// parsed returns the options of the store that args give, without an environment.
func parsed(t *testing.T, args ...string) *config.Store {
	t.Helper()
	return &parsedConfig(t, args...).Store
}

func TestIDsHaveTheFormThatIsAskedFor(t *testing.T) {
	t.Parallel()
	for form, labelled := range map[config.IDFormat]bool{config.LabelledIDs: true, config.OpaqueIDs: false} {
		e, err := openMemory(nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		service, err := newService(e, config.Sessions{TTL: time.Hour, IDFormat: form}, nil)
		if err != nil {
			t.Fatal(err)
		}
		made, err := service.Create(context.Background(), session.New{UserID: "ada", Data: []byte("1")})
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(made.ID, "ada") != labelled {
			t.Errorf("the id of a %s session is %s", form, made.ID)
		}
		if life := made.ExpiresAt.Sub(made.CreatedAt); life > time.Hour || life <= time.Hour-time.Second {
			t.Errorf("a session lives %v", life)
		}
	}
}

func TestLogLinesHaveTheFormAndLevelThatAreAskedFor(t *testing.T) {
	t.Parallel()
	tests := []struct {
		logs config.Logs
		want string
	}{
		{config.Logs{Format: config.TextLogs}, "level=WARN"},
		{config.Logs{Format: config.JSONLogs}, `"level":"WARN"`},
		{config.Logs{}, `"level":"WARN"`}, // a buffer is no terminal
		{config.Logs{Level: slog.LevelError}, ""},
	}
	for _, test := range tests {
		var out bytes.Buffer
		newLogger(test.logs, &out).Warn("a line")
		if got := out.String(); !strings.Contains(got, test.want) || test.want == "" && got != "" {
			t.Errorf("%+v logs %s", test.logs, got)
		}
	}
}

func TestTheHealthcheckCallsAnAddressThatCanBeCalled(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]string{
		"0.0.0.0": "127.0.0.1:80", "::": "[::1]:80", "127.0.0.1": "127.0.0.1:80", "::1": "[::1]:80", "localhost": "localhost:80",
	} {
		if got := reachable(config.Listen{Host: host, Port: 80}); got != want {
			t.Errorf("%s is called at %s, want %s", host, got, want)
		}
	}
}

func TestTheHealthcheckRefusesAnyAnswerButOK(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	t.Cleanup(server.Close)
	at, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(at.Port())
	if err != nil {
		t.Fatal(err)
	}
	if err := healthcheck(config.Listen{Host: at.Hostname(), Port: port}); err == nil || !strings.Contains(err.Error(), "503") {
		t.Errorf("got %v", err)
	}
}

func TestTheCommitOfABuildIsShownIfItHasOne(t *testing.T) {
	t.Parallel()
	commit := debug.BuildSetting{Key: "vcs.revision", Value: "abc"}
	dirty := debug.BuildSetting{Key: "vcs.modified", Value: "true"}
	clean := debug.BuildSetting{Key: "vcs.modified", Value: "false"}
	for want, settings := range map[string][]debug.BuildSetting{
		"": {dirty}, "abc": {commit, clean}, "abc+dirty": {dirty, commit},
	} {
		if got := vcsRevision(settings); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
