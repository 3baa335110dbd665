package main

import (
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const (
	tableRule = "API CreateTable, DescribeTable, UpdateTable"
	notFound  = "ResourceNotFoundException"
)

func tableChecks() []check {
	return []check{
		{"table/CreateTable answers CREATING", tableRule, createAnswersCreating},
		{"table/a name that is taken is ResourceInUseException", tableRule, createRefusesTaken},
		{"table/DescribeTable tells status, keys, billing, index and ARN", tableRule, describeTellsAll},
		{"table/a missing table is ResourceNotFoundException, with its words", tableRule, missingTableIsNotFound},
		{"table/deletion protection can be set and holds", "DG Using deletion protection", protectionHolds},
		{"table/point-in-time recovery can be switched on and is described", "API UpdateContinuousBackups", recoveryIsDescribed},
		{"table/a deleted table is gone", "API DeleteTable", deletedTableIsGone},
		{"table/an attribute that is no key is refused in the definitions", tableRule, strayAttributeIsRefused},
	}
}

func createAnswersCreating(p *probe) error {
	out, err := p.ddb.CreateTable(p, tableInput(newTableName(), false))
	if err != nil {
		return brief(err)
	}
	return same("TableStatus", out.TableDescription.TableStatus, types.TableStatusCreating)
}

func createRefusesTaken(p *probe) error {
	table, err := p.table(false)
	if err != nil {
		return err
	}
	_, err = p.ddb.CreateTable(p, tableInput(table, false))
	return refused(err, "ResourceInUseException")
}

func describeTellsAll(p *probe) error {
	table, err := p.table(true)
	if err != nil {
		return err
	}
	t, err := p.describe(table)
	switch {
	case err != nil:
		return err
	case t.BillingModeSummary == nil:
		return errors.New("there is no BillingModeSummary")
	case len(t.GlobalSecondaryIndexes) != 1:
		return errors.New("the index is not described")
	case t.TableArn == nil || t.CreationDateTime == nil || t.ItemCount == nil:
		return errors.New("the ARN, the creation time or the item count is missing")
	}
	index := t.GlobalSecondaryIndexes[0]
	return first(
		same("TableStatus", t.TableStatus, types.TableStatusActive),
		same("BillingMode", t.BillingModeSummary.BillingMode, types.BillingModePayPerRequest),
		same("the number of keys", len(t.KeySchema), 1),
		same("the hash key", aws.ToString(t.KeySchema[0].AttributeName), hashKey),
		same("IndexName", aws.ToString(index.IndexName), indexName),
		same("IndexStatus", index.IndexStatus, types.IndexStatusActive),
		same("ProjectionType", index.Projection.ProjectionType, types.ProjectionTypeKeysOnly),
		same("the number of index keys", len(index.KeySchema), 2),
	)
}

func missingTableIsNotFound(p *probe) error {
	table := newTableName()
	_, described := p.ddb.DescribeTable(p, &dynamodb.DescribeTableInput{TableName: &table})
	_, read := p.ddb.GetItem(p, &dynamodb.GetItemInput{TableName: &table, Key: keyOf("a")})
	_, updated := p.update(table, "a", anyVersion)
	_, queried := p.ddb.Query(p, userQuery(table))
	_, scanned := p.ddb.Scan(p, &dynamodb.ScanInput{TableName: &table})
	for _, err := range []error{described, read, updated, queried, scanned, p.create(table, session("a"))} {
		if err := first(refused(err, notFound), worded(err, "Requested resource not found")); err != nil {
			return err
		}
	}
	return worded(described, "Table: "+table+" not found")
}

func protectionHolds(p *probe) error {
	in := tableInput(newTableName(), false)
	in.DeletionProtectionEnabled = aws.Bool(true)
	if _, err := p.ddb.CreateTable(p, in); err != nil {
		return brief(err)
	}
	if err := p.awaitActive(*in.TableName); err != nil {
		return err
	}
	t, err := p.describe(*in.TableName)
	if err != nil {
		return err
	}
	if err := same("DeletionProtectionEnabled", aws.ToBool(t.DeletionProtectionEnabled), true); err != nil {
		return err
	}
	_, err = p.ddb.DeleteTable(p, &dynamodb.DeleteTableInput{TableName: in.TableName})
	if err := first(refused(err, validation), worded(err, "protected against deletion")); err != nil {
		return err
	}
	_, err = p.ddb.UpdateTable(p, &dynamodb.UpdateTableInput{TableName: in.TableName, DeletionProtectionEnabled: aws.Bool(false)})
	if err := first(brief(err), p.awaitActive(*in.TableName)); err != nil {
		return err
	}
	_, err = p.ddb.DeleteTable(p, &dynamodb.DeleteTableInput{TableName: in.TableName})
	return brief(err)
}

func recoveryIsDescribed(p *probe) error {
	table, err := p.table(false)
	if err != nil {
		return err
	}
	status := func() (types.PointInTimeRecoveryStatus, error) {
		out, err := p.ddb.DescribeContinuousBackups(p, &dynamodb.DescribeContinuousBackupsInput{TableName: &table})
		if err != nil {
			return "", brief(err)
		}
		return out.ContinuousBackupsDescription.PointInTimeRecoveryDescription.PointInTimeRecoveryStatus, nil
	}
	before, err := status()
	if err := first(err, same("the status before", before, types.PointInTimeRecoveryStatusDisabled)); err != nil {
		return err
	}
	_, err = p.ddb.UpdateContinuousBackups(p, &dynamodb.UpdateContinuousBackupsInput{
		TableName:                        &table,
		PointInTimeRecoverySpecification: &types.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: aws.Bool(true)},
	})
	if err != nil {
		return brief(err)
	}
	after, err := status()
	return first(err, same("the status after", after, types.PointInTimeRecoveryStatusEnabled))
}

func deletedTableIsGone(p *probe) error {
	table, err := p.tableWith(false, session("a"))
	if err != nil {
		return err
	}
	if _, err := p.ddb.DeleteTable(p, &dynamodb.DeleteTableInput{TableName: &table}); err != nil {
		return brief(err)
	}
	return p.await("the table to be gone", func() (bool, error) {
		_, err := p.ddb.GetItem(p, &dynamodb.GetItemInput{TableName: &table, Key: keyOf("a")})
		return err != nil && strings.Contains(err.Error(), notFound), nil
	})
}

func strayAttributeIsRefused(p *probe) error {
	in := tableInput(newTableName(), false)
	in.AttributeDefinitions = append(in.AttributeDefinitions, indexAttributes()...)
	_, err := p.ddb.CreateTable(p, in)
	return refused(err, validation)
}
