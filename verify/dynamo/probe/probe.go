package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// probe is what a check works with. It is the context of the one check that it
// is made for, since every line of a check is a call.
type probe struct {
	context.Context

	ddb      *dynamodb.Client
	endpoint string
}

func newProbe(ctx context.Context, endpoint string) *probe {
	return &probe{
		Context:  ctx,
		endpoint: endpoint,
		ddb: dynamodb.New(dynamodb.Options{
			Region:       "us-west-2",
			BaseEndpoint: aws.String(endpoint),
			Credentials:  credentials.NewStaticCredentialsProvider("test", "test", ""),
			// A retry would hide what the server answered first.
			Retryer:    aws.NopRetryer{},
			HTTPClient: wholeBody{http.DefaultClient},
		}),
	}
}

// The names of the engine's table.
const (
	indexName  = "userId-index"
	hashKey    = "id"
	userKey    = "userId"
	createdKey = "createdAt"
)

// pollEvery is the pause between two looks at a table that changes.
const pollEvery = 20 * time.Millisecond

// newTableName returns a name that no other table has.
func newTableName() string { return "probe-" + strings.ToLower(rand.Text()[:16]) }

// table makes the engine's table, without and with its index, and waits until it
// is active.
func (p *probe) table(index bool) (string, error) {
	in := tableInput(newTableName(), index)
	if _, err := p.ddb.CreateTable(p, in); err != nil {
		return "", fmt.Errorf("CreateTable: %w", brief(err))
	}
	return *in.TableName, p.awaitActive(*in.TableName)
}

func tableInput(name string, index bool) *dynamodb.CreateTableInput {
	in := &dynamodb.CreateTableInput{
		TableName:   &name,
		BillingMode: types.BillingModePayPerRequest,
		KeySchema:   []types.KeySchemaElement{{AttributeName: aws.String(hashKey), KeyType: types.KeyTypeHash}},
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: aws.String(hashKey), AttributeType: types.ScalarAttributeTypeS},
		},
	}
	if index {
		in.AttributeDefinitions = append(in.AttributeDefinitions, indexAttributes()...)
		in.GlobalSecondaryIndexes = []types.GlobalSecondaryIndex{{
			IndexName: aws.String(indexName), KeySchema: indexSchema(),
			Projection: &types.Projection{ProjectionType: types.ProjectionTypeKeysOnly},
		}}
	}
	return in
}

func indexAttributes() []types.AttributeDefinition {
	return []types.AttributeDefinition{
		{AttributeName: aws.String(userKey), AttributeType: types.ScalarAttributeTypeS},
		{AttributeName: aws.String(createdKey), AttributeType: types.ScalarAttributeTypeS},
	}
}

func indexSchema() []types.KeySchemaElement {
	return []types.KeySchemaElement{
		{AttributeName: aws.String(userKey), KeyType: types.KeyTypeHash},
		{AttributeName: aws.String(createdKey), KeyType: types.KeyTypeRange},
	}
}

func (p *probe) awaitActive(table string) error {
	return p.await("the table to be ACTIVE", func() (bool, error) {
		t, err := p.describe(table)
		if err != nil {
			return false, err
		}
		return t.TableStatus == types.TableStatusActive, nil
	})
}

func (p *probe) describe(table string) (*types.TableDescription, error) {
	out, err := p.ddb.DescribeTable(p, &dynamodb.DescribeTableInput{TableName: &table})
	if err != nil {
		return nil, fmt.Errorf("DescribeTable: %w", brief(err))
	}
	return out.Table, nil
}

// await polls until done, for at most ten seconds.
func (p *probe) await(what string, done func() (bool, error)) error {
	deadline := time.After(10 * time.Second)
	for {
		if ok, err := done(); ok || err != nil {
			return err
		}
		select {
		case <-deadline:
			return fmt.Errorf("waited 10 s for %s", what)
		case <-p.Done():
			return p.Err()
		case <-time.After(pollEvery):
		}
	}
}
