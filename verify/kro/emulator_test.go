package kro

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"

	"session-api/store/dynamo/dynamotest"
)

// patience bounds every wait. Reaching it is a failure.
const patience = time.Minute

// calls are what ACK sends to AWS for the spec of a Table.
type calls struct {
	create   dynamodb.CreateTableInput
	ttl      types.TimeToLiveSpecification
	recovery types.PointInTimeRecoverySpecification
}

// callsFor splits the spec of a Table into the requests that it stands for. The
// names of the SDK's fields are those of the spec, up to the case of letters, so
// a name or a type that AWS does not know is an error.
func callsFor(spec map[string]any) (calls, error) {
	var c calls
	rest := map[string]any{}
	for name, value := range spec {
		into := any(nil)
		switch name {
		case "timeToLive":
			into = &c.ttl
		case "continuousBackups":
			into = &c.recovery
		default:
			rest[name] = value
			continue
		}
		if err := recode(value, into); err != nil {
			return c, err
		}
	}
	return c, recode(rest, &c.create)
}

func recode(value, into any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	return d.Decode(into)
}

// TestTheKindTableIsTheAPIOfDynamoDB holds the schema that the definition is built
// against to the SDK, since a mistake there would hide one in the definition.
func TestTheKindTableIsTheAPIOfDynamoDB(t *testing.T) {
	t.Parallel()
	spec := tableCRD(t).Spec.Versions[0].Schema.OpenAPIV3Schema.Properties["spec"]
	if _, err := callsFor(specimen(&spec).(map[string]any)); err != nil {
		t.Error(err)
	}
	var s types.TableDescription // the status has its names from there
	status := specimen(&spec).(map[string]any)
	status = map[string]any{"tableStatus": "ACTIVE", "itemCount": 1, "tableID": status["tableName"]}
	if err := recode(status, &s); err != nil {
		t.Error(err)
	}
}

// specimen returns a value of the schema's type in which every field is set.
func specimen(p *extv1.JSONSchemaProps) any {
	switch p.Type {
	case "object":
		o := map[string]any{}
		for name, field := range p.Properties {
			o[name] = specimen(&field)
		}
		return o
	case "array":
		return []any{specimen(p.Items.Schema)}
	case "boolean":
		return true
	case "integer":
		return 1
	}
	return "text"
}

// program builds session-api as it is, once for all tests.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "verify-kro-")
	if err != nil {
		return "", err
	}
	binary := filepath.Join(dir, "session-api")
	cmd := exec.Command("go", "build", "-o", binary, "./cmd/session-api")
	cmd.Dir = top
	cmd.Stderr = os.Stderr
	return binary, cmd.Run()
})

func TestMain(m *testing.M) {
	code := m.Run()
	if binary, err := program(); err == nil {
		_ = os.RemoveAll(filepath.Dir(binary))
	}
	os.Exit(code)
}

// run returns session-api with args and, of the environment, variables only.
func run(t *testing.T, variables []string, args ...string) *exec.Cmd {
	t.Helper()
	binary, err := program()
	if err != nil {
		t.Fatalf("the program does not build: %v", err)
	}
	cmd := exec.CommandContext(t.Context(), binary, args...)
	cmd.Env = variables
	cmd.Dir = t.TempDir()
	return cmd
}

// create sends to a DynamoDB server what ACK sends to AWS for table, and returns
// the variables by which the program finds it.
func create(t *testing.T, table map[string]any) []string {
	t.Helper()
	if os.Getenv(dynamotest.EndpointVariable) != "" {
		t.Skip("the table's name is fixed, so it needs a server of its own")
	}
	endpoint := dynamotest.Start(t, dynamotest.Dynoxide)
	access := []string{"AWS_ENDPOINT_URL_DYNAMODB=" + endpoint, "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test"}
	api := dynamodb.New(dynamodb.Options{
		Region: "us-west-2", BaseEndpoint: &endpoint,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
		}),
	})
	c, err := callsFor(table["spec"].(map[string]any))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := api.CreateTable(t.Context(), &c.create); err != nil {
		t.Fatal(err)
	}
	waiter := dynamodb.NewTableExistsWaiter(api, func(o *dynamodb.TableExistsWaiterOptions) { o.MinDelay = 10 * time.Millisecond })
	if err := waiter.Wait(t.Context(), &dynamodb.DescribeTableInput{TableName: c.create.TableName}, patience); err != nil {
		t.Fatal(err)
	}
	if _, err := api.UpdateTimeToLive(t.Context(), &dynamodb.UpdateTimeToLiveInput{
		TableName: c.create.TableName, TimeToLiveSpecification: &c.ttl,
	}); err != nil {
		t.Fatal(err)
	}
	return access
}

func TestTheTableOfTheDefinitionIsAsTheProgramWantsIt(t *testing.T) {
	t.Parallel()
	g := mustBuild(t)
	table, err := tableOf(g, stored(t, g, example(t)))
	if err != nil {
		t.Fatal(err)
	}
	access := create(t, table)
	name := "DYNAMODB_TABLE_NAME=" + table["spec"].(map[string]any)["tableName"].(string)
	out, err := run(t, append(access, name), "table", "check").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "All is well.") {
		t.Errorf("session-api table check: %v\n%s", err, out)
	}
	if strings.Contains(string(out), "WRONG") || !strings.Contains(string(out), "userId-index, ACTIVE") {
		t.Errorf("it says\n%s", out)
	}
}

// TestTheDeploymentsEnvironmentServes starts the program with exactly the
// variables of the Deployment, on the table of the manifests, asks what the
// probes ask, and ends it as Kubernetes does.
func TestTheDeploymentsEnvironmentServes(t *testing.T) {
	t.Parallel()
	table := object(t, "deploy/kubernetes/table/table.yaml")
	c := container(t, deployment(t, kustomize(t, "deploy/kubernetes/base"), "session-api"))
	variables := create(t, table)
	key := filepath.Join(t.TempDir(), "cursor-key")
	if err := os.WriteFile(key, []byte(strings.Repeat("0f", 32)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, v := range c.Env {
		switch v.Name {
		case "PORT", "HOST": // a free port of the loopback address here
		case "CURSOR_KEY_FILE":
			variables = append(variables, v.Name+"="+key)
		case "SHUTDOWN_DELAY": // there is no load balancer to wait for
			variables = append(variables, v.Name+"=0s")
		default:
			variables = append(variables, v.Name+"="+v.Value)
		}
	}
	cmd := run(t, append(variables, "PORT=0"))
	log, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := json.NewDecoder(log)
	addr := ""
	for addr == "" {
		var line struct{ Msg, Addr, Engine, Place string }
		if err := lines.Decode(&line); err != nil {
			t.Fatalf("it ended before it listened: %v", err)
		}
		if line.Msg == "session store" && (line.Engine != "dynamodb" || line.Place != "tenant-atlantis-user-sessions in us-west-2") {
			t.Errorf("it serves %s from %s", line.Engine, line.Place)
		}
		addr = line.Addr
	}
	for _, path := range []string{c.LivenessProbe.HTTPGet.Path, c.ReadinessProbe.HTTPGet.Path} {
		answer, err := http.Get("http://" + addr + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			t.Errorf("%s answers %s", path, answer.Status)
		}
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for { // Wait closes the pipe, so what is in it is read first
		var line any
		if lines.Decode(&line) != nil {
			break
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("after SIGTERM it ends with %v", err)
	}
}

// TestAFaultyTableIsFoundByTheProgram shows that the check above can fail.
func TestAFaultyTableIsFoundByTheProgram(t *testing.T) {
	t.Parallel()
	table := object(t, "deploy/kubernetes/table/table.yaml")
	spec := table["spec"].(map[string]any)
	spec["timeToLive"] = map[string]any{"attributeName": "expires", "enabled": true}
	access := create(t, table)
	out, err := run(t, slices.Concat(access, []string{"DYNAMODB_TABLE_NAME=" + spec["tableName"].(string)}), "table", "check").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "WRONG") {
		t.Errorf("a table with TTL on another attribute passes:\n%s", out)
	}
}
