package dynamo

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"session-api"
	"session-api/store/dynamo/faultproxy"
)

// watch is a clock that a test moves.
type watch struct {
	mu  sync.Mutex
	now time.Time
}

func newWatch() *watch { return &watch{now: noon} }

func (w *watch) time() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *watch) forward(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// addIndex adds an index of the index's name to the table.
func (b *bench) addIndex(t *testing.T, keys ...types.KeySchemaElement) {
	t.Helper()
	definitions := []types.AttributeDefinition{stringKey(AttributeID)}
	for _, k := range keys {
		definitions = append(definitions, stringKey(*k.AttributeName))
	}
	_, err := b.server.api.UpdateTable(t.Context(), &dynamodb.UpdateTableInput{
		TableName: &b.table, AttributeDefinitions: definitions,
		GlobalSecondaryIndexUpdates: []types.GlobalSecondaryIndexUpdate{{Create: &types.CreateGlobalSecondaryIndexAction{
			IndexName: aws.String(IndexName), KeySchema: keys,
			Projection: &types.Projection{ProjectionType: types.ProjectionTypeKeysOnly},
		}}},
	})
	if err != nil {
		t.Fatalf("add the index: %v", err)
	}
	b.awaitTable(t, b.table)
}

func TestATableWithoutTheIndexIsScannedAndSaysSo(t *testing.T) {
	t.Parallel()
	var l logs
	b := newBenchOn(t, Options{Logger: l.logger(), ScanSegments: 3}, false)
	if n := strings.Count(l.String(), "scanning the whole table"); n != 1 || !strings.Contains(l.String(), "table upgrade") {
		t.Errorf("at the start the log warns %d times, want once, with what to do:\n%s", n, &l)
	}
	status, err := b.Status(t.Context())
	if err != nil || len(status.Warnings) != 1 || !strings.Contains(status.Warnings[0], IndexName) {
		t.Errorf("Status returned %+v, %v; want a warning that names the index", status, err)
	}
	ids := b.createNumbered(t, 5)
	stranger := newSession("stranger")
	stranger.UserID = "bob"
	b.create(t, stranger)
	b.proxy.ResetCalls()
	b.wantUserList(t, ids)
	b.wantCalls(t, "Scan", 3)
	b.wantCalls(t, "Query", 0)
	b.wantCalls(t, "BatchGetItem", 1)
}

func TestAnIndexThatIsAddedIsTakenUpWithoutARestart(t *testing.T) {
	t.Parallel()
	var l logs
	clock := newWatch()
	b := newBenchOn(t, Options{Logger: l.logger(), now: clock.time}, false)
	ids := b.createNumbered(t, 5)
	// A walk that began by scanning goes on in the index.
	first, err := b.ListByUser(t.Context(), "alice", page(2))
	if err != nil || len(first.Sessions) != 2 {
		t.Fatalf("ListByUser returned %d sessions, %v", len(first.Sessions), err)
	}
	b.addIndex(t, indexSchema()...)
	b.proxy.ResetCalls()
	clock.forward(indexEvery - 1)
	b.wantUserList(t, ids)
	b.wantCalls(t, "DescribeTable", 0) // not looked for yet
	b.wantCalls(t, "Query", 0)
	clock.forward(1)
	b.proxy.ResetCalls()
	q := page(10)
	q.After = first.Next
	rest, err := b.ListByUser(t.Context(), "alice", q)
	if err != nil || len(rest.Sessions) != 3 || rest.Sessions[0].ID != ids[2] {
		t.Errorf("the walk goes on with %v, %v; want 3 sessions from %s", rest.Sessions, err, ids[2])
	}
	b.wantCalls(t, "DescribeTable", 1)
	b.wantCalls(t, "Query", 1)
	b.wantCalls(t, "Scan", 0)
	if !strings.Contains(l.String(), "index can be read now") {
		t.Errorf("the log does not say that the index is there:\n%s", &l)
	}
	if status, err := b.Status(t.Context()); err != nil || len(status.Warnings) != 0 {
		t.Errorf("Status returned %+v, %v; want no warning", status, err)
	}
}

// missing is what DynamoDB answers a query of an index that is not there.
func missing() faultproxy.Fault {
	return faultproxy.Error(400, "ValidationException", "The table does not have the specified index: "+IndexName)
}

func TestAnIndexThatVanishesIsReplacedByScans(t *testing.T) {
	t.Parallel()
	var l logs
	clock := newWatch()
	b := newBench(t, Options{Logger: l.logger(), now: clock.time})
	ids := b.createNumbered(t, 3)
	for _, fault := range []faultproxy.Fault{
		missing(),
		faultproxy.Error(400, "ValidationException", "Cannot read from backfilling global secondary index: "+IndexName),
		faultproxy.Error(400, "ResourceNotFoundException", "Invalid index: "+IndexName+" for table: x"),
	} {
		remove := b.proxy.Add(faultproxy.Rule{Op: "Query", Fault: fault})
		b.proxy.ResetCalls()
		for range 2 {
			b.wantUserList(t, ids)
		}
		b.wantCalls(t, "Query", 1)
		if status, err := b.Status(t.Context()); err != nil || len(status.Warnings) != 1 {
			t.Errorf("Status returned %+v, %v; want a warning", status, err)
		}
		remove()
		clock.forward(indexEvery)
		b.wantUserList(t, ids)
		b.wantCalls(t, "Query", 2)
	}
	if n := strings.Count(l.String(), "scanning the whole table"); n != 3 {
		t.Errorf("the log warns %d times; want once for each time", n)
	}
}

// TestWhoMayNotDescribeTheTableServes: serving needs no DescribeTable.
func TestWhoMayNotDescribeTheTableServes(t *testing.T) {
	t.Parallel()
	for name, indexed := range map[string]bool{"with the index": true, "without the index": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var l logs
			clock := newWatch()
			b := newBenchOn(t, Options{Logger: l.logger(), now: clock.time}, indexed)
			ids := b.createNumbered(t, 3)
			b.fail("DescribeTable", 0, faultproxy.Denied())
			clock.forward(indexEvery)
			status, err := b.Status(t.Context())
			if err != nil || status.State != session.StateActive || len(status.Warnings) != 1 || !strings.Contains(status.Warnings[0], "DescribeTable") {
				t.Errorf("Status returned %+v, %v; want a warning about DescribeTable", status, err)
			}
			if strings.Contains(l.String(), "level=ERROR") || strings.Count(l.String(), "may not call dynamodb:DescribeTable") != 1 {
				t.Errorf("the log does not say once that the call is denied, or calls it an error:\n%s", &l)
			}
			b.proxy.ResetCalls()
			for range 3 {
				b.wantUserList(t, ids)
			}
			b.wantCalls(t, "DescribeTable", 0)
			if queries := map[bool]int{true: 3, false: 1}[indexed]; b.proxy.Calls("Query") != queries {
				t.Errorf("%d queries; want %d", b.proxy.Calls("Query"), queries)
			}
			// The index may have come; the only way to tell is to try.
			b.proxy.ResetCalls()
			clock.forward(indexEvery)
			b.wantUserList(t, ids)
			b.wantCalls(t, "Query", 1)
		})
	}
}

func TestAnIndexOfOtherKeysIsNotRead(t *testing.T) {
	t.Parallel()
	clock := newWatch()
	b := newBenchOn(t, Options{now: clock.time}, false)
	b.addIndex(t, indexSchema()[0])
	ids := b.createNumbered(t, 3)
	clock.forward(indexEvery)
	b.proxy.ResetCalls()
	b.wantUserList(t, ids)
	b.wantCalls(t, "Query", 0)
	if status, err := b.Status(t.Context()); err != nil || len(status.Warnings) != 1 || !strings.Contains(status.Warnings[0], "other keys") {
		t.Errorf("Status returned %+v, %v; want a warning about the keys", status, err)
	}
}

func TestAScanThatFailsInOneSegmentFailsTheList(t *testing.T) {
	t.Parallel()
	b := newBenchOn(t, Options{Attempts: 1}, false)
	b.createNumbered(t, 3)
	b.proxy.Add(faultproxy.Rule{Op: "Scan", Skip: 2, Times: 1, Fault: faultproxy.Throttle()})
	_, err := b.ListByUser(t.Context(), "alice", page(10))
	wantError(t, "ListByUser", err, session.ErrUnavailable)
	if !strings.Contains(fmt.Sprint(err), "ProvisionedThroughputExceeded") {
		t.Errorf("the error does not say what failed: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	b.fail("Scan", 0, func(x *faultproxy.Exchange) { cancel(); <-x.Left() })
	_, err = b.ListByUser(ctx, "alice", page(10))
	wantError(t, "ListByUser of a caller who left", err, session.ErrUnavailable)
}

// TestAScanReadsOnBehindAMegabyte: DynamoDB ends a scan page there.
func TestAScanReadsOnBehindAMegabyte(t *testing.T) {
	t.Parallel()
	b := newBenchOn(t, Options{ScanSegments: 1}, false)
	var want []string
	for i := range 5 {
		s := newSession(fmt.Sprintf("row-%d", i))
		s.CreatedAt = noon.Add(time.Duration(i) * time.Microsecond)
		s.Data = []byte(`"` + strings.Repeat("x", 300<<10) + `"`)
		b.create(t, s)
		want = append(want, s.ID)
	}
	b.proxy.ResetCalls()
	b.wantUserList(t, want)
	if n := b.proxy.Calls("Scan"); n < 2 {
		t.Errorf("1.5 MB were scanned in %d pages", n)
	}
}

func TestKeysAreInTheOrderOfTheIndex(t *testing.T) {
	t.Parallel()
	keys := []indexKey{{"b", "a"}, {"a", "b"}, {"a", "a"}, {"ab", ""}, {"a", "é"}}
	slices.SortFunc(keys, indexKey.compare)
	if got, want := fmt.Sprint(keys), "[{a a} {a b} {a é} {ab } {b a}]"; got != want {
		t.Errorf("the order is %s; want %s", got, want)
	}
}
