package dynamo

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"session-api"
	"session-api/store/dynamo/dynamotest"
	"session-api/store/dynamo/faultproxy"
)

const testRegion = "us-west-2"

// server is a DynamoDB server with tables that tests make.
type server struct {
	dynamotest.Server
	endpoint string
	api      *dynamodb.Client
}

// newServer returns the server of the environment.
func newServer(t testing.TB) *server {
	t.Helper()
	endpoint, which := dynamotest.Shared(t)
	s := &server{Server: which, endpoint: endpoint}
	o := patient(Options{Region: testRegion, endpoint: endpoint}).withDefaults()
	api, transport, err := newClient(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(transport.CloseIdleConnections)
	s.api = api
	return s
}

// newTable makes an empty table, which goes when t ends.
func (s *server) newTable(t testing.TB, indexed bool) string {
	t.Helper()
	name := "sessions-" + strings.ToLower(rand.Text())
	in := &dynamodb.CreateTableInput{
		TableName: &name, BillingMode: types.BillingModePayPerRequest,
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String(AttributeID), KeyType: types.KeyTypeHash}},
		AttributeDefinitions: []types.AttributeDefinition{stringKey(AttributeID)},
	}
	if indexed {
		in.AttributeDefinitions = append(in.AttributeDefinitions, stringKey(AttributeUserID), stringKey(AttributeCreatedAt))
		in.GlobalSecondaryIndexes = []types.GlobalSecondaryIndex{{
			IndexName: aws.String(IndexName), KeySchema: indexSchema(),
			Projection: &types.Projection{ProjectionType: types.ProjectionTypeKeysOnly},
		}}
	}
	if _, err := s.api.CreateTable(t.Context(), in); err != nil {
		t.Fatalf("make a table: %v", err)
	}
	t.Cleanup(func() {
		_, _ = s.api.DeleteTable(context.Background(), &dynamodb.DeleteTableInput{TableName: &name})
	})
	s.awaitTable(t, name)
	return name
}

// awaitTable returns when the table and its indexes are active: at once on the
// servers that tests start.
func (s *server) awaitTable(t testing.TB, name string) {
	t.Helper()
	waiter := dynamodb.NewTableExistsWaiter(s.api, func(o *dynamodb.TableExistsWaiterOptions) {
		o.MinDelay, o.MaxDelay = 10*time.Millisecond, time.Second
	})
	if err := waiter.Wait(t.Context(), &dynamodb.DescribeTableInput{TableName: &name}, time.Minute); err != nil {
		t.Fatalf("wait for the table: %v", err)
	}
}

func stringKey(name string) types.AttributeDefinition {
	return types.AttributeDefinition{AttributeName: &name, AttributeType: types.ScalarAttributeTypeS}
}

func indexSchema() []types.KeySchemaElement {
	return []types.KeySchemaElement{
		{AttributeName: aws.String(AttributeUserID), KeyType: types.KeyTypeHash},
		{AttributeName: aws.String(AttributeCreatedAt), KeyType: types.KeyTypeRange},
	}
}

// put stores an item as it is.
func (s *server) put(t testing.TB, table string, i item) {
	t.Helper()
	if _, err := s.api.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: i}); err != nil {
		t.Fatalf("put an item: %v", err)
	}
}

// item returns a stored item, nil if there is none.
func (s *server) item(t testing.TB, table, id string) item {
	t.Helper()
	out, err := s.api.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &table, Key: keyOf(id), ConsistentRead: aws.Bool(true)})
	if err != nil {
		t.Fatalf("get an item: %v", err)
	}
	return out.Item
}

// patient gives o times that a slow machine keeps too. Tests of timeouts have
// their own.
func patient(o Options) Options {
	o.AttemptTimeout, o.CallTimeout = 20*time.Second, 60*time.Second
	return o
}

// open opens a Store on the table, which is closed when t ends.
func (s *server) open(t testing.TB, table string, o Options) *Store {
	t.Helper()
	if o.AttemptTimeout == 0 {
		o = patient(o)
	}
	o.Table, o.Region, o.ConsistentRead, o.CoalesceReads = table, testRegion, true, true
	if o.endpoint == "" {
		o.endpoint = s.endpoint
	}
	store, err := Open(t.Context(), o)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return store
}

// bench is a Store on a table of its own, behind a fault proxy.
type bench struct {
	*Store
	*server
	proxy *faultproxy.Proxy
	table string
}

// newBench opens a Store on an indexed table and forgets the calls of opening it.
// Its pauses between attempts take no time.
func newBench(t testing.TB, o Options) *bench {
	t.Helper()
	return newBenchOn(t, o, true)
}

func newBenchOn(t testing.TB, o Options, indexed bool) *bench {
	t.Helper()
	s := newServer(t)
	b := &bench{server: s, proxy: faultproxy.Start(t, s.endpoint), table: s.newTable(t, indexed)}
	o.endpoint = b.proxy.URL()
	if o.jitter == nil {
		o.jitter = func(time.Duration) time.Duration { return 0 }
	}
	b.Store = s.open(t, b.table, o)
	b.proxy.ResetCalls()
	return b
}

// fail adds a rule for calls of op.
func (b *bench) fail(op string, times int, fault faultproxy.Fault) {
	b.proxy.Add(faultproxy.Rule{Op: op, Times: times, Fault: fault})
}

// afterFirst has something else happen before each call of op but the first.
func (b *bench) afterFirst(op string, other func()) (remove func()) {
	return b.proxy.Add(faultproxy.Rule{Op: op, Skip: 1, Fault: func(x *faultproxy.Exchange) {
		other()
		passOn(x)
	}})
}

// passOn is what happens to a call without a fault.
func passOn(x *faultproxy.Exchange) {
	if answer, err := x.Forward(); err == nil {
		x.Reply(answer)
	}
}

// create stores a session that nothing stands against.
func (b *bench) create(t testing.TB, s *session.Session) *session.Session {
	t.Helper()
	if err := b.Create(t.Context(), s); err != nil {
		t.Fatalf("Create: %v", err)
	}
	return s
}

// wantCalls fails unless so many calls of op have arrived.
func (b *bench) wantCalls(t testing.TB, op string, want int) {
	t.Helper()
	if got := b.proxy.Calls(op); got != want {
		t.Errorf("%d calls of %s; want %d", got, op, want)
	}
}

// wantError fails unless err matches target.
func wantError(t testing.TB, what string, err, target error) {
	t.Helper()
	if !errors.Is(err, target) {
		t.Errorf("%s returned the error %v; want %v", what, err, target)
	}
}

// wantStored fails unless Get finds this data at this version.
func (b *bench) wantStored(t testing.TB, id, data string, version int64) {
	t.Helper()
	got, err := b.Get(t.Context(), id)
	if err != nil {
		t.Errorf("Get: %v", err)
		return
	}
	if string(got.Data) != data || got.Version != version {
		t.Errorf("stored is %s at version %d; want %s at %d", got.Data, got.Version, data, version)
	}
}

// logs keeps what a Store logs.
type logs struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// logger returns a Logger that writes to l.
func (l *logs) logger() *slog.Logger { return slog.New(slog.NewTextHandler(l, nil)) }

// noon is when the sessions of these tests are made, far beyond any sweep of rows
// that are over.
var noon = time.Date(2100, time.December, 24, 12, 0, 0, 123456000, time.UTC)

// newSession returns a session as the Service makes them.
func newSession(id string) *session.Session {
	return &session.Session{
		ID: id, UserID: "alice", Data: []byte(`{"theme":"dark"}`),
		CreatedAt: noon, ExpiresAt: noon.Add(time.Hour).Truncate(time.Second), Version: 1,
	}
}

// meanwhile is the condition of a write while those sessions are active.
func meanwhile() session.Condition { return session.Condition{Now: noon.Add(time.Minute)} }

// atVersion is meanwhile with a version.
func atVersion(v int64) session.Condition {
	c := meanwhile()
	c.Version = &v
	return c
}

// changed is an update to the data.
func changed(data string) session.Change {
	return session.Change{Data: []byte(data), At: noon.Add(time.Minute)}
}

// page asks for the first sessions while they are active.
func page(limit int) session.PageQuery {
	return session.PageQuery{Now: meanwhile().Now, Limit: limit}
}
