package main

import (
	"context"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// updateStatement is an update of a session at a version, or as near to one as
// PartiQL comes.
const updateStatement = `UPDATE "sessions" SET "data" = ? SET "updatedAt" = ? SET "writeId" = ? SET "version" = ? ` +
	`WHERE "id" = ? AND "ttl" > ? AND "version" = ? AND "kind" IS MISSING RETURNING ALL NEW *`

func eachRead(ctx context.Context, db *dynamodb.Client, n int) error {
	for i := range n {
		if _, err := db.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String("sessions"), Key: naiveKey(statementID(i))}); err != nil {
			return err
		}
	}
	return nil
}

func readsTogether(ctx context.Context, db *dynamodb.Client, n int) error {
	for from := 0; from < n; from += keysMost {
		var keys []map[string]types.AttributeValue
		for i := range keysMost {
			keys = append(keys, naiveKey(statementID(from+i)))
		}
		out, err := db.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{
			RequestItems: map[string]types.KeysAndAttributes{"sessions": {Keys: keys}},
		})
		if err != nil {
			return err
		}
		if len(out.Responses["sessions"]) != keysMost {
			return fmt.Errorf("%d rows for %d keys", len(out.Responses["sessions"]), keysMost)
		}
	}
	return nil
}

func eachUpdate(ctx context.Context, db *dynamodb.Client, n int) error {
	for i := range n {
		if _, err := db.UpdateItem(ctx, updateItem(statementID(i), 1)); err != nil {
			return err
		}
	}
	return nil
}

func updatesTogether(ctx context.Context, db *dynamodb.Client, n int) error {
	for from := 0; from < n; from += statementsMost {
		in := &dynamodb.BatchExecuteStatementInput{}
		for i := range statementsMost {
			in.Statements = append(in.Statements, updateOf(statementID(from+i), 1))
		}
		out, err := db.BatchExecuteStatement(ctx, in)
		if err != nil {
			return err
		}
		if len(out.Responses) != statementsMost || out.Responses[0].Item == nil {
			return fmt.Errorf("%d answers to %d statements", len(out.Responses), statementsMost)
		}
	}
	return nil
}

func statementID(i int) string {
	return "session-user" + strconv.Itoa(i) + "-ABCDEFGHIJKLMNOPQRSTUVWXYZ"
}

var statementData = &types.AttributeValueMemberS{Value: `{"padding":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}`}

// updateOf returns the statement for a session at a version.
func updateOf(id string, version int) types.BatchStatementRequest {
	return types.BatchStatementRequest{
		Statement: aws.String(updateStatement),
		Parameters: []types.AttributeValue{
			statementData, &types.AttributeValueMemberS{Value: stubTime}, &types.AttributeValueMemberS{Value: "w"},
			&types.AttributeValueMemberN{Value: strconv.Itoa(version + 1)},
			&types.AttributeValueMemberS{Value: id}, &types.AttributeValueMemberN{Value: "1"},
			&types.AttributeValueMemberN{Value: strconv.Itoa(version)},
		},
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}
}

// deleteStatement is a delete of a session at a version.
const deleteStatement = `DELETE FROM "sessions" WHERE "id" = ? AND "ttl" > ? AND "version" = ? AND "kind" IS MISSING RETURNING ALL OLD *`

// deleteOf returns the statement for a session at a version.
func deleteOf(id string, version int) types.BatchStatementRequest {
	return types.BatchStatementRequest{
		Statement: aws.String(deleteStatement),
		Parameters: []types.AttributeValue{
			&types.AttributeValueMemberS{Value: id}, &types.AttributeValueMemberN{Value: "1"},
			&types.AttributeValueMemberN{Value: strconv.Itoa(version)},
		},
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}
}

// updateItem is the call that session-api makes for it.
func updateItem(id string, version int) *dynamodb.UpdateItemInput {
	return &dynamodb.UpdateItemInput{
		TableName: aws.String("sessions"), Key: naiveKey(id),
		UpdateExpression: aws.String("SET #data = :data, updatedAt = :at, writeId = :write, #version = if_not_exists(#version, :zero) + :one"),
		ConditionExpression: aws.String("attribute_exists(id) AND attribute_not_exists(#kind) AND #ttl > :now AND #version = :version " +
			"AND attribute_type(userId, :text) AND attribute_type(createdAt, :text)"),
		ExpressionAttributeNames: map[string]string{"#data": "data", "#version": "version", "#ttl": "ttl", "#kind": "kind"},
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":data": statementData, ":at": &types.AttributeValueMemberS{Value: stubTime},
			":write": &types.AttributeValueMemberS{Value: "w"}, ":zero": &types.AttributeValueMemberN{Value: "0"},
			":one": &types.AttributeValueMemberN{Value: "1"}, ":now": &types.AttributeValueMemberN{Value: "1"},
			":version": &types.AttributeValueMemberN{Value: strconv.Itoa(version)}, ":text": &types.AttributeValueMemberS{Value: "S"},
		},
		ReturnValues:                        types.ReturnValueAllNew,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}
}
