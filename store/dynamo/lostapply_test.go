package dynamo

import (
	"bytes"
	"context"
	"testing"
	"time"

	"session-api"
	"session-api/store/dynamo/faultproxy"
)

func TestATransactionWhoseAnswerIsLostIsDoneOnce(t *testing.T) {
	t.Parallel()
	// Its attempts have the time of a whole call.
	waiting := Options{AttemptTimeout: 2 * time.Second, CallTimeout: 2 * time.Second}
	eachLossWith(t, waiting, func(t *testing.T, b *bench, loss faultproxy.Fault, _ bool) {
		b.begun(t)
		b.fail("TransactWriteItems", 1, loss)
		b.apply(t, everything())
		b.wantCalls(t, "TransactWriteItems", 2)
		b.wantEverything(t, true)
	})
}

// TestEachAttemptSendsTheSameBytes: with others, DynamoDB may say that the token
// was used for another transaction. Go's maps have another order each time.
func TestEachAttemptSendsTheSameBytes(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{Attempts: 10})
	b.begun(t)
	const lost = 9
	bodies := make(chan []byte, lost) // each attempt has a connection of its own
	b.fail("TransactWriteItems", lost, func(x *faultproxy.Exchange) {
		bodies <- x.Body
		x.HangUp()
	})
	b.apply(t, everything())
	if len(bodies) != lost {
		t.Fatalf("%d attempts were lost; want %d", len(bodies), lost)
	}
	first := <-bodies
	for i := 1; i < lost; i++ {
		if body := <-bodies; !bytes.Equal(body, first) {
			t.Errorf("attempt %d sends\n%s\nand the first\n%s", i, body, first)
		}
	}
}

// forgetful has the server know no tokens, as some do. The first call is carried
// out, is followed by what happens between, and has no answer.
func (b *bench) forgetful(t *testing.T, done bool, between func(*bench) error) {
	b.fail("TransactWriteItems", 1, func(x *faultproxy.Exchange) {
		x.DropToken()
		if done {
			_, _ = x.Forward()
		}
		if err := between(b); err != nil {
			t.Errorf("the other write: %v", err)
		}
		x.HangUp()
	})
	b.fail("TransactWriteItems", 0, func(x *faultproxy.Exchange) {
		x.DropToken()
		passOn(x)
	})
}

func nothing(*bench) error { return nil }

func replaceRecord(key string, was, version int64) session.Transaction {
	return session.Transaction{Records: []session.RecordWrite{{Record: newRecord(key, version), Was: was}}}
}

// TestATransactionRecognisesItselfWithoutATokenToo by any of its writes, though
// the others were changed since.
func TestATransactionRecognisesItselfWithoutATokenToo(t *testing.T) {
	t.Parallel()
	ends := session.Transaction{End: []session.Ending{{ID: "a", Cond: meanwhile()}, {ID: "b", Cond: atVersion(1)}}}
	alias := rotation("a", "next", atVersion(1))
	alias.Create = nil
	record := replaceRecord("old", 2, 12)
	for what, c := range map[string]struct {
		x     session.Transaction
		other func(*bench) error
	}{
		"everything":  {everything(), nothing},
		"its create":  {session.Transaction{Create: newSession("next"), End: ends.End}, nothing},
		"its record":  {session.Transaction{End: ends.End, Records: record.Records}, nothing},
		"its alias":   {session.Transaction{End: append(alias.End, ends.End[1])}, nothing},
		"its endings": {ends, nothing},
		"the rest, where the new row was updated": {everything(), func(b *bench) error {
			_, err := b.Update(context.Background(), "next", changed(`1`), meanwhile())
			return err
		}},
		"the rest, where a record was replaced": {everything(), func(b *bench) error {
			return b.Apply(context.Background(), replaceRecord("old", 12, 13))
		}},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, Options{})
			b.begun(t)
			b.forgetful(t, true, c.other)
			if err := b.Apply(t.Context(), c.x); err != nil {
				t.Errorf("Apply: %v", err)
			}
			if n := b.proxy.Calls("TransactWriteItems"); n < 2 {
				t.Errorf("%d calls: none was lost", n)
			}
		})
	}
}

func TestATransactionDoesNotTakeAnothersWritesForItsOwn(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		other func(*bench) error
		want  error
	}{
		"an ending": {func(b *bench) error {
			_, err := b.Delete(context.Background(), "b", meanwhile())
			return err
		}, session.ErrNotFound},
		"an update": {func(b *bench) error {
			_, err := b.Update(context.Background(), "a", changed(`1`), meanwhile())
			return err
		}, session.ErrConflict},
		"a record": {func(b *bench) error {
			return b.Apply(context.Background(), replaceRecord("old", 2, 13))
		}, session.ErrStale},
		"a create": {func(b *bench) error { return b.Create(context.Background(), newSession("next")) }, session.ErrExists},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, Options{})
			b.begun(t)
			b.forgetful(t, false, c.other)
			wantError(t, "Apply", b.Apply(t.Context(), everything()), c.want)
		})
	}
}
