package faultproxy

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"syscall"
	"testing"
)

func TestErrorsAreThoseOfDynamoDB(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		fault  Fault
		status int
		name   string
		calls  int64 // of the target
	}{
		{Throttle(), 400, "ProvisionedThroughputExceededException", 0},
		{ServerError(), 500, "InternalServerError", 0},
		{ServerErrorAfter(), 500, "InternalServerError", 1},
		{Denied(), 400, "AccessDeniedException", 0},
		{Expired(), 400, "ExpiredTokenException", 0},
		{NoTable(), 400, "ResourceNotFoundException", 0},
		{Error(503, "ServiceUnavailable", `a "quoted" word`), 503, "ServiceUnavailable", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			backend := newTarget(t, "")
			p := Start(t, backend.URL)
			p.Add(Rule{Fault: c.fault})
			a := mustSend(t, p, "PutItem", `{}`)
			if a.status != c.status || errorName(a.body) != c.name || !json.Valid([]byte(a.body)) {
				t.Errorf("got %d %s", a.status, a.body)
			}
			if n := backend.calls.Load(); n != c.calls {
				t.Errorf("the target had %d calls; want %d", n, c.calls)
			}
		})
	}
}

func TestConnectionsBreakBeforeOrAfterTheEffect(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault Fault
		calls int64
	}{
		"LoseRequest": {LoseRequest(), 0},
		"LoseReply":   {LoseReply(), 1},
		"Reset":       {Reset(), 0},
		"Truncate":    {Truncate(), 1},
		"no answer":   {func(*Exchange) {}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			backend := newTarget(t, "")
			p := Start(t, backend.URL)
			p.Add(Rule{Fault: c.fault})
			a, err := send(t, p, "PutItem", `{"some":"longer text"}`)
			if err == nil {
				t.Fatalf("got %d %q", a.status, a.body)
			}
			if name == "Reset" && !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("the connection ended with %v; want a reset", err)
			}
			if name == "Truncate" && (a.status != http.StatusOK || a.body == "" || !strings.HasPrefix(`{"some":"longer text"}`, a.body)) {
				t.Errorf("before its end the answer is %d %q", a.status, a.body)
			}
			if n := backend.calls.Load(); n != c.calls {
				t.Errorf("the target had %d calls; want %d", n, c.calls)
			}
		})
	}
}

func TestStallsLastUntilTheCallerLeaves(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault Fault
		calls int64
	}{"Stall": {Stall(), 0}, "StallReply": {StallReply(), 1}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			backend := newTarget(t, "")
			p := Start(t, backend.URL)
			ctx, leave := context.WithCancel(t.Context())
			let := make(chan struct{})
			p.Add(Rule{Fault: func(x *Exchange) {
				leave() // which a call that is forwarded outlasts
				c.fault(x)
				close(let)
			}})
			if _, err := sendWith(ctx, t, http.DefaultClient, p.URL(), "PutItem", `{}`); !errors.Is(err, context.Canceled) {
				t.Errorf("the call ended with %v; want the caller's own end", err)
			}
			<-let
			if n := backend.calls.Load(); n != c.calls {
				t.Errorf("the target had %d calls; want %d", n, c.calls)
			}
		})
	}
}

func TestCorruptLeavesTheBodyAndBreaksTheChecksum(t *testing.T) {
	t.Parallel()
	p := Start(t, newTarget(t, "").URL)
	p.Add(Rule{Fault: Corrupt()})
	a, err := send(t, p, "GetItem", `{"a":1}`)
	if err != nil || a.body != `{"a":1}` {
		t.Fatalf("got %q, %v", a.body, err)
	}
	if a.header.Get(checksumHeader) == checksum([]byte(a.body)) {
		t.Error("the checksum fits")
	}
}

func TestLeaveHalfAsksForTheFirstHalf(t *testing.T) {
	t.Parallel()
	const request = `{"RequestItems":{"t":{"ConsistentRead":true,"Keys":[{"id":{"S":"a"}},{"id":{"S":"b"}},{"id":{"S":"c"}}]}}}`
	p := Start(t, newTarget(t, "").URL) // which answers with the request
	p.Add(Rule{Fault: LeaveHalf()})
	wantJSON(t, mustSend(t, p, "BatchGetItem", request).body, `{
		"RequestItems":{"t":{"ConsistentRead":true,"Keys":[{"id":{"S":"a"}},{"id":{"S":"b"}}]}},
		"UnprocessedKeys":{"t":{"ConsistentRead":true,"Keys":[{"id":{"S":"c"}}]}}}`)
}

func TestLeaveHalfOfOneKeyLeavesNothing(t *testing.T) {
	t.Parallel()
	const request = `{"RequestItems":{"t":{"Keys":[{"id":{"S":"a"}}]}}}`
	p := Start(t, newTarget(t, "").URL)
	p.Add(Rule{Fault: LeaveHalf()})
	wantJSON(t, mustSend(t, p, "BatchGetItem", request).body, `{"RequestItems":{"t":{"Keys":[{"id":{"S":"a"}}]}},"UnprocessedKeys":{}}`)
}

func TestLeaveHalfKeepsWhatTheTargetLeft(t *testing.T) {
	t.Parallel()
	p := Start(t, newTarget(t, `{"Responses":{},"UnprocessedKeys":{"t":{"Keys":[{"id":{"S":"a"}}]}}}`).URL)
	p.Add(Rule{Fault: LeaveHalf()})
	got := mustSend(t, p, "BatchGetItem", `{"RequestItems":{"t":{"Keys":[{"id":{"S":"a"}},{"id":{"S":"b"}}]}}}`)
	wantJSON(t, got.body, `{"Responses":{},"UnprocessedKeys":{"t":{"Keys":[{"id":{"S":"b"}},{"id":{"S":"a"}}]}}}`)
}

func TestLeaveAllAsksForNothing(t *testing.T) {
	t.Parallel()
	backend := newTarget(t, "")
	p := Start(t, backend.URL)
	p.Add(Rule{Fault: LeaveAll()})
	got := mustSend(t, p, "BatchGetItem", `{"RequestItems":{"t":{"Keys":[{"id":{"S":"a"}}]}}}`)
	wantJSON(t, got.body, `{"Responses":{},"UnprocessedKeys":{"t":{"Keys":[{"id":{"S":"a"}}]}}}`)
	if n := backend.calls.Load(); n != 0 {
		t.Errorf("the target had %d calls", n)
	}
}

func TestRowsAreHiddenAndShown(t *testing.T) {
	t.Parallel()
	const rows = `{"Count":2,"ScannedCount":2,"Items":[{"id":{"S":"a"}},{"id":{"S":"b"}}]}`
	p := Start(t, newTarget(t, rows).URL)
	p.Add(Rule{Op: "Query", Fault: HideRows("a", "x")})
	p.Add(Rule{Op: "Scan", Fault: ShowRows(map[string]string{"id": "c", "userId": "u"})})
	wantJSON(t, mustSend(t, p, "Query", `{}`).body, `{"Count":1,"ScannedCount":2,"Items":[{"id":{"S":"b"}}]}`)
	wantJSON(t, mustSend(t, p, "Scan", `{}`).body,
		`{"Count":3,"ScannedCount":2,"Items":[{"id":{"S":"c"},"userId":{"S":"u"}},{"id":{"S":"a"}},{"id":{"S":"b"}}]}`)
}

func TestAnswersThatAreErrorsAreNotEdited(t *testing.T) {
	t.Parallel()
	refusing := Start(t, newTarget(t, "").URL)
	refusing.Add(Rule{Fault: NoTable()})
	p := Start(t, refusing.URL())
	p.Add(Rule{Op: "Query", Fault: HideRows("a")})
	p.Add(Rule{Op: "BatchGetItem", Fault: LeaveHalf()})
	for op, body := range map[string]string{"Query": `{}`, "BatchGetItem": `{"RequestItems":{"t":{"Keys":[{},{}]}}}`} {
		if a := mustSend(t, p, op, body); a.status != http.StatusBadRequest || errorName(a.body) != "ResourceNotFoundException" {
			t.Errorf("%s: got %d %s", op, a.status, a.body)
		}
	}
}

func TestWhatIsNoJSONClosesTheConnection(t *testing.T) {
	t.Parallel()
	p := Start(t, newTarget(t, "no JSON").URL)
	p.Add(Rule{Op: "Query", Fault: HideRows("a")})
	p.Add(Rule{Op: "BatchGetItem", Fault: LeaveHalf()})
	for _, op := range []string{"Query", "BatchGetItem"} {
		if a, err := send(t, p, op, `no JSON`); err == nil {
			t.Errorf("%s: got %d %q", op, a.status, a.body)
		}
	}
}

func TestAFaultSeesTheCall(t *testing.T) {
	t.Parallel()
	p := Start(t, newTarget(t, "").URL)
	p.Add(Rule{Fault: func(x *Exchange) {
		x.Body = append([]byte(x.Op()+" "), x.Body...)
		pass(x)
	}})
	if a := mustSend(t, p, "Query", `{}`); a.body != `Query {}` {
		t.Errorf("the target saw %q", a.body)
	}
}

func wantJSON(t *testing.T, got, want string) {
	t.Helper()
	var g, w any
	if err := errors.Join(json.Unmarshal([]byte(got), &g), json.Unmarshal([]byte(want), &w)); err != nil {
		t.Fatalf("%v in %s", err, got)
	}
	if !reflect.DeepEqual(g, w) {
		t.Errorf("got %s; want %s", got, want)
	}
}
