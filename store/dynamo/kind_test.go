package dynamo

import (
	"fmt"
	"maps"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"session-api"
	"session-api/store/dynamo/faultproxy"
)

// later is an end beyond that of newSession's sessions.
var later = noon.Add(48 * time.Hour).Truncate(time.Second)

func newRecord(key string, version int64) session.Record {
	return session.Record{Key: key, Value: []byte("value\x00" + key), Version: version, ExpiresAt: later}
}

// apply does what nothing stands against.
func (b *bench) apply(t testing.TB, x session.Transaction) {
	t.Helper()
	if err := b.Apply(t.Context(), x); err != nil {
		t.Fatalf("Apply: %v", err)
	}
}

// putRecord stores a record that was not there.
func (b *bench) putRecord(t testing.TB, key string, version int64) {
	t.Helper()
	b.apply(t, session.Transaction{Records: []session.RecordWrite{{Record: newRecord(key, version)}}})
}

// rotation gives the session another id, with a time of grace.
func rotation(from, to string, cond session.Condition) session.Transaction {
	next := newSession(to)
	next.Version = 2
	return session.Transaction{
		Create: next,
		End:    []session.Ending{{ID: from, Cond: cond, Alias: &session.Alias{To: to, Until: later}}},
	}
}

func TestAliasesAndRecordsHaveAFormOfTheirOwn(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	b.create(t, fullSession("former"))
	b.apply(t, rotation("former", "next", atVersion(1)))
	b.wantItem(t, "an alias", item{
		"id": text("former"), "kind": text("alias"), "rotatedTo": text("next"), "ttl": asNumber("4133505600"),
	})
	b.putRecord(t, "roster:alice", 1<<62+1)
	want := item{
		"id": text("service-record:roster:alice"), "kind": text("record"), "version": asNumber("4611686018427387905"),
		"value": &types.AttributeValueMemberB{Value: []byte("value\x00roster:alice")}, "ttl": asNumber("4133505600"),
	}
	if got := b.item(t, b.table, recordID("roster:alice")); !reflect.DeepEqual(got, want) {
		t.Errorf("a record is stored as %s; want %s", show(got), show(want))
	}
}

// TestAnIDOfAnotherKindIsNoSession has each call meet an alias, a record, and rows
// of kinds that are not known yet, which look like sessions otherwise.
func TestAnIDOfAnotherKindIsNoSession(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	b.create(t, newSession("former"))
	b.apply(t, rotation("former", "next", atVersion(1)))
	b.putRecord(t, "key", 1)
	for i, kind := range []types.AttributeValue{text("lease"), text(""), asNumber("1"), &types.AttributeValueMemberNULL{Value: true}} {
		row := newItem(newSession(fmt.Sprint("other", i)), "w")
		row["kind"] = kind
		b.put(t, b.table, row)
	}
	ids := []string{"former", recordID("key"), "other0", "other1", "other2", "other3"}
	for _, id := range ids {
		before := b.item(t, b.table, id)
		for what, write := range b.writesOf(t, id) {
			wantError(t, what+" of "+id, write(), session.ErrNotFound)
		}
		wantError(t, "Create of "+id, b.Create(t.Context(), newSession(id)), session.ErrExists)
		wantError(t, "Apply that creates "+id, b.Apply(t.Context(), session.Transaction{Create: newSession(id)}), session.ErrExists)
		if after := b.item(t, b.table, id); !reflect.DeepEqual(after, before) {
			t.Errorf("%s is %s after refused writes; want %s", id, show(after), show(before))
		}
	}
	got, err := b.Get(t.Context(), "former")
	if want := (&session.Session{ID: "former", RotatedTo: "next", ExpiresAt: later}); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Get of an alias returned %+v, %v; want %+v", got, err, want)
	}
	for _, id := range ids[1:] {
		_, err := b.Get(t.Context(), id)
		wantError(t, "Get of "+id, err, session.ErrNotFound)
	}
	_, err = b.Record(t.Context(), "other0")
	wantError(t, "Record of a key that is an id", err, session.ErrNotFound)
}

// writesOf are the writes of a session that has to be there. The times and the
// version are such that another order of checks would tell something else.
func (b *bench) writesOf(t *testing.T, id string) map[string]func() error {
	ctx := t.Context()
	over := session.Condition{Now: noon.Add(1000 * time.Hour), Version: new(int64(77)), Times: &session.Times{}}
	return map[string]func() error{
		"Update":      func() error { _, err := b.Update(ctx, id, changed(`1`), meanwhile()); return err },
		"late Update": func() error { _, err := b.Update(ctx, id, changed(`1`), over); return err },
		"Retime":      func() error { _, err := b.Retime(ctx, id, session.Times{}, false, meanwhile()); return err },
		"late Retime": func() error { _, err := b.Retime(ctx, id, session.Times{}, true, over); return err },
		"Delete":      func() error { _, err := b.Delete(ctx, id, meanwhile()); return err },
		"late Delete": func() error { _, err := b.Delete(ctx, id, over); return err },
		"Apply":       func() error { return b.Apply(ctx, rotation(id, "unborn", meanwhile())) },
		"late Apply":  func() error { return b.Apply(ctx, rotation(id, "unborn", over)) },
		"Apply of an end": func() error {
			return b.Apply(ctx, session.Transaction{End: []session.Ending{{ID: id, Cond: meanwhile()}}})
		},
	}
}

func TestListsShowNothingOfAnotherKind(t *testing.T) {
	t.Parallel()
	for name, indexed := range map[string]bool{"with the index": true, "without the index": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var l logs
			b := newBenchOn(t, Options{Logger: l.logger()}, indexed)
			b.create(t, newSession("former"))
			b.apply(t, rotation("former", "next", atVersion(1)))
			for _, key := range []string{"alice", "former"} {
				b.putRecord(t, key, 1)
			}
			unknown := newItem(newSession("unknown"), "w")
			unknown["kind"] = text("lease")
			b.put(t, b.table, unknown)
			b.wantLists(t, "next")
			q := page(10)
			q.IDsOnly = true
			if p, err := b.ListByUser(t.Context(), "alice", q); err != nil || idsOf(p)["former"] || !idsOf(p)["next"] {
				t.Errorf("ListByUser of ids shows %v, %v; want next and not former", idsOf(p), err)
			}
			if n := b.UnreadableRows(); n != 0 {
				t.Errorf("%d rows were taken for broken ones:\n%s", n, &l)
			}
		})
	}
}

// TestALateIndexShowsNoAlias: the index may have the entry of the session still.
func TestALateIndexShowsNoAlias(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	b.create(t, newSession("former"))
	b.apply(t, rotation("former", "next", atVersion(1)))
	late := map[string]string{"id": "former", "userId": "alice", "createdAt": noon.Format(timeLayout)}
	b.fail("Query", 0, faultproxy.ShowRows(late))
	b.wantUserList(t, []string{"next"})
}

func TestWhatIsWrongWithAnAliasOrARecordIsNamed(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	alias := aliasItem("broken", session.Alias{To: "next", Until: later}, "w")
	record := recordItem(newRecord("broken", 1))
	for _, c := range []struct {
		what      string
		row       item
		attribute string
		value     types.AttributeValue
	}{
		{"an alias without an end", alias, "ttl", nil},
		{"an alias that goes nowhere", alias, "rotatedTo", nil},
		{"an alias to a number", alias, "rotatedTo", asNumber("1")},
		{"a record without a value", record, "value", nil},
		{"a record of text", record, "value", text("value")},
		{"a record without a version", record, "version", nil},
		{"a record at half a version", record, "version", asNumber("0.5")},
		{"a record without an end", record, "ttl", nil},
	} {
		row := maps.Clone(c.row)
		row[c.attribute] = c.value
		maps.DeleteFunc(row, func(_ string, value types.AttributeValue) bool { return value == nil })
		b.put(t, b.table, row)
		_, err := b.Get(t.Context(), "broken")
		if kindOf(c.row) == kindRecord {
			_, err = b.Record(t.Context(), "broken")
		}
		wantError(t, c.what, err, session.ErrUnreadable)
		if err != nil && !strings.Contains(err.Error(), "the attribute "+c.attribute+" ") {
			t.Errorf("%s: the error does not name %s: %v", c.what, c.attribute, err)
		}
	}
}
