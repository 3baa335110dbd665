package dynamo

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"session-api"
)

// Record returns a record. The read is consistent whatever Options say: what is
// written next is decided by it. See session.Store.
func (s *Store) Record(ctx context.Context, key string) (*session.Record, error) {
	if err := s.gate.enter(ctx); err != nil {
		return nil, err
	}
	defer s.gate.leave()
	row, err := s.reads.row(ctx, recordID(key), true)
	if err != nil {
		return nil, failed(err)
	}
	if row == nil {
		return nil, session.ErrNotFound
	}
	return decodeRecord(row)
}

func recordID(key string) string { return recordPrefix + key }

func recordItem(r session.Record) item {
	return item{
		AttributeID:      text(recordID(r.Key)),
		AttributeKind:    text(kindRecord),
		AttributeValue:   &types.AttributeValueMemberB{Value: append([]byte{}, r.Value...)}, // nil would be no value
		AttributeVersion: number(r.Version),
		AttributeTTL:     secondNumber(r.ExpiresAt),
	}
}

// recordGuard lets a record through in the place of one at version was; of none
// for 0.
func recordGuard(was int64) guard {
	if was == 0 {
		return guard{condition: isFree}
	}
	return guard{
		condition: "#version = :was",
		names:     map[string]string{"#version": AttributeVersion},
		values:    item{":was": number(was)},
	}
}

func decodeRecord(i item) (*session.Record, error) {
	id, err := textOf(i, AttributeID)
	if err != nil {
		return nil, broken(AttributeID, err)
	}
	value, ok := i[AttributeValue].(*types.AttributeValueMemberB)
	if !ok {
		return nil, broken(AttributeValue, errNoBytes)
	}
	version, err := wholeOf(i, AttributeVersion)
	if err != nil {
		return nil, broken(AttributeVersion, err)
	}
	end, err := endOf(i)
	if err != nil {
		return nil, broken(AttributeTTL, err)
	}
	return &session.Record{
		Key: strings.TrimPrefix(id, recordPrefix), Value: value.Value, Version: version, ExpiresAt: end,
	}, nil
}
