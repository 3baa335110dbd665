package main

import (
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// The names that expressions need because the plain ones are reserved words.
var reserved = map[string]string{"#data": "data", "#ttl": "ttl"}

// anyVersion asks for no version; noVersion asks that the row has none.
const (
	anyVersion = ""
	noVersion  = "0"
)

// versionCondition returns the condition of the engine's writes: the row is
// there, is active at now, and has the version.
func versionCondition(version string) (string, row) {
	condition, values := "attribute_exists(id) AND #ttl > :now", row{":now": num(now)}
	switch version {
	case anyVersion:
	case noVersion:
		condition += " AND attribute_not_exists(version)"
	default:
		condition += " AND version = :version"
		values[":version"] = num(version)
	}
	return condition, values
}

// create puts the row if its id is free.
func (p *probe) create(table string, r row) error {
	_, err := p.ddb.PutItem(p, &dynamodb.PutItemInput{
		TableName: &table, Item: r, ConditionExpression: aws.String("attribute_not_exists(id)"),
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	})
	return err
}

// updateInput is the engine's update of a row.
func updateInput(table, id, version string) *dynamodb.UpdateItemInput {
	condition, values := versionCondition(version)
	values[":data"], values[":at"] = str(`{"a":2}`), str("2026-01-02T03:04:06.000000")
	values[":zero"], values[":one"] = num("0"), num("1")
	return &dynamodb.UpdateItemInput{
		TableName: &table, Key: keyOf(id),
		UpdateExpression:    aws.String("SET #data = :data, updatedAt = :at, version = if_not_exists(version, :zero) + :one"),
		ConditionExpression: &condition, ExpressionAttributeValues: values, ExpressionAttributeNames: reserved,
		ReturnValues:                        types.ReturnValueAllNew,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}
}

func (p *probe) update(table, id, version string) (row, error) {
	out, err := p.ddb.UpdateItem(p, updateInput(table, id, version))
	if err != nil {
		return nil, err
	}
	return out.Attributes, nil
}

// remove is the engine's delete of a row.
func (p *probe) remove(table, id, version string) (row, error) {
	condition, values := versionCondition(version)
	out, err := p.ddb.DeleteItem(p, &dynamodb.DeleteItemInput{
		TableName: &table, Key: keyOf(id),
		ConditionExpression: &condition, ExpressionAttributeValues: values,
		ExpressionAttributeNames:            map[string]string{"#ttl": "ttl"},
		ReturnValues:                        types.ReturnValueAllOld,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	})
	if err != nil {
		return nil, err
	}
	return out.Attributes, nil
}

const conditionFailed = "ConditionalCheckFailedException"

// failedOn is nil if err is a failed condition that carries want, or carries
// nothing for nil.
func failedOn(err error, want row) error {
	if err := refused(err, conditionFailed); err != nil {
		return err
	}
	var failed *types.ConditionalCheckFailedException
	errors.As(err, &failed)
	if want != nil && len(failed.Item) == 0 {
		return errors.New("the failure carries no item")
	}
	return sameRow("the failure's item", failed.Item, want)
}
