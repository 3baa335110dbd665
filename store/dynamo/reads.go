package dynamo

import (
	"context"
	"sync"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// reads makes the reads of single rows, several with one call where many come at
// once. A call of the SDK costs ten to twenty times what one more row in it does.
//
// What is shared is an attempt, and nothing of it is tried again here: every reader
// goes on for himself (call.go), with his own deadline, pauses and part of the
// budget. Where a shared call failed for what may be another's fault, he goes on
// alone, at once, as if there had been no call. So nobody fails for his neighbours,
// and a status means what it means for a reader who is alone.
type reads struct {
	store *Store
	// lanes are those of eventual and of consistent reads.
	eventual, consistent lane
	// running are the shared calls.
	running sync.WaitGroup
	counts  readCounts
	trust   trust
}

func newReads(s *Store) *reads {
	r := &reads{store: s, trust: trust{options: s.options}}
	r.eventual = lane{reads: r}
	r.consistent = lane{reads: r, consistent: true}
	return r
}

// row returns a row, nil if there is none. It may be shared with others: it must
// not be changed. The error is that of caller.do.
func (r *reads) row(ctx context.Context, id string, consistent bool) (row item, err error) {
	lane := &r.eventual
	if consistent {
		lane = &r.consistent
	}
	shares := r.shares(id)
	_, err = r.store.caller.do(ctx, r.store.rowCall("GetItem", id), func(ctx context.Context) (err error) {
		if !shares {
			row, err = r.alone(ctx, id, consistent)
			return err
		}
		row, err = lane.read(ctx, id)
		shares = isThrottled(err) && r.trust.holds()
		return err
	})
	return row, err
}

// maxKeyBytes is the length of the longest key (AWS: Developer Guide, Quotas).
const maxKeyBytes = 2048

// shares reports whether a read may share a call. Ids that cannot be, or that are
// not sent as they are and so could be there twice, go alone: DynamoDB would refuse
// the others with them.
func (r *reads) shares(id string) bool {
	return r.store.options.CoalesceReads && r.trust.holds() &&
		id != "" && len(id) <= maxKeyBytes && utf8.ValidString(id)
}

// from is the number of calls under way from which on reads wait for each other.
func (r *reads) from() int { return r.store.options.CoalesceFrom }

// alone makes a call for one row.
func (r *reads) alone(ctx context.Context, id string, consistent bool) (item, error) {
	r.counts.alone.Add(1)
	out, err := r.store.api.GetItem(ctx, r.store.getInput(id, consistent))
	if err != nil {
		return nil, err
	}
	return out.Item, nil
}

// ask makes the call of s and returns how much data came. Nobody is told before
// s.done is closed.
func (r *reads) ask(s *sharedRead, consistent bool) (bytes int) {
	defer func() {
		r.counts.add(s)
		r.store.options.Logger.Debug("read together", "rows", len(s.keys), "readers", s.boarded, "left", s.left, "failed", s.err != nil)
	}()
	left := r.store.options.now()
	out, err := r.store.api.BatchGetItem(s.ctx, &dynamodb.BatchGetItemInput{
		RequestItems: map[string]types.KeysAndAttributes{
			r.store.options.Table: {Keys: s.keys, ConsistentRead: &consistent},
		},
	})
	if err != nil {
		if s.fail(err); s.err.company && s.ctx.Err() == nil {
			r.blame(s, s.err)
		}
		return 0
	}
	r.trust.kept(left)
	return s.take(out)
}

// blame takes down that s failed, once, whoever was the first to see it.
func (r *reads) blame(s *sharedRead, f *fault) {
	if !s.blamed.Swap(true) {
		r.trust.failed(f)
	}
}

// close waits for the shared calls, which nobody waits for any more.
func (r *reads) close() {
	r.eventual.stop()
	r.consistent.stop()
	r.running.Wait()
}

// isThrottled reports whether an attempt failed for that alone.
func isThrottled(err error) bool {
	return err != nil && newFault("", nil, err).class == throttled
}
