package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"session-api/store/dynamo/dynamotest"
)

// table is how the Table of ACK's is asked for.
const table = "table.dynamodb.services.k8s.aws"

// arn is the table's name in AWS; the account is the one of AWS's own examples.
const arn = "arn:aws:dynamodb:us-west-2:111122223333:table/tenant-atlantis-user-sessions"

// condition is one of those in a Table's status.
type condition struct {
	Type    string    `json:"type"`
	Status  string    `json:"status"`
	Message string    `json:"message,omitempty"`
	Since   time.Time `json:"lastTransitionTime"`
}

func synced(status string) condition {
	return condition{Type: "ACK.ResourceSynced", Status: status}
}

// ackReports writes into the Table's status what ACK writes there: the state that
// DynamoDB told, if it told one, and what ACK thinks of it.
func (s *story) ackReports(tableStatus string, conditions ...condition) {
	if s.err != nil {
		return
	}
	for i := range conditions {
		conditions[i].Since = time.Now().UTC().Truncate(time.Second)
	}
	status := map[string]any{
		"conditions":          conditions,
		"tableStatus":         nil, // a merge removes it
		"ackResourceMetadata": map[string]any{"arn": nil, "ownerAccountID": "111122223333", "region": "us-west-2"},
	}
	if tableStatus != "" {
		status["tableStatus"] = tableStatus
		status["ackResourceMetadata"] = map[string]any{"arn": arn, "ownerAccountID": "111122223333", "region": "us-west-2"}
	}
	patch, err := json.Marshal(map[string]any{"status": status})
	if err != nil {
		s.fail("a status cannot be written: %w", err)
		return
	}
	s.quietly("kubectl", "patch", table, "user-sessions", "--subresource=status", "--type=merge", "-p", string(patch))
}

// ackCreates sends the spec of the Table to a DynamoDB server, as ACK would to
// AWS, and keeps where that server is.
func (s *story) ackCreates() error {
	text := s.output("kubectl", "get", table, "user-sessions", "-o", "jsonpath={.spec}")
	var spec map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &spec); err != nil {
		return fmt.Errorf("the Table has no spec: %w\n%s", err, text)
	}
	var ttl types.TimeToLiveSpecification
	if err := json.Unmarshal(spec["timeToLive"], &ttl); err != nil {
		return err
	}
	// Two fields are calls of their own. The others are fields of CreateTable, by
	// the same names up to the case of letters.
	delete(spec, "timeToLive")
	delete(spec, "continuousBackups")
	rest, err := json.Marshal(spec)
	if err != nil {
		return err
	}
	var create dynamodb.CreateTableInput
	decoder := json.NewDecoder(bytes.NewReader(rest))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&create); err != nil {
		return fmt.Errorf("what DynamoDB does not know is in the Table: %w", err)
	}
	if s.dynamo, err = dynamotest.Launch(s.ctx, dynamotest.Dynoxide); err != nil {
		return err
	}
	return createTable(s.ctx, s.dynamo.Endpoint, &create, &ttl)
}

func createTable(ctx context.Context, endpoint string, create *dynamodb.CreateTableInput, ttl *types.TimeToLiveSpecification) error {
	api := dynamodb.New(dynamodb.Options{
		Region: "us-west-2", BaseEndpoint: &endpoint,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
		}),
	})
	if _, err := api.CreateTable(ctx, create); err != nil {
		return err
	}
	exists := dynamodb.NewTableExistsWaiter(api, func(o *dynamodb.TableExistsWaiterOptions) { o.MinDelay = 10 * time.Millisecond })
	if err := exists.Wait(ctx, &dynamodb.DescribeTableInput{TableName: create.TableName}, patience); err != nil {
		return err
	}
	_, err := api.UpdateTimeToLive(ctx, &dynamodb.UpdateTimeToLiveInput{TableName: create.TableName, TimeToLiveSpecification: ttl})
	return err
}
