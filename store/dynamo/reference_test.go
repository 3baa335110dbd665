package dynamo

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"session-api"
)

// older plays the service that was there before this one, call by call, on the
// table that both use.
type older struct {
	*server
	table string
}

// pythonTime is what datetime.isoformat() writes: no fraction where it is zero.
func pythonTime(t time.Time) string {
	if t.Nanosecond() == 0 {
		return t.Format("2006-01-02T15:04:05")
	}
	return t.Format("2006-01-02T15:04:05.000000")
}

// create puts an item of four attributes and a ttl. Its JSON has the white space
// that Python's has.
func (o older) create(t *testing.T, id, user string, at time.Time) {
	t.Helper()
	o.put(t, o.table, item{
		"id": text(id), "userId": text(user), "data": text(`{"theme": "dark", "cart": [1, 2]}`),
		"createdAt": text(pythonTime(at)), "ttl": number(at.Add(time.Hour).Unix()),
	})
}

// get reads an item as the older service did and returns its data.
func (o older) get(t *testing.T, id string) (data map[string]any, found bool) {
	t.Helper()
	row := o.item(t, o.table, id)
	if row == nil {
		return nil, false
	}
	for _, name := range []string{"id", "userId", "data", "createdAt"} {
		if _, ok := row[name].(*types.AttributeValueMemberS); !ok {
			t.Errorf("the older service cannot read %s: it is %T", name, row[name])
		}
	}
	if _, ok := row["ttl"].(*types.AttributeValueMemberN); !ok {
		t.Errorf("the older service cannot read ttl: it is %T", row["ttl"])
	}
	if err := json.Unmarshal([]byte(row["data"].(*types.AttributeValueMemberS).Value), &data); err != nil {
		t.Errorf("the older service cannot read data: %v", err)
	}
	return data, true
}

// update sets data and updatedAt, whatever the row is.
func (o older) update(t *testing.T, id, data string, at time.Time) {
	t.Helper()
	_, err := o.api.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName: &o.table, Key: keyOf(id),
		UpdateExpression:          aws.String("SET #data = :data, updatedAt = :at"),
		ExpressionAttributeNames:  map[string]string{"#data": "data"},
		ExpressionAttributeValues: item{":data": text(data), ":at": text(pythonTime(at))},
	})
	if err != nil {
		t.Fatalf("the older service's update: %v", err)
	}
}

func (o older) remove(t *testing.T, id string) {
	t.Helper()
	if _, err := o.api.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: &o.table, Key: keyOf(id)}); err != nil {
		t.Fatalf("the older service's delete: %v", err)
	}
}

// ofUser scans the table, as the older service did.
func (o older) ofUser(t *testing.T, user string) (ids []string) {
	t.Helper()
	out, err := o.api.Scan(t.Context(), &dynamodb.ScanInput{
		TableName: &o.table, FilterExpression: aws.String("userId = :user"),
		ExpressionAttributeValues: item{":user": text(user)},
	})
	if err != nil {
		t.Fatalf("the older service's scan: %v", err)
	}
	for _, row := range out.Items {
		ids = append(ids, row["id"].(*types.AttributeValueMemberS).Value)
	}
	return ids
}

func TestWeServeBesideTheOlderService(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	o := older{b.server, b.table}
	o.create(t, "theirs", "alice", noon.Truncate(time.Second))
	ours := newSession("ours")
	b.create(t, ours)

	// Its row is read by us, updated by us, and read by it again.
	b.wantStored(t, "theirs", `{"theme":"dark","cart":[1,2]}`, 0)
	if _, err := b.Update(t.Context(), "theirs", changed(`{"theme":"light"}`), atVersion(0)); err != nil {
		t.Errorf("Update of its row at version 0: %v", err)
	}
	if data, _ := o.get(t, "theirs"); data["theme"] != "light" {
		t.Errorf("it reads %v from its row after our update", data)
	}

	// Our row is read by it, updated by it, and read by us again.
	if data, _ := o.get(t, "ours"); data["theme"] != "dark" {
		t.Errorf("it reads %v from our row", data)
	}
	o.update(t, "ours", `{"theme": "blue"}`, noon.Add(time.Minute))
	b.wantStored(t, "ours", `{"theme":"blue"}`, 1)
	if got, _ := b.Get(t.Context(), "ours"); !got.UpdatedAt.Equal(noon.Add(time.Minute)) {
		t.Errorf("UpdatedAt after its update is %v", got.UpdatedAt)
	}
	if _, err := b.Update(t.Context(), "ours", changed(`{"theme":"red"}`), atVersion(1)); err != nil {
		t.Errorf("Update of our row after its update: %v", err)
	}

	// Both find both, and what one ends is gone for the other.
	if ids := o.ofUser(t, "alice"); len(ids) != 2 {
		t.Errorf("it finds %v", ids)
	}
	p, err := b.ListByUser(t.Context(), "alice", page(10))
	if err != nil || len(p.Sessions) != 2 || p.Sessions[0].ID != "theirs" || p.Sessions[1].ID != "ours" {
		t.Errorf("we find %v, %v; want theirs, then ours", p.Sessions, err)
	}
	if _, err := b.Delete(t.Context(), "theirs", meanwhile()); err != nil {
		t.Errorf("Delete of its row: %v", err)
	}
	if _, found := o.get(t, "theirs"); found {
		t.Error("it finds its row after we ended it")
	}
	o.remove(t, "ours")
	_, err = b.Get(t.Context(), "ours")
	wantError(t, "Get of our row after it ended it", err, session.ErrNotFound)
}

// TestItLeavesAloneWhatItDoesNotKnow of a session that makes use of everything.
func TestItLeavesAloneWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	o := older{b.server, b.table}
	want := fullSession("full")
	b.create(t, want)
	if data, _ := o.get(t, "full"); data["theme"] != "dark" {
		t.Errorf("it reads %v from our row", data)
	}
	o.update(t, "full", `{"theme":"blue"}`, noon.Add(time.Minute))
	want.Data, want.UpdatedAt = []byte(`{"theme":"blue"}`), noon.Add(time.Minute)
	if got, err := b.Get(t.Context(), "full"); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("after its update the session is %+v, %v; want %+v", got, err, want)
	}
	if _, err := b.Retime(t.Context(), "full", moved(), false, atTimes(want)); err != nil {
		t.Errorf("Retime after its update: %v", err)
	}
}

func TestItsRowsOfTheSameSecondAreEachShownOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	o := older{b.server, b.table}
	second := noon.Truncate(time.Second)
	for i, at := range []time.Time{second, second.Add(time.Microsecond), second.Add(time.Second - time.Microsecond), second.Add(time.Second)} {
		o.create(t, "row-"+string(rune('a'+i)), "alice", at)
	}
	ours := newSession("row-ours") // which writes six zeros where it writes none
	ours.CreatedAt = second
	b.create(t, ours)
	for _, limit := range []int{1, 2, 3, 10} {
		seen := map[string]int{}
		q := page(limit)
		for {
			p, err := b.ListByUser(t.Context(), "alice", q)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range p.Sessions {
				seen[s.ID]++
			}
			if q.After = p.Next; p.Next == "" {
				break
			}
		}
		if len(seen) != 5 || seen["row-a"]*seen["row-b"]*seen["row-c"]*seen["row-d"]*seen["row-ours"] != 1 {
			t.Errorf("in pages of %d the sessions are shown %v times; want each once", limit, seen)
		}
	}
}

func TestNothingThatItEndedIsRevived(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	o := older{b.server, b.table}
	o.create(t, "gone", "alice", noon)
	o.remove(t, "gone")
	_, err := b.Update(t.Context(), "gone", changed(`1`), meanwhile())
	wantError(t, "Update of a row that it ended", err, session.ErrNotFound)
	if _, found := o.get(t, "gone"); found {
		t.Error("our update made the row again")
	}
	// An update of its own after a delete leaves a row of two attributes.
	o.update(t, "gone", `{}`, noon)
	_, err = b.Get(t.Context(), "gone")
	wantError(t, "Get of the row that its update made", err, session.ErrUnreadable)
	if p, err := b.List(t.Context(), page(10)); err != nil || len(p.Sessions) != 0 {
		t.Errorf("List shows %d sessions, %v", len(p.Sessions), err)
	}
}
