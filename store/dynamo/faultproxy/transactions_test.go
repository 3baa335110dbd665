package faultproxy

import (
	"encoding/json"
	"reflect"
	"testing"
)

func TestATransactionIsCancelledForTheReasonsGiven(t *testing.T) {
	t.Parallel()
	backend := newTarget(t, "")
	p := Start(t, backend.URL)
	p.Add(Rule{Fault: Cancel(Reason{Code: "None"}, Reason{Code: "TransactionConflict", Message: "Transaction is ongoing"})})
	a := mustSend(t, p, "TransactWriteItems", `{}`)
	var body struct{ CancellationReasons []map[string]string }
	err := json.Unmarshal([]byte(a.body), &body)
	want := []map[string]string{{"Code": "None"}, {"Code": "TransactionConflict", "Message": "Transaction is ongoing"}}
	if a.status != 400 || errorName(a.body) != "TransactionCanceledException" || err != nil || !reflect.DeepEqual(body.CancellationReasons, want) {
		t.Errorf("got %d %s", a.status, a.body)
	}
	if n := backend.calls.Load(); n != 0 {
		t.Errorf("the target had %d calls; want none", n)
	}
}

func TestATokenCanBeDropped(t *testing.T) {
	t.Parallel()
	p := Start(t, newTarget(t, "").URL) // which answers with the request
	p.Add(Rule{Fault: func(x *Exchange) {
		x.DropToken()
		pass(x)
	}})
	a := mustSend(t, p, "TransactWriteItems", `{"ClientRequestToken":"token","TransactItems":[1]}`)
	if want := `{"TransactItems":[1]}`; a.body != want {
		t.Errorf("passed on is %s; want %s", a.body, want)
	}
}
