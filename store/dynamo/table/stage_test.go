package table

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
)

// stage plays what AWS does and no server that tests can have shows: tables and
// indexes that take their time, settings that are refused, reads that trail
// behind. Its time passes only in the waits of the code under test.
type stage struct {
	now   time.Time
	queue []event

	table *types.TableDescription
	ttl   types.TimeToLiveDescription
	rows  []map[string]types.AttributeValue
	// page is how many rows a page of a scan holds at most; 0 is no limit.
	page int
	// fails are the errors that the next calls of a name end with.
	fails map[string][]error
	calls []string
	told  strings.Builder
}

// event is what happens at a time.
type event struct {
	at time.Time
	do func()
}

func newStage() *stage {
	return &stage{now: time.Date(2025, 12, 24, 12, 0, 0, 0, time.UTC), fails: map[string][]error{}}
}

// admin returns an Admin on the stage, with its clock.
func (s *stage) admin() *Admin {
	return New(s, Options{Table: "sessions", Region: "eu-west-1", Progress: &s.told, Now: func() time.Time { return s.now },
		Sleep: func(ctx context.Context, d time.Duration) error { s.pass(d); return ctx.Err() }})
}

// after has do happen in d.
func (s *stage) after(d time.Duration, do func()) {
	s.queue = append(s.queue, event{s.now.Add(d), do})
}

// pass lets d go by.
func (s *stage) pass(d time.Duration) {
	s.now = s.now.Add(d)
	due := s.queue
	s.queue = nil
	for _, e := range due {
		if e.at.After(s.now) {
			s.queue = append(s.queue, e)
		} else {
			e.do()
		}
	}
}

// call notes a call and returns the error that it shall end with.
func (s *stage) call(name string) error {
	s.calls = append(s.calls, name)
	fails := s.fails[name]
	if len(fails) == 0 {
		return nil
	}
	s.fails[name] = fails[1:]
	return fails[0]
}

// count returns how often a call was made.
func (s *stage) count(name string) int {
	n := 0
	for _, c := range s.calls {
		if c == name {
			n++
		}
	}
	return n
}

// refuse returns an error as the SDK gives it for an answer of AWS's.
func refuse(code, message string) error {
	return &smithy.OperationError{ServiceID: "DynamoDB", OperationName: "Call", Err: &smithy.GenericAPIError{Code: code, Message: message, Fault: smithy.FaultClient}}
}

// The times that the stage takes, such as AWS does.
const (
	makingTable     = 8 * time.Second
	preparingIndex  = 40 * time.Second
	backfillingRows = 3 * time.Hour
)

func (s *stage) CreateTable(_ context.Context, in *dynamodb.CreateTableInput, _ ...func(*dynamodb.Options)) (*dynamodb.CreateTableOutput, error) {
	if err := s.call("CreateTable"); err != nil {
		return nil, err
	}
	made := described(in)
	s.after(2*time.Second, func() { s.table = made }) // DescribeTable trails behind
	s.after(makingTable, func() {
		made.TableStatus = types.TableStatusActive
		for i := range made.GlobalSecondaryIndexes {
			made.GlobalSecondaryIndexes[i].IndexStatus = types.IndexStatusActive
		}
	})
	return &dynamodb.CreateTableOutput{TableDescription: made}, nil
}

// described returns the description of a table that is being made.
func described(in *dynamodb.CreateTableInput) *types.TableDescription {
	d := &types.TableDescription{
		TableName: in.TableName, TableStatus: types.TableStatusCreating, KeySchema: in.KeySchema,
		AttributeDefinitions: in.AttributeDefinitions, DeletionProtectionEnabled: in.DeletionProtectionEnabled,
		BillingModeSummary: &types.BillingModeSummary{BillingMode: in.BillingMode},
		// DescribeTable shows zeros for a table on demand.
		ProvisionedThroughput: &types.ProvisionedThroughputDescription{ReadCapacityUnits: aws.Int64(0), WriteCapacityUnits: aws.Int64(0)},
	}
	for _, ix := range in.GlobalSecondaryIndexes {
		d.GlobalSecondaryIndexes = append(d.GlobalSecondaryIndexes, types.GlobalSecondaryIndexDescription{
			IndexName: ix.IndexName, IndexStatus: types.IndexStatusCreating, KeySchema: ix.KeySchema, Projection: ix.Projection})
	}
	return d
}

func (s *stage) DescribeTable(context.Context, *dynamodb.DescribeTableInput, ...func(*dynamodb.Options)) (*dynamodb.DescribeTableOutput, error) {
	if err := s.call("DescribeTable"); err != nil {
		return nil, err
	}
	if s.table == nil {
		return nil, refuse(codeNotFound, "Requested resource not found: Table: sessions not found")
	}
	return &dynamodb.DescribeTableOutput{Table: s.table}, nil
}

// UpdateTable adds an index as AWS documents it: the table is UPDATING while
// room is made, then serves while the index is filled, and takes no second index
// until that is done.
func (s *stage) UpdateTable(_ context.Context, in *dynamodb.UpdateTableInput, _ ...func(*dynamodb.Options)) (*dynamodb.UpdateTableOutput, error) {
	if err := s.call("UpdateTable"); err != nil {
		return nil, err
	}
	if s.table.TableStatus != types.TableStatusActive {
		return nil, refuse(codeInUse, "Attempt to change a resource which is still in use: Table is being updated: sessions")
	}
	for _, ix := range s.table.GlobalSecondaryIndexes {
		if ix.IndexStatus != types.IndexStatusActive {
			return nil, refuse(codeLimit, "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table")
		}
	}
	add := in.GlobalSecondaryIndexUpdates[0].Create
	s.table.AttributeDefinitions = in.AttributeDefinitions
	s.building(types.GlobalSecondaryIndexDescription{IndexName: add.IndexName, KeySchema: add.KeySchema, Projection: add.Projection})
	return &dynamodb.UpdateTableOutput{TableDescription: s.table}, nil
}

// building starts to build an index.
func (s *stage) building(ix types.GlobalSecondaryIndexDescription) {
	name := *ix.IndexName
	ix.IndexStatus, ix.Backfilling = types.IndexStatusCreating, aws.Bool(false)
	s.table.TableStatus = types.TableStatusUpdating
	s.table.GlobalSecondaryIndexes = append(s.table.GlobalSecondaryIndexes, ix)
	s.after(preparingIndex, func() {
		s.table.TableStatus = types.TableStatusActive
		s.indexNamed(name).Backfilling = aws.Bool(true)
	})
	s.after(preparingIndex+backfillingRows, func() {
		s.indexNamed(name).IndexStatus = types.IndexStatusActive
		s.indexNamed(name).Backfilling = nil
	})
}

func (s *stage) indexNamed(name string) *types.GlobalSecondaryIndexDescription {
	for i := range s.table.GlobalSecondaryIndexes {
		if *s.table.GlobalSecondaryIndexes[i].IndexName == name {
			return &s.table.GlobalSecondaryIndexes[i]
		}
	}
	panic("there is no index " + name)
}

func (s *stage) DescribeTimeToLive(context.Context, *dynamodb.DescribeTimeToLiveInput, ...func(*dynamodb.Options)) (*dynamodb.DescribeTimeToLiveOutput, error) {
	if err := s.call("DescribeTimeToLive"); err != nil {
		return nil, err
	}
	return &dynamodb.DescribeTimeToLiveOutput{TimeToLiveDescription: &s.ttl}, nil
}

func (s *stage) UpdateTimeToLive(_ context.Context, in *dynamodb.UpdateTimeToLiveInput, _ ...func(*dynamodb.Options)) (*dynamodb.UpdateTimeToLiveOutput, error) {
	if err := s.call("UpdateTimeToLive"); err != nil {
		return nil, err
	}
	if s.ttl.TimeToLiveStatus != "" && s.ttl.TimeToLiveStatus != types.TimeToLiveStatusDisabled {
		return nil, refuse(codeInvalid, "Time to live has been modified multiple times within a fixed interval")
	}
	s.ttl = types.TimeToLiveDescription{TimeToLiveStatus: types.TimeToLiveStatusEnabling, AttributeName: in.TimeToLiveSpecification.AttributeName}
	return &dynamodb.UpdateTimeToLiveOutput{}, nil
}

func (s *stage) DescribeContinuousBackups(context.Context, *dynamodb.DescribeContinuousBackupsInput, ...func(*dynamodb.Options)) (*dynamodb.DescribeContinuousBackupsOutput, error) {
	return &dynamodb.DescribeContinuousBackupsOutput{}, s.call("DescribeContinuousBackups")
}

func (s *stage) UpdateContinuousBackups(context.Context, *dynamodb.UpdateContinuousBackupsInput, ...func(*dynamodb.Options)) (*dynamodb.UpdateContinuousBackupsOutput, error) {
	if err := s.call("UpdateContinuousBackups"); err != nil {
		return nil, err
	}
	return &dynamodb.UpdateContinuousBackupsOutput{ContinuousBackupsDescription: &types.ContinuousBackupsDescription{
		PointInTimeRecoveryDescription: &types.PointInTimeRecoveryDescription{PointInTimeRecoveryStatus: types.PointInTimeRecoveryStatusEnabled},
	}}, nil
}

func (s *stage) Scan(_ context.Context, in *dynamodb.ScanInput, _ ...func(*dynamodb.Options)) (*dynamodb.ScanOutput, error) {
	if err := s.call("Scan"); err != nil {
		return nil, err
	}
	from := 0
	if start, ok := in.ExclusiveStartKey[attrID].(*types.AttributeValueMemberS); ok {
		from = len(start.Value)
	}
	limit := int(*in.Limit)
	if s.page > 0 {
		limit = min(limit, s.page)
	}
	to := min(from+limit, len(s.rows))
	out := &dynamodb.ScanOutput{Items: s.rows[from:to]}
	if to < len(s.rows) {
		out.LastEvaluatedKey = map[string]types.AttributeValue{attrID: text(strings.Repeat("x", to))}
	}
	return out, nil
}

func text(s string) types.AttributeValue   { return &types.AttributeValueMemberS{Value: s} }
func number(n string) types.AttributeValue { return &types.AttributeValueMemberN{Value: n} }

// says fails t unless every part is in got.
func says(t *testing.T, got string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(got, part) {
			t.Errorf("it does not say %q:\n%s", part, got)
		}
	}
}

// fails fails t unless err says every part.
func fails(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("it did not fail; want %q", parts)
		return
	}
	says(t, err.Error(), parts...)
}
