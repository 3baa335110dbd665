package dynamo

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"session-api"
	"session-api/store/dynamo/faultproxy"
)

// TestWhatARefusedTransactionTells has a reason for each write, and reasons that
// pass beside those that do not.
func TestWhatARefusedTransactionTells(t *testing.T) {
	t.Parallel()
	none, unmet := faultproxy.Reason{Code: "None"}, faultproxy.Reason{Code: "ConditionalCheckFailed", Message: "The conditional request failed"}
	conflict := faultproxy.Reason{Code: "TransactionConflict", Message: "Transaction is ongoing for the item"}
	throttled := faultproxy.Reason{Code: "ThrottlingError", Message: "Throughput exceeds the current capacity of your table or index."}
	large := faultproxy.Reason{Code: "ValidationError", Message: "Item size to update has exceeded the maximum allowed size"}
	invalid := faultproxy.Reason{Code: "ValidationError", Message: "One or more parameter values were invalid."}
	for what, c := range map[string]struct {
		reasons []faultproxy.Reason // of two endings, two records and the create
		want    error               // nil: none of the domain's
		calls   int
	}{
		"an ending":                      {[]faultproxy.Reason{unmet, none, none, none, none}, session.ErrNotFound, 1},
		"the other ending":               {[]faultproxy.Reason{none, unmet, none, none, none}, session.ErrNotFound, 1},
		"a record":                       {[]faultproxy.Reason{none, none, none, unmet, none}, session.ErrStale, 1},
		"the create":                     {[]faultproxy.Reason{none, none, none, none, unmet}, session.ErrExists, 1},
		"all of them":                    {[]faultproxy.Reason{unmet, unmet, unmet, unmet, unmet}, session.ErrNotFound, 1},
		"records and the create":         {[]faultproxy.Reason{none, none, unmet, none, unmet}, session.ErrStale, 1},
		"a record beside a conflict":     {[]faultproxy.Reason{conflict, none, unmet, none, none}, session.ErrStale, 1},
		"a record beside throttling":     {[]faultproxy.Reason{throttled, none, unmet, none, none}, session.ErrStale, 1},
		"a record beside what is large":  {[]faultproxy.Reason{none, none, unmet, none, large}, session.ErrStale, 1},
		"what is large":                  {[]faultproxy.Reason{none, none, none, none, large}, session.ErrTooLarge, 1},
		"what is large beside throttles": {[]faultproxy.Reason{throttled, none, large, none, none}, session.ErrTooLarge, 1},
		"throttling":                     {[]faultproxy.Reason{none, throttled, none, none, none}, session.ErrUnavailable, 3},
		"used up throughput":             {[]faultproxy.Reason{none, none, none, {Code: "ProvisionedThroughputExceeded"}, none}, session.ErrUnavailable, 3},
		"throttling beside a conflict":   {[]faultproxy.Reason{conflict, throttled, none, none, none}, session.ErrUnavailable, 3},
		"a conflict":                     {[]faultproxy.Reason{none, none, conflict, none, none}, session.ErrUnavailable, maxClashes},
		"what is invalid":                {[]faultproxy.Reason{none, invalid, none, none, none}, nil, 1},
		"a code that is not known":       {[]faultproxy.Reason{{Code: "NewInThisYear"}, none, none, none, none}, nil, 1},
		"too few reasons":                {[]faultproxy.Reason{unmet}, nil, 1},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, Options{})
			b.fail("TransactWriteItems", 0, faultproxy.Cancel(c.reasons...))
			err := b.Apply(t.Context(), everything())
			if c.want != nil {
				wantError(t, "Apply", err, c.want)
			} else {
				wantOurFault(t, err)
			}
			b.wantCalls(t, "TransactWriteItems", c.calls)
		})
	}
}

// wantOurFault fails unless err is a failure that is none of the domain's.
func wantOurFault(t *testing.T, err error) {
	t.Helper()
	if told := (*session.Error)(nil); err == nil || errors.As(err, &told) {
		t.Errorf("Apply returned %v; want an error that is none of the domain's", err)
	}
}

func TestWhatPassesIsTriedAgain(t *testing.T) {
	t.Parallel()
	none := faultproxy.Reason{Code: "None"}
	cancel := func(code string) faultproxy.Fault {
		return faultproxy.Cancel(none, none, faultproxy.Reason{Code: code}, none, none)
	}
	for what, fault := range map[string]faultproxy.Fault{
		"a conflict":               cancel("TransactionConflict"),
		"throttling":               cancel("ThrottlingError"),
		"used up throughput":       cancel("ProvisionedThroughputExceeded"),
		"a throttled call":         faultproxy.Throttle(),
		"the same under way":       faultproxy.Error(400, "TransactionInProgressException", "The transaction with the given request token is already in progress."),
		"a conflict of one region": faultproxy.Error(400, "ReplicatedWriteConflictException", "no"),
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, Options{})
			b.begun(t)
			b.fail("TransactWriteItems", 2, fault)
			b.apply(t, everything())
			b.wantCalls(t, "TransactWriteItems", 3)
			b.wantEverything(t, true)
		})
	}
}

// TestATokenThatIsUsedForAnotherTransactionIsAFaultOfOurs, so it must not look as
// if trying again would help.
func TestATokenThatIsUsedForAnotherTransactionIsAFaultOfOurs(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	b.fail("TransactWriteItems", 0, faultproxy.Error(400, "IdempotentParameterMismatchException", "no"))
	wantOurFault(t, b.Apply(t.Context(), everything()))
	b.wantCalls(t, "TransactWriteItems", 1)
}

func TestARefusedTransactionQuotesNoID(t *testing.T) {
	t.Parallel()
	const former, next = "session-alice-FORMERSECRET", "session-alice-NEXTSECRETS"
	b := newBench(t, Options{})
	b.fail("TransactWriteItems", 0, faultproxy.Error(400, "ValidationException", "The values "+former+" and "+next+" are not valid"))
	err := b.Apply(t.Context(), rotation(former, next, meanwhile()))
	if text := fmt.Sprint(err); strings.Contains(text, "SECRET") || !strings.Contains(text, session.Redact(former)) {
		t.Errorf("the error does not show the ids in their redacted form: %v", err)
	}
}
