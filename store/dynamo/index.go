package dynamo

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"session-api"
)

// indexSource reads the index.
type indexSource struct {
	store  *Store
	userID string
	query  session.PageQuery
	after  *indexKey
}

func (x *indexSource) next(ctx context.Context, n int) (keys []indexKey, last indexKey, more bool, err error) {
	var out *dynamodb.QueryOutput
	in := x.input(n)
	_, err = x.store.caller.do(ctx, x.store.bulkCall("Query"), func(ctx context.Context) (err error) {
		out, err = x.store.api.Query(ctx, in)
		return err
	})
	if err != nil {
		return nil, indexKey{}, false, err
	}
	for _, entry := range out.Items {
		keys = append(keys, indexKeyOf(entry))
	}
	if len(out.LastEvaluatedKey) == 0 {
		return keys, indexKey{}, false, nil
	}
	last = indexKeyOf(out.LastEvaluatedKey)
	x.after = &last
	return keys, last, true, nil
}

func (x *indexSource) input(n int) *dynamodb.QueryInput {
	values := item{":user": text(x.userID)}
	in := &dynamodb.QueryInput{
		TableName:                 &x.store.options.Table,
		IndexName:                 aws.String(IndexName),
		KeyConditionExpression:    aws.String("userId = :user" + spanOf(x.query).condition(values)),
		ProjectionExpression:      aws.String("id, createdAt"),
		ExpressionAttributeValues: values,
		ScanIndexForward:          aws.Bool(!x.query.Descending),
		Limit:                     aws.Int32(int32(n)),
	}
	if x.after != nil {
		in.ExclusiveStartKey = item{
			AttributeID: text(x.after.id), AttributeUserID: text(x.userID), AttributeCreatedAt: text(x.after.createdAt),
		}
	}
	return in
}

// indexKeyOf returns the key that is stored in an index entry, whose attributes
// are strings: DynamoDB indexes no others.
func indexKeyOf(entry item) indexKey {
	createdAt, _ := textOf(entry, AttributeCreatedAt)
	id, _ := textOf(entry, AttributeID)
	return indexKey{createdAt: createdAt, id: id}
}
