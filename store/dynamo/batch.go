package dynamo

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"session-api"
)

// maxBatchKeys is how many keys a BatchGetItem takes (AWS: API reference,
// BatchGetItem).
const maxBatchKeys = 100

// errNothingProcessed is an answer without any of the rows that were asked for,
// which DynamoDB gives where it would throttle a single read.
var errNothingProcessed = &types.ProvisionedThroughputExceededException{Message: new("no key of the batch was processed")}

// batch reads the rows of up to maxBatchKeys keys. DynamoDB answers with at most
// 16 MB and with less when it throttles, and names what it left over.
type batch struct {
	store *Store
	keys  []indexKey
	given int // of keys, by answered
	rows  map[string]item
	left  map[string]bool // ids without an answer
	asked bool
	bytes int // of data in the last answer
}

// newBatch returns a batch of keys. An id that comes twice, which an index can
// have while it trails behind, is asked for once: DynamoDB takes no other batch.
func newBatch(s *Store, keys []indexKey) *batch {
	b := &batch{store: s, keys: keys, rows: make(map[string]item, len(keys)), left: make(map[string]bool, len(keys))}
	for _, k := range keys {
		b.left[k.id] = true
	}
	return b
}

// done reports whether answered has returned every key.
func (b *batch) done() bool { return b.given == len(b.keys) }

// answered returns the keys after those it returned before, up to the first one
// whose row is not known yet.
func (b *batch) answered() []indexKey {
	from := b.given
	for b.given < len(b.keys) && !b.left[b.keys[b.given].id] {
		b.given++
	}
	return b.keys[from:b.given]
}

// read asks for the rows that are left.
func (b *batch) read(ctx context.Context) error {
	if b.asked {
		if err := b.again(ctx); err != nil {
			return err
		}
	}
	b.asked = true
	in := b.input()
	var out *dynamodb.BatchGetItemOutput
	_, err := b.store.caller.do(ctx, b.store.bulkCall("BatchGetItem"), func(ctx context.Context) (err error) {
		out, err = b.store.api.BatchGetItem(ctx, in)
		if err == nil && len(out.UnprocessedKeys) > 0 && len(out.Responses[b.store.options.Table]) == 0 {
			return errNothingProcessed
		}
		return err
	})
	if err != nil {
		return err
	}
	b.keep(out)
	return nil
}

// errUnprocessed says that DynamoDB left keys over and there is no budget to ask
// again.
var errUnprocessed = errors.New("BatchGetItem: DynamoDB left rows unread, as it does when it throttles")

// again waits before what was left over is asked for, unless the answer before
// was as large as answers get: then there is nothing to wait for.
func (b *batch) again(ctx context.Context) error {
	if b.bytes >= session.PageDataBytes {
		return nil
	}
	if !b.store.caller.pause(ctx, 1, time.Now().Add(b.store.options.CallTimeout)) {
		return errors.Join(errUnprocessed, ctx.Err())
	}
	return nil
}

func (b *batch) input() *dynamodb.BatchGetItemInput {
	keys := make([]map[string]types.AttributeValue, 0, len(b.left))
	for id := range b.left {
		keys = append(keys, keyOf(id))
	}
	return &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{
		b.store.options.Table: {Keys: keys, ConsistentRead: &b.store.options.ConsistentRead},
	}}
}

// keep takes over the rows of an answer and what it left over.
func (b *batch) keep(out *dynamodb.BatchGetItemOutput) {
	b.bytes = 0
	for _, row := range out.Responses[b.store.options.Table] {
		id, _ := textOf(row, AttributeID)
		b.rows[id] = row
		b.bytes += dataBytes(row)
	}
	clear(b.left)
	for _, key := range out.UnprocessedKeys[b.store.options.Table].Keys {
		id, _ := textOf(key, AttributeID)
		b.left[id] = true
	}
}
