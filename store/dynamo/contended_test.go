package dynamo

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"session-api"
	"session-api/store/dynamo/dynamotest"
	"session-api/store/dynamo/faultproxy"
)

// TestOfManyWritersOfARecordOneWins plays the conflicts of DynamoDB, which no test
// server has: a transaction that meets another one on the way is cancelled. The
// others are told that they came too late, and none that the store is away.
func TestOfManyWritersOfARecordOneWins(t *testing.T) {
	t.Parallel()
	const writers = 48
	b := newBench(t, Options{jitter: Options{}.withDefaults().jitter})
	if b.Server == dynamotest.Moto {
		return // it undoes a refused transaction by putting the table of before in place
	}
	b.putRecord(t, "key", 1)
	b.proxy.ResetCalls()
	busy := make(chan struct{}, 1)
	conflict := faultproxy.Cancel(faultproxy.Reason{Code: "TransactionConflict"}, faultproxy.Reason{Code: "None"})
	b.fail("TransactWriteItems", 0, func(x *faultproxy.Exchange) {
		select {
		case busy <- struct{}{}:
			answer, err := x.Forward()
			<-busy
			if err == nil {
				x.Reply(answer)
			}
		default:
			conflict(x)
		}
	})
	errs := make([]error, writers)
	var all sync.WaitGroup
	for i := range writers {
		all.Go(func() {
			errs[i] = b.Apply(t.Context(), session.Transaction{
				Create:  newSession(fmt.Sprint("row-", i)),
				Records: []session.RecordWrite{{Record: newRecord("key", int64(100+i)), Was: 1}},
			})
		})
	}
	all.Wait()
	var won []string
	for i, err := range errs {
		if err == nil {
			won = append(won, fmt.Sprint("row-", i))
			continue
		}
		wantError(t, "Apply that came too late", err, session.ErrStale)
	}
	if len(won) != 1 {
		t.Errorf("%d of %d writers won", len(won), writers)
	}
	b.wantLists(t, won...)
	if n := b.proxy.Calls("TransactWriteItems"); n <= writers {
		t.Errorf("%d calls: the writers did not meet", n)
	}
	if b.caller.budget.tokens < budgetSize-1 {
		t.Errorf("the conflicts cost %v retries", budgetSize-b.caller.budget.tokens)
	}
}

// TestAWriteThatMeetsATransactionIsTriedAgain with a bound of its own: others at
// the same row are no outage.
func TestAWriteThatMeetsATransactionIsTriedAgain(t *testing.T) {
	t.Parallel()
	for op, write := range map[string]func(*bench) error{
		"PutItem":    func(b *bench) error { return b.Create(t.Context(), newSession("b")) },
		"UpdateItem": func(b *bench) error { _, err := b.Update(t.Context(), "a", changed(`1`), meanwhile()); return err },
		"DeleteItem": func(b *bench) error { _, err := b.Delete(t.Context(), "a", meanwhile()); return err },
	} {
		b := newBench(t, Options{})
		b.create(t, newSession("a"))
		for b.caller.budget.spend() {
		}
		b.proxy.ResetCalls()
		b.fail(op, 5, faultproxy.Error(400, "TransactionConflictException", "Transaction is ongoing for the item"))
		if err := write(b); err != nil {
			t.Errorf("%s: %v", op, err)
		}
		b.wantCalls(t, op, 6)
	}
}

func TestAttemptsThatMeetTransactionsEndInTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, k := scripted()
		began, sent := time.Now(), 0
		maybe, err := c.do(t.Context(), k, func(context.Context) error {
			sent++
			return &types.TransactionConflictException{}
		})
		wantError(t, "the call", failed(err), session.ErrUnavailable)
		if maybe {
			t.Error("what was refused is said to have had an effect, maybe")
		}
		// After 0, 25, 75, 175, 375, 575, 775 and 975 ms.
		if took := time.Since(began); sent != 8 || took > k.all {
			t.Errorf("%d attempts were made in %v; want 8 in a second", sent, took)
		}
		if c.budget.tokens != budgetSize {
			t.Errorf("they cost %v retries", budgetSize-c.budget.tokens)
		}
	})
}
