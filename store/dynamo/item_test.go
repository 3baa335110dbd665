package dynamo

import (
	"maps"
	"reflect"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"session-api"
)

// wantItem fails unless the stored item is want and the id of a write.
func (b *bench) wantItem(t *testing.T, what string, want item) {
	t.Helper()
	id := want["id"].(*types.AttributeValueMemberS).Value
	got := b.item(t, b.table, id)
	write, ok := got["writeId"].(*types.AttributeValueMemberS)
	if !ok || len(write.Value) != 12 {
		t.Errorf("%s: writeId is %v; want 12 characters", what, got["writeId"])
	}
	rest := maps.Clone(got)
	delete(rest, "writeId")
	if !reflect.DeepEqual(rest, want) {
		t.Errorf("%s: stored is\n%s\nwant\n%s", what, show(rest), show(want))
	}
}

// show returns an item as text.
func show(i item) string {
	out := ""
	for name, value := range i {
		out += name + "=" + reflect.TypeOf(value).Elem().Name() + ":"
		out += reflect.ValueOf(value).Elem().FieldByName("Value").String() + "; "
	}
	return out
}

func TestTheStoredFormIsTheContracts(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	b.create(t, &session.Session{
		ID: "session-alice-1", UserID: "alice", Data: []byte(`{"n":12345678901234567890123,"é":"😀"}`),
		CreatedAt: time.Date(2025, 12, 24, 10, 0, 0, 0, time.UTC),
		ExpiresAt: time.Date(2125, 12, 25, 10, 0, 0, 0, time.UTC), Version: 1,
	})
	want := item{
		"id":        text("session-alice-1"),
		"userId":    text("alice"),
		"data":      text(`{"n":12345678901234567890123,"é":"😀"}`),
		"createdAt": text("2025-12-24T10:00:00.000000"),
		"ttl":       &types.AttributeValueMemberN{Value: "4922330400"},
		"version":   &types.AttributeValueMemberN{Value: "1"},
	}
	b.wantItem(t, "after Create", want)

	c := session.Change{Data: []byte(`[]`), At: time.Date(2025, 12, 24, 11, 2, 3, 40000, time.UTC)}
	if _, err := b.Update(t.Context(), "session-alice-1", c, session.Condition{Now: c.At}); err != nil {
		t.Fatal(err)
	}
	want["data"], want["updatedAt"] = text("[]"), text("2025-12-24T11:02:03.000040")
	want["version"] = &types.AttributeValueMemberN{Value: "2"}
	b.wantItem(t, "after Update", want)
}

func TestTimesInOtherZonesAreStoredInUTC(t *testing.T) {
	t.Parallel()
	s := newSession("a")
	zone := time.FixedZone("east", 2*60*60)
	s.CreatedAt, s.UpdatedAt, s.ExpiresAt = s.CreatedAt.In(zone), noon.In(zone), s.ExpiresAt.In(zone)
	want := newSession("a")
	want.UpdatedAt = noon
	if got := newItem(s, "w"); !reflect.DeepEqual(got, newItem(want, "w")) {
		t.Errorf("stored is %s; want %s", show(got), show(newItem(want, "w")))
	}
}

func TestEveryWriteHasAnIDOfItsOwn(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	b.create(t, newSession("a"))
	seen := map[string]bool{}
	for range 3 {
		seen[b.item(t, b.table, "a")["writeId"].(*types.AttributeValueMemberS).Value] = true
		if _, err := b.Update(t.Context(), "a", changed(`1`), meanwhile()); err != nil {
			t.Fatal(err)
		}
	}
	if len(seen) != 3 {
		t.Errorf("three writes have %d ids", len(seen))
	}
}

func TestAttributesOfOtherWritersSurviveAnUpdate(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	others := item{
		"ip": text("10.0.0.1"), "tags": &types.AttributeValueMemberSS{Value: []string{"a"}},
		"nested": &types.AttributeValueMemberM{Value: item{"deep": &types.AttributeValueMemberL{Value: []types.AttributeValue{
			&types.AttributeValueMemberNULL{Value: true}, &types.AttributeValueMemberBOOL{Value: true}}}}},
		"blob": &types.AttributeValueMemberB{Value: []byte{0, 255}},
	}
	row := newItem(newSession("a"), "w")
	maps.Copy(row, others)
	b.put(t, b.table, row)
	if _, err := b.Update(t.Context(), "a", changed(`"new"`), meanwhile()); err != nil {
		t.Fatal(err)
	}
	got := b.item(t, b.table, "a")
	for name, value := range others {
		if !reflect.DeepEqual(got[name], value) {
			t.Errorf("%s is %v after an update; want %v", name, got[name], value)
		}
	}
	b.wantStored(t, "a", `"new"`, 2)
}
