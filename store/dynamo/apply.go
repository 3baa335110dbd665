package dynamo

import (
	"context"
	"crypto/rand"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"session-api"
)

// Apply does all that t says in one TransactWriteItems, or nothing; see
// session.Store.
//
// An attempt whose answer was lost is sent again with the same token, by which
// DynamoDB knows a transaction that it has done for ten minutes and answers as
// before (AWS: API reference, TransactWriteItems). So who is refused then has done
// nothing. On a server that knows no tokens the refusal shows what the earlier
// attempt left: see transaction.done.
func (s *Store) Apply(ctx context.Context, t session.Transaction) error {
	if err := s.gate.enter(ctx); err != nil {
		return err
	}
	defer s.gate.leave()
	x := &transaction{Transaction: t, store: s, writeID: newWriteID()}
	for _, e := range t.End {
		x.guards = append(x.guards, newGuard(e.Cond, ""))
	}
	for {
		// With other guards it is another transaction, under another token. The one
		// before cannot have been done: it was refused for rows that are there. Each
		// ending's guard changes at most once.
		if err := x.send(ctx); !errors.Is(err, errOtherForm) {
			return err
		}
	}
}

// transaction is one Apply.
type transaction struct {
	session.Transaction
	store   *Store
	writeID string
	// guards are those of the endings.
	guards []guard
}

// send makes the call.
func (x *transaction) send(ctx context.Context) error {
	in := &dynamodb.TransactWriteItemsInput{TransactItems: x.writes(), ClientRequestToken: aws.String(rand.Text())}
	same := sameBody{}
	maybe, err := x.store.caller.do(ctx, x.call(), func(ctx context.Context) error {
		_, err := x.store.api.TransactWriteItems(ctx, in, same.use)
		return err
	})
	if err == nil {
		return nil
	}
	reasons, refused := reasonsOf(err, len(in.TransactItems))
	switch {
	case !refused:
		return failed(err)
	case maybe && x.done(reasons):
		return nil
	}
	return x.refusal(reasons)
}

// call may take the time of a call on many rows: it has two rounds to make.
func (x *transaction) call() call {
	k := x.store.bulkCall("TransactWriteItems")
	for _, e := range x.End {
		k.ids = append(k.ids, e.ID)
	}
	if x.Create != nil {
		k.ids = append(k.ids, x.Create.ID)
	}
	return k
}

// writes returns the writes in the order in which refusals are told; that of
// reasons is the same.
func (x *transaction) writes() []types.TransactWriteItem {
	var writes []types.TransactWriteItem
	for i, e := range x.End {
		writes = append(writes, x.ending(e, x.guards[i]))
	}
	for _, w := range x.Records {
		writes = append(writes, x.put(recordItem(w.Record), recordGuard(w.Was)))
	}
	if x.Create != nil {
		writes = append(writes, x.put(newItem(x.Create, x.writeID), guard{condition: isFree}))
	}
	return writes
}

func (x *transaction) ending(e session.Ending, g guard) types.TransactWriteItem {
	if e.Alias != nil {
		return x.put(aliasItem(e.ID, *e.Alias, x.writeID), g)
	}
	return types.TransactWriteItem{Delete: &types.Delete{
		TableName:                           &x.store.options.Table,
		Key:                                 keyOf(e.ID),
		ConditionExpression:                 &g.condition,
		ExpressionAttributeNames:            g.names,
		ExpressionAttributeValues:           g.values,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}}
}

func (x *transaction) put(i item, g guard) types.TransactWriteItem {
	return types.TransactWriteItem{Put: &types.Put{
		TableName:                           &x.store.options.Table,
		Item:                                i,
		ConditionExpression:                 &g.condition,
		ExpressionAttributeNames:            g.names,
		ExpressionAttributeValues:           g.values,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}}
}
