package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// probeStatements prints what the server at endpoint makes of statements that
// session-api would need. It makes a table "sessions" and removes it.
func probeStatements(ctx context.Context, endpoint string) error {
	db, err := statementsClient(ctx, endpoint)
	if err != nil {
		return err
	}
	if err := statementsTable(ctx, db); err != nil {
		return err
	}
	defer func() { _, _ = db.DeleteTable(ctx, &dynamodb.DeleteTableInput{TableName: aws.String("sessions")}) }()
	changed := func(id, from, to string, parameters ...int) types.BatchStatementRequest {
		s := updateOf(id, 1)
		s.Statement = aws.String(strings.Replace(updateStatement, from, to, 1))
		for _, p := range parameters {
			s.Parameters = slices.Delete(slices.Clone(s.Parameters), p, p+1)
		}
		return s
	}
	for _, c := range []struct {
		what string
		all  []types.BatchStatementRequest
	}{
		{"at its version, at another, and of no row", []types.BatchStatementRequest{updateOf("a", 1), updateOf("b", 7), updateOf("absent", 1)}},
		{"the same, sent again", []types.BatchStatementRequest{updateOf("a", 1), updateOf("b", 7), updateOf("absent", 1)}},
		{"of one row twice", []types.BatchStatementRequest{updateOf("c", 1), updateOf("c", 2)}},
		{"at no version", []types.BatchStatementRequest{changed("e", `AND "version" = ?`, ``, 6)}},
		{"that counts up", []types.BatchStatementRequest{changed("f", `SET "version" = ?`, `SET version = version + 1`, 3)}},
		{"with if_not_exists", []types.BatchStatementRequest{changed("g", `SET "version" = ?`, `SET version = if_not_exists(version, 0) + 1`, 3)}},
		{"with attribute_type", []types.BatchStatementRequest{changed("h", `"kind" IS MISSING`, `attribute_type("userId", 'S') AND "kind" IS MISSING`)}},
		{"that deletes at its version, at another, and no row", []types.BatchStatementRequest{deleteOf("g", 1), deleteOf("h", 7), deleteOf("absent", 1)}},
		{"that is none", []types.BatchStatementRequest{updateOf("d", 1), {Statement: aws.String("UPDATE nonsense")}}},
	} {
		printStatements(ctx, db, c.what, c.all)
	}
	return nil
}

// printStatements prints a line for each statement of a call.
func printStatements(ctx context.Context, db *dynamodb.Client, what string, all []types.BatchStatementRequest) {
	out, err := db.BatchExecuteStatement(ctx, &dynamodb.BatchExecuteStatementInput{
		Statements: all, ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
	})
	if err != nil {
		fmt.Printf("%s: the call fails: %v\n", what, err)
		return
	}
	units := 0.0
	for _, c := range out.ConsumedCapacity {
		units += aws.ToFloat64(c.CapacityUnits)
	}
	fmt.Printf("%s (%v units):\n", what, units)
	for i, r := range out.Responses {
		if r.Error != nil {
			fmt.Printf("  %d: %s: %s; with the old row: %v\n", i+1, r.Error.Code, aws.ToString(r.Error.Message), r.Error.Item != nil)
			continue
		}
		fmt.Printf("  %d: done; with the row: %v\n", i+1, r.Item["version"] != nil)
	}
}

func statementsTable(ctx context.Context, db *dynamodb.Client) error {
	_, err := db.CreateTable(ctx, &dynamodb.CreateTableInput{
		TableName: aws.String("sessions"), BillingMode: types.BillingModePayPerRequest,
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: types.KeyTypeHash}},
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: types.ScalarAttributeTypeS}},
	})
	for _, id := range strings.Split("abcdefgh", "") {
		if err != nil {
			return err
		}
		_, err = db.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String("sessions"), Item: map[string]types.AttributeValue{
			"id": &types.AttributeValueMemberS{Value: id}, "userId": &types.AttributeValueMemberS{Value: "ada"},
			"createdAt": &types.AttributeValueMemberS{Value: stubTime}, "data": statementData,
			"ttl": &types.AttributeValueMemberN{Value: stubEnd}, "version": &types.AttributeValueMemberN{Value: "1"},
		}})
	}
	return err
}
