package main

import (
	"context"
	"crypto/rand"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"session-api/store/dynamo/dynamotest"
)

// cloud is a DynamoDB server and the name of a table on it, which is not there
// until a test or the program makes it.
type cloud struct {
	t     *testing.T
	api   *dynamodb.Client
	table string
	// access are the variables by which the program finds the server.
	access []string
}

// newCloud returns the server of the environment and a table name of its own.
func newCloud(t *testing.T) *cloud {
	t.Helper()
	endpoint, _ := dynamotest.Shared(t)
	return cloudAt(t, endpoint)
}

func cloudAt(t *testing.T, endpoint string) *cloud {
	t.Helper()
	c := &cloud{t: t, table: "sessions-" + strings.ToLower(rand.Text()), access: []string{"AWS_ENDPOINT_URL_DYNAMODB=" + endpoint}}
	load := []func(*config.LoadOptions) error{config.WithBaseEndpoint(endpoint), config.WithRegion("us-west-2")}
	if os.Getenv(dynamotest.EndpointVariable) != "" { // it may want real credentials
		c.access = append(c.access, credentialsOfTheEnvironment()...)
	} else {
		c.access = append(c.access, "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test")
		load = append(load, config.WithCredentialsProvider(aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
		})))
	}
	settings, err := config.LoadDefaultConfig(t.Context(), load...)
	if err != nil {
		t.Fatal(err)
	}
	c.api = dynamodb.NewFromConfig(settings)
	t.Cleanup(c.drop)
	return c
}

// credentialsOfTheEnvironment are the variables that lead to credentials.
func credentialsOfTheEnvironment() []string {
	return slices.DeleteFunc(os.Environ(), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return name != "HOME" && (!strings.HasPrefix(name, "AWS_") || name == "AWS_REGION" || name == "AWS_ENDPOINT_URL_DYNAMODB")
	})
}

// drop deletes the table if it is there.
func (c *cloud) drop() {
	_, _ = c.api.DeleteTable(context.WithoutCancel(c.t.Context()), &dynamodb.DeleteTableInput{TableName: &c.table})
}

// run runs the program with args, which name a command, on the table.
func (c *cloud) run(args ...string) *program {
	c.t.Helper()
	return launch(c.t, args, append(c.access, "DYNAMODB_TABLE_NAME="+c.table)...)
}

// succeed runs the program as run does, to an end without a fault.
func (c *cloud) succeed(args ...string) *program {
	c.t.Helper()
	p := c.run(args...)
	if code := p.exitCode(); code != exitOK || p.stderr.String() != "" {
		c.t.Fatalf("%v: exit code %d: %s", args, code, p.stderr)
	}
	return p
}

// serve starts a server on the table. Its calls have times that a slow machine
// keeps too.
func (c *cloud) serve(variables ...string) *server {
	c.t.Helper()
	return serveOn(c.t, c.t.TempDir(), slices.Concat(c.access, []string{
		"DYNAMODB_TABLE_NAME=" + c.table, "DYNAMODB_ATTEMPT_TIMEOUT=20s", "DYNAMODB_CALL_TIMEOUT=1m", "REQUEST_TIMEOUT=1m",
	}, variables)...)
}

// makeTable makes the table at once, where how it is made is not the point; the
// command looks every two seconds. Without the index it is as the service before
// this one had it.
func (c *cloud) makeTable(indexed bool) {
	c.t.Helper()
	text := func(name string) types.AttributeDefinition {
		return types.AttributeDefinition{AttributeName: &name, AttributeType: types.ScalarAttributeTypeS}
	}
	in := &dynamodb.CreateTableInput{
		TableName: &c.table, BillingMode: types.BillingModePayPerRequest,
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: types.KeyTypeHash}},
		AttributeDefinitions: []types.AttributeDefinition{text("id")},
	}
	if indexed {
		in.AttributeDefinitions = append(in.AttributeDefinitions, text("userId"), text("createdAt"))
		in.GlobalSecondaryIndexes = []types.GlobalSecondaryIndex{{
			IndexName: aws.String("userId-index"), Projection: &types.Projection{ProjectionType: types.ProjectionTypeKeysOnly},
			KeySchema: []types.KeySchemaElement{
				{AttributeName: aws.String("userId"), KeyType: types.KeyTypeHash},
				{AttributeName: aws.String("createdAt"), KeyType: types.KeyTypeRange},
			},
		}}
	}
	if _, err := c.api.CreateTable(c.t.Context(), in); err != nil {
		c.t.Fatal(err)
	}
	waiter := dynamodb.NewTableExistsWaiter(c.api, func(o *dynamodb.TableExistsWaiterOptions) { o.MinDelay = 10 * time.Millisecond })
	if err := waiter.Wait(c.t.Context(), &dynamodb.DescribeTableInput{TableName: &c.table}, patience); err != nil {
		c.t.Fatal(err)
	}
}

// readiness is what /ready says.
type readiness struct {
	Status      string   `json:"status"`
	Table       string   `json:"table"`
	TableStatus string   `json:"table_status"`
	Warnings    []string `json:"warnings"`
	Error       string   `json:"error"`
}

func TestATableIsMadeCheckedAndServed(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	before := c.run("table", "check")
	if code := before.exitCode(); code != exitFailed {
		t.Errorf("a check of no table has exit code %d", code)
	}
	before.wantSentence(c.table, "wrong")
	if said := before.stdout.String(); !strings.Contains(said, "session-api table create --dynamodb-table-name "+c.table) {
		t.Errorf("a check of no table does not say how it is made:\n%s", said)
	}

	c.succeed("table", "create", "--tag", "team=identity")
	if said := c.succeed("table", "check").stdout.String(); !strings.Contains(said, "All is well.") {
		t.Errorf("the table that was made is not as it should be:\n%s", said)
	}
	report := c.succeed("table", "check", "--json").stdout.String()
	if r := decode[struct{ OK bool }](t, answer{body: []byte(report)}); !r.OK {
		t.Errorf("for programs the table that was made is %s", report)
	}
	again := c.run("table", "create")
	if code := again.exitCode(); code != exitFailed {
		t.Errorf("a table that is there is made with exit code %d", code)
	}
	again.wantSentence(c.table, "exists")

	s := c.serve()
	first, _, _ := strings.Cut(s.stdout.String(), "\n")
	line := findLine(first+"\n", "session store")
	if line["engine"] != "dynamodb" || line["place"] != c.table+" in us-west-2" || line["why"] != "DYNAMODB_TABLE_NAME is set" {
		t.Errorf("the first line is %s", first)
	}
	ready := decode[readiness](t, s.call(200, "GET", "/ready", ""))
	if ready.Table != c.table || ready.TableStatus != "ACTIVE" || ready.Warnings != nil {
		t.Errorf("ready is %+v", ready)
	}
	liveOn(t, fleetOf(s))
	listOn(t, fleetOf(s))
}

func TestAServerWithoutItsTableWaitsForIt(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	s := c.serve()
	s.call(200, "GET", "/health", "")
	notReady := s.call(503, "GET", "/ready", "")
	if r := decode[readiness](t, notReady); r.Status != "not_ready" || !strings.Contains(r.Error, "session-api table create") {
		t.Errorf("/ready answers %s", notReady.body)
	}
	for _, call := range []struct{ method, path, body string }{
		{"POST", "/sessions", createBody("ada", "1")}, {"GET", path("session-ada-NONE"), ""},
		{"PUT", path("session-ada-NONE"), `{"data":1}`}, {"DELETE", path("session-ada-NONE"), ""},
		{"GET", "/sessions", ""}, {"GET", userPath("ada"), ""},
	} {
		a := s.call(503, call.method, call.path, call.body)
		if code := decode[struct{ Code string }](t, a).Code; code != "store_unavailable" || a.header.Get("Retry-After") == "" {
			t.Errorf("%s %s answers %q, Retry-After %q", call.method, call.path, code, a.header.Get("Retry-After"))
		}
	}
	if !strings.Contains(s.stdout.String(), `session-api table create`) {
		t.Error("the log does not say what to do")
	}

	c.succeed("table", "create")
	eventually(t, "the server is ready", func() bool {
		a, err := s.try("GET", "/ready", "")
		return err == nil && a.status == 200
	})
	liveOn(t, fleetOf(s))
}

func TestAServerStartsWhileNobodyAnswersForItsTable(t *testing.T) {
	t.Parallel()
	c := &cloud{t: t, table: "sessions", access: []string{
		// Nobody listens on this port of the loopback address (IANA: tcpmux).
		"AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:1", "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test",
	}}
	s := c.serve()
	s.call(200, "GET", "/health", "")
	s.call(503, "GET", "/ready", "")
	s.call(503, "GET", path("session-ada-NONE"), "")
}

func TestAnOlderTableIsServedAndUpgradedMeanwhile(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.makeTable(false)
	s := c.serve()
	ready := decode[readiness](t, s.call(200, "GET", "/ready", ""))
	if len(ready.Warnings) != 1 || !strings.Contains(ready.Warnings[0], "userId-index") {
		t.Errorf("ready warns of %q", ready.Warnings)
	}
	if log := s.stdout.String(); !strings.Contains(log, `"level":"WARN"`) || !strings.Contains(log, "session-api table upgrade") {
		t.Errorf("the log does not say what to do: %s", log)
	}
	liveOn(t, fleetOf(s))
	listOn(t, fleetOf(s))

	if said := c.succeed("table", "upgrade", "--dry-run").stdout.String(); !strings.Contains(said, "Would add the index") {
		t.Errorf("a dry run says %s", said)
	}
	if code := c.run("table", "check").exitCode(); code != exitFailed {
		t.Error("a dry run upgraded the table")
	}
	c.succeed("table", "upgrade", "--scan-rows=-1")
	eventually(t, "nothing is left to warn of", func() bool {
		return decode[readiness](t, s.call(200, "GET", "/ready", "")).Warnings == nil
	})
	c.succeed("table", "check")
	if got := s.all(userPath("ada"), "3"); len(got) != 7 {
		t.Errorf("through the index ada has %d sessions, want 7", len(got))
	}
}

func TestASignalEndsATableCommand(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{}, 1)
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then net/http sees the client go
		asked <- struct{}{}
		<-r.Context().Done()
	}))
	t.Cleanup(silent.Close)
	for _, command := range []string{"create", "check", "upgrade"} {
		c := &cloud{t: t, table: "sessions", access: []string{
			"AWS_ENDPOINT_URL_DYNAMODB=" + silent.URL, "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test",
		}}
		p := c.run("table", command)
		await(t, "the server is asked", asked)
		p.signal(os.Interrupt)
		if code := p.exitCode(); code != exitFailed {
			t.Errorf("%s ends with exit code %d", command, code)
		}
		p.wantSentence("interrupted")
	}
}
