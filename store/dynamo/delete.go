package dynamo

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"session-api"
)

// Delete removes a row; see session.Store. A row whose attributes are broken, but
// for ttl and version, is removed too.
//
// If an attempt's answer was lost and the next one finds no row, the first had
// removed it; all that is known of the session then is its id. The one thing that
// this cannot see is a session that got another id between the two, without a
// time of grace.
func (s *Store) Delete(ctx context.Context, id string, cond session.Condition) (*session.Session, error) {
	if err := s.gate.enter(ctx); err != nil {
		return nil, err
	}
	defer s.gate.leave()
	row, textTTL, err := s.deleteItem(ctx, id, newGuard(cond, ""))
	if textTTL != "" {
		row, _, err = s.deleteItem(ctx, id, newGuard(cond, textTTL))
	}
	if err != nil {
		return nil, err
	}
	return remains(row), nil
}

// deleteItem makes the call. It returns the row's ttl where that is an active
// text for which the guard was not made.
func (s *Store) deleteItem(ctx context.Context, id string, g guard) (row item, textTTL string, err error) {
	in := &dynamodb.DeleteItemInput{
		TableName:                           &s.options.Table,
		Key:                                 keyOf(id),
		ConditionExpression:                 &g.condition,
		ExpressionAttributeNames:            g.names,
		ExpressionAttributeValues:           g.values,
		ReturnValues:                        types.ReturnValueAllOld,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}
	var out *dynamodb.DeleteItemOutput
	maybe, err := s.caller.do(ctx, s.rowCall("DeleteItem", id), func(ctx context.Context) (err error) {
		out, err = s.api.DeleteItem(ctx, in)
		return err
	})
	if err == nil {
		return out.Attributes, "", nil
	}
	old, refused := oldRow(err)
	if !refused {
		return nil, "", failed(err)
	}
	if maybe && len(old) == 0 {
		return keyOf(id), "", nil
	}
	textTTL, err = g.refusal(old)
	return nil, textTTL, err
}
