package dynamo

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"session-api"
)

// scanSource finds the keys of a user's rows in the table itself, where there is
// no index: it reads the whole table, in parallel segments, once for each page.
type scanSource struct {
	store  *Store
	userID string
	page   session.PageQuery
	after  *indexKey

	scanned bool
	keys    []indexKey // what was found and not given out
}

func (x *scanSource) next(ctx context.Context, n int) (keys []indexKey, last indexKey, more bool, err error) {
	if !x.scanned {
		if x.keys, err = x.scan(ctx); err != nil {
			return nil, indexKey{}, false, err
		}
		x.scanned = true
	}
	n = min(n, len(x.keys))
	keys, x.keys = x.keys[:n], x.keys[n:]
	if n > 0 {
		last = keys[n-1]
	}
	return keys, last, len(x.keys) > 0, nil
}

// scan returns the keys of all rows of the user after x.after, in the order that
// the index would have.
func (x *scanSource) scan(ctx context.Context) ([]indexKey, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	found := make([][]indexKey, x.store.options.ScanSegments)
	var segments sync.WaitGroup
	for i := range found {
		segments.Go(func() {
			var err error
			if found[i], err = x.segment(ctx, i); err != nil {
				cancel(err) // the first one counts; the others end for it
			}
		})
	}
	segments.Wait()
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	keys := slices.Concat(found...)
	slices.SortFunc(keys, x.compare)
	return keys, nil
}

// compare is the order of the list.
func (x *scanSource) compare(a, b indexKey) int {
	if x.page.Descending {
		a, b = b, a
	}
	return a.compare(b)
}

// compare is the order of the index; rows of one createdAt go by id here, in what
// order they go there is DynamoDB's.
func (k indexKey) compare(other indexKey) int {
	return cmp.Or(strings.Compare(k.createdAt, other.createdAt), strings.Compare(k.id, other.id))
}

// segment returns the keys that one segment of the table holds.
func (x *scanSource) segment(ctx context.Context, i int) (keys []indexKey, err error) {
	in := x.input(i)
	for {
		rows, last, err := x.store.scan(ctx, in)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			if k, ok := x.keyIn(row); ok && k.created(x.page) && (x.after == nil || x.compare(k, *x.after) > 0) {
				keys = append(keys, k)
			}
		}
		if len(last) == 0 {
			return keys, nil
		}
		in.ExclusiveStartKey = last
	}
}

// keyIn returns the key that the index would have for the row; false if it would
// not hold the row at all.
func (x *scanSource) keyIn(row item) (indexKey, bool) {
	createdAt, err := textOf(row, AttributeCreatedAt)
	if err != nil {
		if id, ok := row[AttributeID].(*types.AttributeValueMemberS); ok {
			x.store.unread.Note(id.Value, broken(AttributeCreatedAt, err))
		}
		return indexKey{}, false
	}
	id, _ := textOf(row, AttributeID)
	return indexKey{createdAt: createdAt, id: id}, true
}

// input leaves out what is no session: that has no userId.
func (x *scanSource) input(segment int) *dynamodb.ScanInput {
	values := item{":user": text(x.userID), ":now": number(x.page.Now.Unix())}
	return &dynamodb.ScanInput{
		TableName:                 &x.store.options.Table,
		ConsistentRead:            &x.store.options.ConsistentRead,
		Segment:                   aws.Int32(int32(segment)),                      // #nosec G115 -- below maxScanSegments
		TotalSegments:             aws.Int32(int32(x.store.options.ScanSegments)), // #nosec G115 -- at most maxScanSegments
		FilterExpression:          aws.String("userId = :user AND " + notOver + spanOf(x.page).condition(values)),
		ProjectionExpression:      aws.String("id, createdAt"),
		ExpressionAttributeNames:  map[string]string{"#ttl": AttributeTTL},
		ExpressionAttributeValues: values,
	}
}
