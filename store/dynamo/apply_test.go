package dynamo

import (
	"encoding/json"
	"fmt"
	"testing"

	"session-api"
	"session-api/store/dynamo/dynamotest"
	"session-api/store/dynamo/faultproxy"
)

// everything is a transaction with each kind of write. It needs begun.
func everything() session.Transaction {
	x := rotation("a", "next", atVersion(1))
	x.End = append(x.End, session.Ending{ID: "b", Cond: meanwhile()})
	x.Records = []session.RecordWrite{{Record: newRecord("new", 11)}, {Record: newRecord("old", 12), Was: 2}}
	return x
}

// begun makes what everything ends and replaces.
func (b *bench) begun(t testing.TB) {
	t.Helper()
	b.create(t, newSession("a"))
	b.create(t, newSession("b"))
	b.putRecord(t, "old", 2)
	b.proxy.ResetCalls()
}

// wantEverything fails unless everything is done, or else nothing.
func (b *bench) wantEverything(t testing.TB, done bool) {
	t.Helper()
	alias, err := b.Get(t.Context(), "a")
	if err != nil || (alias.RotatedTo == "next") != done {
		t.Errorf("the first ending: the row is %+v, %v; done is to be %v", alias, err, done)
	}
	for id, there := range map[string]bool{"b": !done, "next": done} {
		if got := b.item(t, b.table, id) != nil; got != there {
			t.Errorf("the row %s is there: %v; want %v", id, got, there)
		}
	}
	for key, versions := range map[string][2]int64{"new": {0, 11}, "old": {2, 12}} {
		got := int64(0)
		if r, err := b.Record(t.Context(), key); err == nil {
			got = r.Version
		}
		if want := versions[map[bool]int{false: 0, true: 1}[done]]; got != want {
			t.Errorf("the record %s is at version %d; want %d", key, got, want)
		}
	}
}

func TestATransactionIsOneCallWithATokenOfItsOwn(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	b.begun(t)
	tokens := map[string]bool{}
	b.fail("TransactWriteItems", 0, func(x *faultproxy.Exchange) {
		var request struct{ ClientRequestToken string }
		if err := json.Unmarshal(x.Body, &request); err != nil || len(request.ClientRequestToken) < 22 || len(request.ClientRequestToken) > 36 {
			t.Errorf("the token is %q, %v; want 22 to 36 characters", request.ClientRequestToken, err)
		}
		tokens[request.ClientRequestToken] = true
		passOn(x)
	})
	b.apply(t, everything())
	b.wantCalls(t, "TransactWriteItems", 1)
	if n := b.proxy.Calls(); n != 1 {
		t.Errorf("Apply made %d backend calls; want 1", n)
	}
	b.wantEverything(t, true)
	b.putRecord(t, "another", 1)
	if len(tokens) != 2 {
		t.Errorf("two transactions have the tokens %v", tokens)
	}
}

func TestRowsWhoseTTLIsATextAreEndedByATransaction(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	if b.Server == dynamotest.Moto {
		return // it answers 500 where a text is compared with a number
	}
	b.begun(t)
	b.put(t, b.table, textRow("a"))
	b.put(t, b.table, textRow("b"))
	stale := everything()
	stale.Records[1].Was = 3
	wantError(t, "Apply at another version of a record", b.Apply(t.Context(), stale), session.ErrStale)
	b.wantCalls(t, "TransactWriteItems", 1)
	b.wantEverything(t, false)

	late := everything()
	late.End[1].Cond.Now = later
	wantError(t, "Apply to a row that is over", b.Apply(t.Context(), late), session.ErrExpired)
	b.wantEverything(t, false)

	b.proxy.ResetCalls()
	b.apply(t, everything())
	b.wantCalls(t, "TransactWriteItems", 2)
	b.wantEverything(t, true)
}

// TestTextTTLsAreFoundOneAfterTheOther: whether DynamoDB gives the reasons of all
// writes once it has found one is not written down.
func TestTextTTLsAreFoundOneAfterTheOther(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	if b.Server == dynamotest.Moto {
		return // it answers 500 where a text is compared with a number
	}
	var x session.Transaction
	for i := range 3 {
		id := fmt.Sprint("row-", i)
		b.create(t, newSession(id))
		x.End = append(x.End, session.Ending{ID: id, Cond: meanwhile()})
	}
	next := 0
	b.fail("TransactWriteItems", 3, func(x *faultproxy.Exchange) {
		b.put(t, b.table, textRow(fmt.Sprint("row-", next)))
		next++
		passOn(x)
	})
	b.apply(t, x)
	b.wantCalls(t, "TransactWriteItems", 4)
	b.wantLists(t)
}
