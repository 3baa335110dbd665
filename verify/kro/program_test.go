package kro

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"session-api/store/dynamo/dynamotest"
)

// patience bounds every wait. Reaching it is a failure.
const patience = time.Minute

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
	// One of its own, whatever the environment names: the table's name is fixed.
	server, err := dynamotest.Launch(t.Context(), dynamotest.Dynoxide)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Stop)
	endpoint := server.Endpoint
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
