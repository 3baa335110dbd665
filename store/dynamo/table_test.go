package dynamo

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"session-api"
	"session-api/store/dynamo/faultproxy"
)

func TestAMissingTableIsSaidToBeAndServedWhenItIsThere(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	proxy := faultproxy.Start(t, s.endpoint)
	remove := proxy.Add(faultproxy.Rule{Fault: faultproxy.NoTable()})
	var l logs
	clock := newWatch()
	store := s.open(t, s.newTable(t, true), Options{endpoint: proxy.URL(), Logger: l.logger(), now: clock.time})
	_, err := store.Status(t.Context())
	wantError(t, "Status", err, session.ErrUnavailable)
	if told := (*session.Error)(nil); !errors.As(err, &told) || !strings.Contains(told.Message, "session-api table create") {
		t.Errorf("Status does not say what to do: %v", told)
	}
	_, err = store.Get(t.Context(), "a")
	wantError(t, "Get", err, session.ErrUnavailable)
	if n := strings.Count(l.String(), "table create"); n != 1 {
		t.Errorf("the log says %d times what to do; want once:\n%s", n, &l)
	}
	remove()
	if err := store.Create(t.Context(), newSession("a")); err != nil {
		t.Errorf("Create when the table is there: %v", err)
	}
	_, err = store.Status(t.Context())
	wantError(t, "Status within a second", err, session.ErrUnavailable)
	clock.forward(failureFresh)
	if _, err := store.Status(t.Context()); err != nil {
		t.Errorf("Status a second later: %v", err)
	}
}

func TestWhatAPersonMustMendIsLoggedOnceAMinute(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault faultproxy.Fault
		says  string
	}{
		"denied":          {faultproxy.Denied(), "Allow its role"},
		"expired":         {faultproxy.Expired(), "may be missing or have expired"},
		"missing table":   {faultproxy.NoTable(), "DYNAMODB_TABLE_NAME"},
		"wrong signature": {faultproxy.Error(400, "InvalidSignatureException", "no"), "clock"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var l logs
			clock := newWatch()
			b := newBench(t, Options{Logger: l.logger(), now: clock.time})
			b.fail("", 0, c.fault)
			for want := 1; want <= 2; want++ {
				for range 3 {
					_, _ = b.Get(t.Context(), "session-alice-CANARY")
				}
				if n := strings.Count(l.String(), c.says); n != want {
					t.Errorf("in minute %d the log says %d times what to do; want %d", want, n, want)
				}
				clock.forward(troubleEvery)
			}
			for _, part := range []string{b.table, testRegion, "GetItem"} {
				if !strings.Contains(l.String(), part) {
					t.Errorf("the log does not name %s:\n%s", part, &l)
				}
			}
			if strings.Contains(l.String(), "CANARY") {
				t.Errorf("the log shows an id:\n%s", &l)
			}
		})
	}
}

func TestThrottlingIsNothingToMend(t *testing.T) {
	t.Parallel()
	var l logs
	b := newBench(t, Options{Logger: l.logger()})
	b.fail("", 0, faultproxy.Throttle())
	_, _ = b.Get(t.Context(), "a")
	if l.String() != "" {
		t.Errorf("the log says\n%s", &l)
	}
}

// TestAClockThatIsOffIsMendedByTheAnswer has a backend whose clock is an hour
// ahead, and refuses signatures of any other time.
func TestAClockThatIsOffIsMendedByTheAnswer(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	b.create(t, newSession("a"))
	b.fail("GetItem", 0, func(x *faultproxy.Exchange) {
		signed, err := time.Parse("20060102T150405Z", x.Header.Get("X-Amz-Date"))
		if err == nil && time.Until(signed) > 50*time.Minute {
			if answer, err := x.Forward(); err == nil {
				x.Reply(answer)
			}
			return
		}
		a := &faultproxy.Answer{Status: 400, Header: http.Header{"Date": {time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)}}}
		a.SetBody([]byte(`{"__type":"com.amazon.coral.service#InvalidSignatureException","message":"Signature not yet current"}`))
		x.Reply(a)
	})
	b.wantStored(t, "a", `{"theme":"dark"}`, 1)
	b.wantCalls(t, "GetItem", 2)
}

// described is the description of a sound table.
func described() *types.TableDescription {
	return &types.TableDescription{
		TableStatus:          types.TableStatusActive,
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: types.KeyTypeHash}},
		AttributeDefinitions: []types.AttributeDefinition{stringKey("id"), stringKey("userId"), stringKey("createdAt")},
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndexDescription{{
			IndexName: aws.String(IndexName), IndexStatus: types.IndexStatusActive, KeySchema: indexSchema(),
		}},
	}
}

func TestATableServesInSomeStatesOnly(t *testing.T) {
	t.Parallel()
	for state, serves := range map[types.TableStatus]bool{
		types.TableStatusActive: true, types.TableStatusUpdating: true, types.TableStatusCreating: false, types.TableStatusDeleting: false,
		types.TableStatusInaccessibleEncryptionCredentials: false, types.TableStatusArchived: false,
	} {
		d := described()
		d.TableStatus = state
		if err := tableFault(d); (err == nil) != serves {
			t.Errorf("a table that is %s: %v", state, err)
		}
	}
}

func TestATableOfOtherKeysDoesNotServe(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*types.TableDescription){
		"another name": func(d *types.TableDescription) { d.KeySchema[0].AttributeName = aws.String("pk") },
		"a sort key":   func(d *types.TableDescription) { d.KeySchema = append(d.KeySchema, indexSchema()[1]) },
		"a number":     func(d *types.TableDescription) { d.AttributeDefinitions[0].AttributeType = types.ScalarAttributeTypeN },
		"no key":       func(d *types.TableDescription) { d.KeySchema = nil },
		"undeclared":   func(d *types.TableDescription) { d.AttributeDefinitions = nil },
	} {
		d := described()
		change(d)
		if err := tableFault(d); err == nil {
			t.Errorf("a table whose key has %s is taken for one of sessions", name)
		}
	}
}

func TestTheIndexIsReadInSomeStatesOnly(t *testing.T) {
	t.Parallel()
	for state, usable := range map[types.IndexStatus]bool{
		types.IndexStatusActive: true, types.IndexStatusUpdating: true, types.IndexStatusCreating: false, types.IndexStatusDeleting: false,
	} {
		d := described()
		d.GlobalSecondaryIndexes[0].IndexStatus = state
		if why := indexFault(d); (why == "") != usable || !usable && !strings.Contains(why, string(state)) {
			t.Errorf("an index that is %s: %q", state, why)
		}
	}
}

// TestStatusIsBoundedByItsContext holds a DescribeTable back and lets two callers
// end while one waits for the backend and one for the other.
func TestStatusIsBoundedByItsContext(t *testing.T) {
	t.Parallel()
	clock := newWatch()
	b := newBench(t, Options{now: clock.time})
	clock.forward(lookFresh)
	ctx, cancel := context.WithCancel(t.Context())
	b.fail("DescribeTable", 0, func(x *faultproxy.Exchange) { cancel(); <-x.Left() })
	ended := make(chan error, 2)
	for range 2 {
		go func() { _, err := b.Status(ctx); ended <- err }()
	}
	for range 2 {
		wantError(t, "Status", <-ended, session.ErrUnavailable)
	}
	b.wantCalls(t, "DescribeTable", 1)
	// Nothing was found out, so nothing is remembered.
	b.proxy.Clear()
	if _, err := b.Status(t.Context()); err != nil {
		t.Errorf("Status afterwards: %v", err)
	}
}
