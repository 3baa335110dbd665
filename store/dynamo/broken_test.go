package dynamo

import (
	"maps"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"session-api"
	"session-api/store/dynamo/dynamotest"
)

// outOfIndex are the broken rows that DynamoDB does not index, or does not even
// take where there is an index.
func outOfIndex(attribute string) bool { return attribute == "userId" || attribute == "createdAt" }

// motoFails says that Moto answers 500 where a text is compared with a number.
func motoFails(s *server, row item) bool {
	_, is := textTTL(row)
	return s.Server == dynamotest.Moto && is
}

func TestABrokenRowIsRefusedAndBreaksNoList(t *testing.T) {
	t.Parallel()
	for name, c := range brokenRows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			row := with(c.attribute, c.value)
			row["id"] = text("session-alice-BROKENSECRET")
			var l logs
			b := newBenchOn(t, Options{Logger: l.logger()}, !outOfIndex(c.attribute))
			if motoFails(b.server, row) {
				return
			}
			b.put(t, b.table, row)
			b.create(t, newSession("sound"))
			_, err := b.Get(t.Context(), "session-alice-BROKENSECRET")
			wantError(t, "Get", err, session.ErrUnreadable)
			before := b.UnreadableRows()
			for range 2 {
				b.wantLists(t, "sound")
			}
			if noted := b.UnreadableRows() - before; noted == 0 && c.attribute != "userId" {
				t.Error("no list counted the row")
			}
			if n := strings.Count(l.String(), "lists leave it out"); n > 1 {
				t.Errorf("the row was logged %d times; want once", n)
			}
			if strings.Contains(l.String(), "BROKENSECRET") {
				t.Errorf("the log shows the id:\n%s", &l)
			}
		})
	}
}

// wantLists fails unless both lists show these sessions of alice.
func (b *bench) wantLists(t *testing.T, want ...string) {
	t.Helper()
	all, err := b.List(t.Context(), page(10))
	if got := idsOf(all); err != nil || !maps.Equal(got, setOf(want)) {
		// The data is not read for List, so it does not know that it is broken.
		delete(got, "session-alice-BROKENSECRET")
		if err != nil || !maps.Equal(got, setOf(want)) {
			t.Errorf("List shows %v, %v; want %v", got, err, want)
		}
	}
	p, err := b.ListByUser(t.Context(), "alice", page(10))
	if got := idsOf(p); err != nil || !maps.Equal(got, setOf(want)) {
		t.Errorf("ListByUser shows %v, %v; want %v", got, err, want)
	}
}

func idsOf(p session.Page) map[string]bool {
	ids := map[string]bool{}
	for _, s := range p.Sessions {
		ids[s.ID] = true
	}
	return ids
}

func setOf(ids []string) map[string]bool {
	set := map[string]bool{}
	for _, id := range ids {
		set[id] = true
	}
	return set
}

func TestAnUpdateOfABrokenRowMendsItOrIsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range brokenRows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			row := with(c.attribute, c.value)
			b := newBenchOn(t, Options{}, !outOfIndex(c.attribute))
			if motoFails(b.server, row) {
				return
			}
			b.put(t, b.table, row)
			row = b.item(t, b.table, "a") // as the server keeps it
			got, err := b.Update(t.Context(), "a", changed(`"mended"`), meanwhile())
			if c.update == mends {
				if err != nil || string(got.Data) != `"mended"` || !got.UpdatedAt.Equal(changed("").At) {
					t.Errorf("Update returned %+v, %v; want the row mended", got, err)
				}
				return
			}
			wantError(t, "Update", err, session.ErrUnreadable)
			if after := b.item(t, b.table, "a"); c.update == isRefused && !reflect.DeepEqual(after, row) {
				t.Errorf("a refused Update left %s; want %s", show(after), show(row))
			}
		})
	}
}

func TestARetimeMendsNoBrokenRow(t *testing.T) {
	t.Parallel()
	for name, c := range brokenRows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			row := with(c.attribute, c.value)
			b := newBenchOn(t, Options{}, !outOfIndex(c.attribute))
			if motoFails(b.server, row) {
				return
			}
			b.put(t, b.table, row)
			got, err := b.Retime(t.Context(), "a", moved(), true, meanwhile())
			if set := (item{"ttl": nil, "absoluteTtl": nil, "lastActiveAt": nil}); err == nil {
				if _, mended := set[c.attribute]; !mended || got.Times() != moved() {
					t.Errorf("Retime returned %+v", got)
				}
				return
			}
			wantError(t, "Retime", err, session.ErrUnreadable)
		})
	}
}

// TestABrokenRowCanBeEnded: if only its ttl is a number.
func TestABrokenRowCanBeEnded(t *testing.T) {
	t.Parallel()
	for name, c := range brokenRows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			row := with(c.attribute, c.value)
			b := newBenchOn(t, Options{}, !outOfIndex(c.attribute))
			if motoFails(b.server, row) {
				return
			}
			b.put(t, b.table, row)
			got, err := b.Delete(t.Context(), "a", meanwhile())
			stored := b.item(t, b.table, "a") != nil
			if c.lasting {
				wantError(t, "Delete", err, session.ErrUnreadable)
			} else if err != nil || got.ID != "a" {
				t.Errorf("Delete returned %+v, %v; want the row's remains", got, err)
			}
			if stored != c.lasting {
				t.Errorf("stored after Delete is %v; want %v", stored, c.lasting)
			}
		})
	}
}

func TestARowWhoseTTLIsATextIsServedAsAnyOther(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	if b.Server == dynamotest.Moto {
		return // it answers 500 where a text is compared with a number
	}
	over := with("ttl", text("4000000000"))
	over["id"] = text("over")
	b.put(t, b.table, over)
	for _, id := range []string{"a", "b"} {
		row := with("ttl", number(0))
		row["id"], row["ttl"] = text(id), text(newItem(newSession(""), "")["ttl"].(*types.AttributeValueMemberN).Value)
		b.put(t, b.table, row)
	}
	b.wantLists(t, "a", "b")
	b.wantStored(t, "a", `{"theme":"dark"}`, 1)
	_, err := b.Update(t.Context(), "a", changed(`1`), atVersion(7))
	wantError(t, "Update at another version", err, session.ErrConflict)
	b.proxy.ResetCalls()
	if _, err := b.Update(t.Context(), "a", changed(`"new"`), atVersion(1)); err != nil {
		t.Errorf("Update: %v", err)
	}
	b.wantCalls(t, "UpdateItem", 2)
	b.wantStored(t, "a", `"new"`, 2)
	if _, ok := textTTL(b.item(t, b.table, "a")); !ok {
		t.Error("an update changed the form of the ttl")
	}
	if _, err := b.Delete(t.Context(), "b", atVersion(1)); err != nil {
		t.Errorf("Delete: %v", err)
	}
	b.wantCalls(t, "DeleteItem", 2)
	b.wantLists(t, "a")
	for what, write := range map[string]func() error{
		"Update": func() error { _, err := b.Update(t.Context(), "over", changed(`1`), meanwhile()); return err },
		"Delete": func() error { _, err := b.Delete(t.Context(), "over", meanwhile()); return err },
	} {
		wantError(t, what+" of a row that is over", write(), session.ErrExpired)
	}
}

func TestATTLThatChangesBetweenTwoLooksIsNotServed(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	if b.Server == dynamotest.Moto {
		return // it answers 500 where a text is compared with a number
	}
	b.put(t, b.table, with("ttl", text("4133944801")))
	for op, write := range map[string]func() error{
		"UpdateItem":         func() error { _, err := b.Update(t.Context(), "a", changed(`1`), meanwhile()); return err },
		"DeleteItem":         func() error { _, err := b.Delete(t.Context(), "a", meanwhile()); return err },
		"TransactWriteItems": func() error { return b.Apply(t.Context(), rotation("a", "next", meanwhile())) },
	} {
		b.put(t, b.table, with("ttl", text("4133944801")))
		remove := b.afterFirst(op, func() { b.put(t, b.table, with("ttl", text("4133944802"))) })
		wantError(t, op, write(), session.ErrUnavailable)
		remove()
		b.wantStored(t, "a", `{"theme":"dark"}`, 1)
	}
}
