package dynamo

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"session-api"
)

// Get returns the row with this id, an alias too; see session.Store.
func (s *Store) Get(ctx context.Context, id string) (*session.Session, error) {
	if err := s.gate.enter(ctx); err != nil {
		return nil, err
	}
	defer s.gate.leave()
	row, err := s.reads.row(ctx, id, s.options.ConsistentRead)
	if err != nil {
		return nil, failed(err)
	}
	switch {
	case row == nil:
		return nil, session.ErrNotFound
	case kindOf(row) == "":
		return decode(row)
	case kindOf(row) == kindAlias:
		return decodeAlias(row)
	}
	return nil, session.ErrNotFound
}

// getItem reads one row with a call of its own.
func (s *Store) getItem(ctx context.Context, id string) (item, error) {
	return s.getItemAs(ctx, id, s.options.ConsistentRead)
}

func (s *Store) getItemAs(ctx context.Context, id string, consistent bool) (item, error) {
	in := s.getInput(id, consistent)
	var out *dynamodb.GetItemOutput
	_, err := s.caller.do(ctx, s.rowCall("GetItem", id), func(ctx context.Context) (err error) {
		out, err = s.api.GetItem(ctx, in)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out.Item, nil
}

func (s *Store) getInput(id string, consistent bool) *dynamodb.GetItemInput {
	return &dynamodb.GetItemInput{TableName: &s.options.Table, Key: keyOf(id), ConsistentRead: &consistent}
}
