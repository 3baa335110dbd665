package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"session-api/store/dynamo"
)

// region is the service's and the table's. Test servers do not care.
const region = "us-west-2"

// table is the table of an experiment, reached past all proxies.
type table struct {
	name string
	api  *dynamodb.Client
}

func newTable(endpoint string) *table {
	return &table{
		name: "faults-" + strings.ToLower(rand.Text()),
		api: dynamodb.New(dynamodb.Options{
			Region: region, BaseEndpoint: &endpoint,
			Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
		}),
	}
}

// create makes the table and waits until it serves.
func (t *table) create(ctx context.Context) error {
	attribute := func(name string) types.AttributeDefinition {
		return types.AttributeDefinition{AttributeName: &name, AttributeType: types.ScalarAttributeTypeS}
	}
	key := func(name string, kind types.KeyType) types.KeySchemaElement {
		return types.KeySchemaElement{AttributeName: &name, KeyType: kind}
	}
	_, err := t.api.CreateTable(ctx, &dynamodb.CreateTableInput{
		TableName: &t.name, BillingMode: types.BillingModePayPerRequest,
		KeySchema: []types.KeySchemaElement{key(dynamo.AttributeID, types.KeyTypeHash)},
		AttributeDefinitions: []types.AttributeDefinition{
			attribute(dynamo.AttributeID), attribute(dynamo.AttributeUserID), attribute(dynamo.AttributeCreatedAt),
		},
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{{
			IndexName:  aws.String(dynamo.IndexName),
			KeySchema:  []types.KeySchemaElement{key(dynamo.AttributeUserID, types.KeyTypeHash), key(dynamo.AttributeCreatedAt, types.KeyTypeRange)},
			Projection: &types.Projection{ProjectionType: types.ProjectionTypeKeysOnly},
		}},
	})
	if err != nil {
		return fmt.Errorf("the table cannot be made: %w", err)
	}
	waiter := dynamodb.NewTableExistsWaiter(t.api, func(o *dynamodb.TableExistsWaiterOptions) { o.MinDelay = 10 * time.Millisecond })
	return waiter.Wait(ctx, &dynamodb.DescribeTableInput{TableName: &t.name}, patience)
}

// remove deletes the table and waits until it is gone.
func (t *table) remove(ctx context.Context) error {
	if _, err := t.api.DeleteTable(ctx, &dynamodb.DeleteTableInput{TableName: &t.name}); err != nil {
		return fmt.Errorf("the table cannot be deleted: %w", err)
	}
	waiter := dynamodb.NewTableNotExistsWaiter(t.api, func(o *dynamodb.TableNotExistsWaiterOptions) { o.MinDelay = 10 * time.Millisecond })
	return waiter.Wait(ctx, &dynamodb.DescribeTableInput{TableName: &t.name}, patience)
}

// drop deletes the table if it is there; the server ends soon anyway.
func (t *table) drop() {
	_, _ = t.api.DeleteTable(context.Background(), &dynamodb.DeleteTableInput{TableName: &t.name})
}

// row is what the audit wants of a row.
type row struct {
	version int64
	data    string
}

// rows returns all rows by id.
func (t *table) rows(ctx context.Context) (map[string]row, error) {
	found := map[string]row{}
	pages := dynamodb.NewScanPaginator(t.api, &dynamodb.ScanInput{TableName: &t.name, ConsistentRead: aws.Bool(true)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, item := range page.Items {
			id, _ := item[dynamo.AttributeID].(*types.AttributeValueMemberS)
			data, _ := item[dynamo.AttributeData].(*types.AttributeValueMemberS)
			version, _ := item[dynamo.AttributeVersion].(*types.AttributeValueMemberN)
			if id == nil || data == nil || version == nil {
				return nil, fmt.Errorf("the table holds a row that the service does not write: %v", item)
			}
			n, err := strconv.ParseInt(version.Value, 10, 64)
			if err != nil {
				return nil, err
			}
			found[id.Value] = row{version: n, data: data.Value}
		}
	}
	return found, nil
}
