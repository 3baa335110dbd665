package table

import (
	"bytes"
	"context"
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"session-api/store/dynamo/dynamotest"
)

// server is a table's place on a real server.
type server struct {
	*dynamodb.Client
	*Admin
	told bytes.Buffer
}

// onServer returns an Admin of a table that is not there yet on the server that
// the environment chooses.
func onServer(t *testing.T) *server {
	t.Helper()
	return serverAt(t, dynamotest.Shared)
}

func serverAt(t *testing.T, find func(testing.TB) (string, dynamotest.Server)) *server {
	t.Helper()
	endpoint, kind := find(t)
	load := []func(*config.LoadOptions) error{config.WithRegion("us-west-2"), config.WithBaseEndpoint(endpoint)}
	if kind != dynamotest.External {
		load = append(load, config.WithCredentialsProvider(aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
		})))
	}
	cfg, err := config.LoadDefaultConfig(t.Context(), load...)
	if err != nil {
		t.Fatal(err)
	}
	s := &server{Client: dynamodb.NewFromConfig(cfg)}
	o := Options{Table: "table-" + strings.ToLower(rand.Text()), Region: cfg.Region, Progress: &s.told}
	if kind != dynamotest.External {
		// What such a server does takes milliseconds, if any time at all.
		o.Sleep = func(ctx context.Context, _ time.Duration) error { return sleep(ctx, 10*time.Millisecond) }
	}
	s.Admin = New(s.Client, o)
	t.Cleanup(func() { s.drop(context.WithoutCancel(t.Context())) })
	return s
}

// drop removes the table, protected or not, if it is there.
func (s *server) drop(ctx context.Context) {
	_, _ = s.Client.UpdateTable(ctx, &dynamodb.UpdateTableInput{TableName: &s.Table, DeletionProtectionEnabled: aws.Bool(false)})
	_, _ = s.Client.DeleteTable(ctx, &dynamodb.DeleteTableInput{TableName: &s.Table})
}

// older makes the table as the service before this one made it.
func (s *server) older(t *testing.T) {
	t.Helper()
	_, err := s.Client.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: &s.Table, BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: definitions(attrID), KeySchema: []types.KeySchemaElement{key(attrID, types.KeyTypeHash)},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.awaitTable(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (s *server) put(ctx context.Context, r row) error {
	_, err := s.PutItem(ctx, &dynamodb.PutItemInput{TableName: &s.Table, Item: r})
	return err
}

// check returns the report and its findings of a level, by name.
func (s *server) check(t *testing.T, level Level) (Report, string) {
	t.Helper()
	r, err := s.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range r.Findings {
		if f.Level == level {
			names = append(names, f.Property)
		}
	}
	return r, strings.Join(names, ", ")
}

// listed returns how many rows the index has for a user.
func (s *server) listed(t *testing.T, userID string) int {
	t.Helper()
	n := 0
	pages := dynamodb.NewQueryPaginator(s.Client, &dynamodb.QueryInput{
		TableName: &s.Table, IndexName: aws.String(indexName), KeyConditionExpression: aws.String("userId = :u"),
		ExpressionAttributeValues: row{":u": text(userID)},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		n += len(page.Items)
	}
	return n
}
