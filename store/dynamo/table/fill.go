package table

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
)

// settleIndex has the table get its index and waits until DynamoDB has filled
// it. The table serves all the while.
func (a *Admin) settleIndex(ctx context.Context) error {
	asked := false
	return a.await(ctx, "the index "+indexName, func(ctx context.Context) (sight, error) {
		t, err := a.describe(ctx)
		if err != nil {
			return sight{}, err
		}
		ix := index(t)
		switch {
		case ix != nil && ix.IndexStatus != types.IndexStatusDeleting:
			return a.filling(t, ix)
		case ix != nil:
			return sight{state: "index DELETING"}, nil
		case asked:
			// DescribeTable may trail behind UpdateTable.
			return sight{state: "index asked for, not shown yet", stalled: true}, nil
		case t.TableStatus != types.TableStatusActive:
			return sight{state: "table " + string(t.TableStatus) + " because of another change", stalled: !moving(t)}, nil
		}
		_, err = a.api.UpdateTable(ctx, indexInput(t))
		if busy(err) {
			return sight{state: "AWS has the index wait: " + said(err), stalled: !moving(t)}, nil
		}
		asked = err == nil
		return sight{state: "index asked for", stalled: true}, a.place().explain(err, "UpdateTable")
	})
}

// filling returns how far the index is. One that somebody else added meanwhile
// may be another than ours.
func (a *Admin) filling(t *types.TableDescription, ix *types.GlobalSecondaryIndexDescription) (sight, error) {
	if f := indexKeySchema(a.place(), ix); f.Level == Wrong {
		return sight{}, failf(nil, "the index %s was added by somebody else with other keys (%s)", indexName, f.Found)
	}
	s := sight{state: "index " + string(ix.IndexStatus), done: ix.IndexStatus != types.IndexStatusCreating}
	switch {
	case s.done:
	case aws.ToBool(ix.Backfilling):
		s.state += fmt.Sprintf(", backfilling: holds %d rows, the table %d (both as AWS counts them every six hours; "+
			"the CloudWatch metric OnlineIndexPercentageProgress is newer)", aws.ToInt64(ix.ItemCount), aws.ToInt64(t.ItemCount))
	default:
		s.state += ", AWS prepares it"
	}
	return s, nil
}

// moving reports whether DynamoDB is changing something of the table, so that
// waiting will come to an end.
func moving(t *types.TableDescription) bool {
	if t.TableStatus == types.TableStatusUpdating || t.TableStatus == types.TableStatusCreating {
		return true
	}
	for _, ix := range t.GlobalSecondaryIndexes {
		if ix.IndexStatus != types.IndexStatusActive {
			return true
		}
	}
	return false
}

// said returns the server's own words.
func said(err error) string {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return err.Error()
	}
	return api.ErrorMessage()
}
