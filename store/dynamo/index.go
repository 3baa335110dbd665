package dynamo

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"session-api"
)

// indexSource reads the index.
type indexSource struct {
	store  *Store
	userID string
	page   session.PageQuery
	after  *indexKey
}

// A range begins or ends with keys that only a zone would bring into it, up to a
// day of them (span.go). They are read over in steps of skipKeys, maxSkips at
// most: a thousand keys cost 12 read units, a page that shows nothing costs a
// request.
const (
	skipKeys = 1000
	maxSkips = 3
)

func (x *indexSource) next(ctx context.Context, n int) (keys []indexKey, last indexKey, more bool, err error) {
	for limit, skips := n, 0; ; limit, skips = skipKeys, skips+1 {
		keys, last, more, err = x.query(ctx, limit)
		if err != nil {
			return nil, indexKey{}, false, err
		}
		keys = slices.DeleteFunc(keys, func(k indexKey) bool { return !k.created(x.page) })
		if len(keys) > n {
			keys, last, more = keys[:n], keys[n-1], true
		}
		after := last
		x.after = &after
		if len(keys) > 0 || !more || skips == maxSkips {
			return keys, last, more, nil
		}
	}
}

// query returns the keys of one query.
func (x *indexSource) query(ctx context.Context, limit int) (keys []indexKey, last indexKey, more bool, err error) {
	var out *dynamodb.QueryOutput
	in := x.input(limit)
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
	return keys, indexKeyOf(out.LastEvaluatedKey), true, nil
}

func (x *indexSource) input(n int) *dynamodb.QueryInput {
	values := item{":user": text(x.userID)}
	in := &dynamodb.QueryInput{
		TableName:                 &x.store.options.Table,
		IndexName:                 aws.String(IndexName),
		KeyConditionExpression:    aws.String("userId = :user" + spanOf(x.page).condition(values)),
		ProjectionExpression:      aws.String("id, createdAt"),
		ExpressionAttributeValues: values,
		ScanIndexForward:          aws.Bool(!x.page.Descending),
		Limit:                     aws.Int32(int32(n)), // #nosec G115 -- at most session.MaxPageLimit
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
