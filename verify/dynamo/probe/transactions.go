package main

import (
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const transactRule = "API TransactWriteItems"

func transactionChecks() []check {
	return []check{
		{"transaction/put, update, delete and check commit together", transactRule, transactCommits},
		{"transaction/one failed condition undoes all and names the reasons in order", transactRule, transactCancels},
		{"transaction/a reason carries the old row (ALL_OLD)", transactRule, transactReasonCarriesRow},
		{"transaction/a repeated ClientRequestToken has no second effect", transactRule, transactIsIdempotent},
		{"transaction/a token with other writes is IdempotentParameterMismatchException", transactRule, transactRefusesOtherWrites},
		{"transaction/one item twice is refused", transactRule, transactRefusesDuplicates},
		{"transaction/101 writes are refused", transactRule, transactRefusesMore},
	}
}

func (p *probe) transact(token string, writes ...types.TransactWriteItem) error {
	in := &dynamodb.TransactWriteItemsInput{TransactItems: writes}
	if token != "" {
		in.ClientRequestToken = &token
	}
	_, err := p.ddb.TransactWriteItems(p, in)
	return err
}

func putWrite(table string, r row) types.TransactWriteItem {
	return types.TransactWriteItem{Put: &types.Put{
		TableName: &table, Item: r, ConditionExpression: aws.String("attribute_not_exists(id)"),
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}}
}

func updateWrite(table, id, version string) types.TransactWriteItem {
	return types.TransactWriteItem{Update: &types.Update{
		TableName: &table, Key: keyOf(id),
		UpdateExpression: aws.String("SET version = version + :one"), ConditionExpression: aws.String("version = :v"),
		ExpressionAttributeValues:           row{":one": num("1"), ":v": num(version)},
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}}
}

func transactCommits(p *probe) error {
	table, err := p.tableWith(false, session("a"), session("b"), session("c"))
	if err != nil {
		return err
	}
	remove := types.TransactWriteItem{Delete: &types.Delete{TableName: &table, Key: keyOf("b")}}
	check := types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{
		TableName: &table, Key: keyOf("c"), ConditionExpression: aws.String("attribute_exists(id)"),
	}}
	if err := p.transact("", putWrite(table, session("new")), updateWrite(table, "a", "1"), remove, check); err != nil {
		return brief(err)
	}
	gone, err := p.get(table, "b")
	return first(err, same("the number of attributes of the deleted row", len(gone), 0),
		p.holds(table, session("new")), p.holds(table, with(session("a"), "version", num("2"))))
}

// reasons returns why a transaction was cancelled.
func reasons(err error) ([]types.CancellationReason, error) {
	var cancelled *types.TransactionCanceledException
	if !errors.As(err, &cancelled) {
		return nil, fmt.Errorf("not cancelled: %w", orAccepted(err))
	}
	return cancelled.CancellationReasons, nil
}

func orAccepted(err error) error {
	if err == nil {
		return errors.New("accepted")
	}
	return brief(err)
}

func transactCancels(p *probe) error {
	table, err := p.tableWith(false, session("a"))
	if err != nil {
		return err
	}
	why, err := reasons(p.transact("", putWrite(table, session("new")), updateWrite(table, "a", "9")))
	if err := first(err, same("the number of reasons", len(why), 2)); err != nil {
		return err
	}
	made, err := p.get(table, "new")
	return first(err, same("the first code", aws.ToString(why[0].Code), "None"),
		same("the second code", aws.ToString(why[1].Code), "ConditionalCheckFailed"),
		same("the number of attributes of the row that was put", len(made), 0), p.holds(table, session("a")))
}

func transactReasonCarriesRow(p *probe) error {
	table, err := p.tableWith(false, session("a"), session("b"))
	if err != nil {
		return err
	}
	why, err := reasons(p.transact("", putWrite(table, session("a")), updateWrite(table, "b", "9")))
	if err := first(err, same("the number of reasons", len(why), 2)); err != nil {
		return err
	}
	return first(sameRow("the put's reason", why[0].Item, session("a")), sameRow("the update's reason", why[1].Item, session("b")))
}

func transactIsIdempotent(p *probe) error {
	table, err := p.tableWith(false, session("a"))
	if err != nil {
		return err
	}
	token := newTableName()
	once := p.transact(token, updateWrite(table, "a", "1"))
	again := p.transact(token, updateWrite(table, "a", "1"))
	return first(brief(once), brief(again), p.holds(table, with(session("a"), "version", num("2"))))
}

func transactRefusesOtherWrites(p *probe) error {
	table, err := p.tableWith(false, session("a"))
	if err != nil {
		return err
	}
	token := newTableName()
	once := p.transact(token, updateWrite(table, "a", "1"))
	other := p.transact(token, updateWrite(table, "a", "2"))
	return first(brief(once), refused(other, "IdempotentParameterMismatchException"))
}

func transactRefusesDuplicates(p *probe) error {
	table, err := p.tableWith(false, session("a"))
	if err != nil {
		return err
	}
	return refused(p.transact("", updateWrite(table, "a", "1"), updateWrite(table, "a", "1")), validation)
}

func transactRefusesMore(p *probe) error {
	table, err := p.table(false)
	if err != nil {
		return err
	}
	var writes []types.TransactWriteItem
	for _, r := range sessions(101) {
		writes = append(writes, putWrite(table, r))
	}
	return refused(p.transact("", writes...), validation)
}
