package dynamo

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"session-api"
)

// errUnknownEffect says that a write may have been done, and that what was found
// afterwards does not tell.
var errUnknownEffect = errors.New("the answer to a write was lost, and whether it was done cannot be told")

// isFree is the condition of a write that makes a row: no row of any kind has the
// id.
const isFree = "attribute_not_exists(id)"

// Create stores a new row; see session.Store.
//
// An attempt whose answer was lost is sent again. If the row is there by then and
// is the one that this call writes, the first attempt had made it. The one thing
// that this cannot see is a session that somebody found in a list of its user and
// ended between the two.
func (s *Store) Create(ctx context.Context, row *session.Session) error {
	if err := s.gate.enter(ctx); err != nil {
		return err
	}
	defer s.gate.leave()
	writeID := newWriteID()
	in := &dynamodb.PutItemInput{
		TableName:                           &s.options.Table,
		Item:                                newItem(row, writeID),
		ConditionExpression:                 aws.String(isFree),
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}
	maybe, err := s.caller.do(ctx, s.rowCall("PutItem", row.ID), func(ctx context.Context) error {
		_, err := s.api.PutItem(ctx, in)
		return err
	})
	if err == nil {
		return nil
	}
	old, taken := oldRow(err)
	switch {
	case !taken:
		return failed(err)
	case madeBy(old, writeID):
		return nil
	case maybe:
		return session.Unavailable(errUnknownEffect)
	}
	return session.ErrExists
}
