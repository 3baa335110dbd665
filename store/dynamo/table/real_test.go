package table

import (
	"context"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"session-api/store/dynamo/dynamotest"
)

// item is a session as it is stored.
func item(id, userID string) row {
	r := stored(id, text(userID), text("2025-12-24T10:00:00.000000"))
	r["data"], r["ttl"], r["version"] = text(`{"a":1}`), number("4102444800"), number("1")
	return r
}

func TestACreatedTableIsWellAndHoldsSessions(t *testing.T) {
	t.Parallel()
	s := onServer(t)
	if err := s.Create(t.Context(), CreateOptions{DeletionProtection: true}); err != nil {
		t.Fatal(err)
	}
	r, _ := s.check(t, Wrong)
	if err := r.Err(); err != nil {
		t.Errorf("the check of a new table says: %v; %+v", err, r.Findings)
	}
	if _, notes := s.check(t, Note); notes != "point-in-time recovery" {
		t.Errorf("the notes on a new table are on %q; want point-in-time recovery only", notes)
	}
	for i := range 3 {
		if err := s.put(t.Context(), item(fmt.Sprint("session-", i), "user")); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.listed(t, "user"); got != 3 {
		t.Errorf("the index lists %d sessions; want 3", got)
	}
	fails(t, s.Create(t.Context(), CreateOptions{}), "exists already in us-west-2 and was not touched")
	if done, err := s.Upgrade(t.Context(), UpgradeOptions{ScanRows: AllRows}); err != nil || len(done.Steps) != 0 {
		t.Errorf("the upgrade of a new table did %q, %v", done.Steps, err)
	}
}

func TestAnOlderTableIsUpgradedWhileItIsWrittenTo(t *testing.T) {
	t.Parallel()
	s := onServer(t)
	s.older(t)
	if _, wrong := s.check(t, Wrong); wrong != "index, time to live" {
		t.Fatalf("wrong with the older table: %q; want index and time to live", wrong)
	}
	w := s.startWriter(t)
	w.await(50)
	done, err := s.Upgrade(t.Context(), UpgradeOptions{ScanRows: AllRows})
	if err != nil || len(done.Steps) != 2 || done.Rows.Misfits != 0 || done.Rows.Looked < 50 {
		t.Errorf("the upgrade did %q, saw %+v, %v", done.Steps, done.Rows, err)
	}
	w.await(50)
	written := w.stop(t)
	if r, wrong := s.check(t, Wrong); wrong != "" || r.Err() != nil {
		t.Errorf("wrong after the upgrade: %q, %v", wrong, r.Err())
	}
	if got := s.listed(t, "writer"); got != written {
		t.Errorf("the index lists %d of %d rows that were written before, while and after it was added", got, written)
	}
}

// writer writes rows until it is stopped.
type writer struct {
	wrote  chan struct{}
	cancel context.CancelFunc
	ended  chan error
	count  int
}

func (s *server) startWriter(t *testing.T) *writer {
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	w := &writer{wrote: make(chan struct{}), cancel: cancel, ended: make(chan error, 1)}
	go func() {
		for ctx.Err() == nil {
			// A write that has begun is finished, so that the count is exact.
			if err := s.put(context.WithoutCancel(ctx), item(fmt.Sprint("session-", w.count), "writer")); err != nil {
				close(w.wrote)
				w.ended <- err
				return
			}
			w.count++
			select {
			case w.wrote <- struct{}{}:
			default: // nobody counts just now
			}
		}
		w.ended <- nil
	}()
	return w
}

// await returns when n more rows are written, or writing failed.
func (w *writer) await(n int) {
	for range n {
		<-w.wrote
	}
}

// stop ends the writer and returns how many rows it wrote.
func (w *writer) stop(t *testing.T) int {
	t.Helper()
	w.cancel()
	if err := <-w.ended; err != nil {
		t.Fatalf("a write failed: %v", err)
	}
	return w.count
}

func TestTheCommandThatListsMisfitsFindsWhatTheLookAtRowsFinds(t *testing.T) {
	t.Parallel()
	s := onServer(t)
	s.older(t)
	at := text("2025")
	rows := []row{
		stored("fits", text("user"), at), stored("no user", nil, at), stored("no time", text("user"), nil),
		stored("number", number("7"), at), stored("empty", text(""), at), stored("time", text("user"), number("1")), stored("no time at all", text("user"), text("")),
		{attrID: text("no session"), attrKind: text("record")},
	}
	for _, r := range rows {
		if err := s.put(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	out, err := s.Client.Scan(t.Context(), &dynamodb.ScanInput{
		TableName: &s.Table, FilterExpression: aws.String(misfitFilter), ExpressionAttributeValues: row{":s": text("S"), ":e": text("")},
	})
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for _, r := range out.Items {
		got = append(got, fmt.Sprint(r["id"]))
	}
	for _, r := range rows {
		if misfit(r) != "" {
			want = append(want, fmt.Sprint(r["id"]))
		}
	}
	if len(got) != len(want) || len(got) != 4 {
		t.Errorf("the filter finds %d rows; want %d", len(got), len(want))
	}
	done, err := s.Upgrade(t.Context(), UpgradeOptions{ScanRows: AllRows})
	fails(t, err, "nothing was changed")
	if done.Rows.Misfits != 4 || done.Rows.Unlisted != 2 || done.Rows.Looked != 8 {
		t.Errorf("the rows are %+v", done.Rows)
	}
	if _, wrong := s.check(t, Wrong); wrong != "index, time to live" {
		t.Errorf("wrong after a refused upgrade: %q", wrong)
	}
}

// TestRecoveryAndTagsAreSet runs on Moto: Dynoxide has no calls for
// point-in-time recovery.
func TestRecoveryAndTagsAreSet(t *testing.T) {
	t.Parallel()
	s := serverAt(t, startMoto)
	o := CreateOptions{PointInTimeRecovery: true, DeletionProtection: true, Tags: map[string]string{"team": "sessions", "stage": "test"}}
	if err := s.Create(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if r, notes := s.check(t, Note); notes != "" || r.Err() != nil {
		t.Errorf("with everything on there are notes on %q, %v", notes, r.Err())
	}
	described, err := s.describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	out, err := s.ListTagsOfResource(t.Context(), &dynamodb.ListTagsOfResourceInput{ResourceArn: described.TableArn})
	if err != nil {
		t.Fatal(err)
	}
	var tags []string
	for _, tag := range out.Tags {
		tags = append(tags, *tag.Key+"="+*tag.Value)
	}
	slices.Sort(tags)
	if want := []string{"stage=test", "team=sessions"}; !slices.Equal(tags, want) {
		t.Errorf("the tags are %v; want %v", tags, want)
	}
}

// startMoto starts it for t, unless the environment names a server that goes
// before all others.
func startMoto(t testing.TB) (string, dynamotest.Server) {
	if os.Getenv(dynamotest.EndpointVariable) != "" {
		return dynamotest.Shared(t)
	}
	return dynamotest.Start(t, dynamotest.Moto), dynamotest.Moto
}

func TestAServerWithoutACallIsNamedSo(t *testing.T) {
	t.Parallel()
	s := onStage(wellMade())
	s.fails["DescribeTimeToLive"] = []error{refuse(codeUnknownCall, "")}
	r := mustCheck(t, s)
	i := slices.IndexFunc(r.Findings, func(f Finding) bool { return f.Property == "time to live" })
	if got := r.Findings[i].Found; got != "unknown: the server knows no DescribeTimeToLive" {
		t.Errorf("it is %q", got)
	}
}
