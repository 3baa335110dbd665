package dynamo

import (
	"reflect"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"session-api"
	"session-api/store/dynamo/dynamotest"
)

// moved are other times than those of newSession's and fullSession's sessions.
func moved() session.Times {
	return session.Times{
		ExpiresAt: later, AbsoluteExpiresAt: later.Add(time.Hour), LastActiveAt: noon.Add(3 * time.Second),
	}
}

// atTimes is meanwhile with the times of s.
func atTimes(s *session.Session) session.Condition {
	c, times := meanwhile(), s.Times()
	c.Times = &times
	return c
}

func TestARetimeChangesTheTimesAndNothingElse(t *testing.T) {
	t.Parallel()
	for _, to := range []session.Times{moved(), {ExpiresAt: later}} {
		for _, raise := range []bool{false, true} {
			for _, s := range []*session.Session{newSession("plain"), fullSession("full")} {
				b := newBench(t, Options{})
				b.create(t, s)
				before := b.item(t, b.table, s.ID)
				got, err := b.Retime(t.Context(), s.ID, to, raise, atTimes(s))
				want := s.Clone()
				want.ExpiresAt, want.AbsoluteExpiresAt, want.LastActiveAt = to.ExpiresAt, to.AbsoluteExpiresAt, to.LastActiveAt
				if raise {
					want.Version++
				}
				if err != nil || !reflect.DeepEqual(got, want) {
					t.Errorf("Retime of a %s session to %v returned %+v, %v; want %+v", s.ID, to, got, err, want)
				}
				after := b.item(t, b.table, s.ID)
				if same := reflect.DeepEqual(before["writeId"], after["writeId"]); same == raise {
					t.Errorf("Retime with raise=%v has left the writeId: %v", raise, same)
				}
				if stored := newItem(want, after["writeId"].(*types.AttributeValueMemberS).Value); !reflect.DeepEqual(after, stored) {
					t.Errorf("stored is %s; want %s", show(after), show(stored))
				}
			}
		}
	}
}

// TestTimesAreComparedAsTheyAreStored has one of the three differ at a time, by as
// little as can be, or be there at all.
func TestTimesAreComparedAsTheyAreStored(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	full, plain := fullSession("full"), newSession("plain")
	b.create(t, full)
	b.create(t, plain)
	for what, change := range map[string]func(*session.Times){
		"the end is later":               func(t *session.Times) { t.ExpiresAt = t.ExpiresAt.Add(time.Second) },
		"the absolute end is another":    func(t *session.Times) { t.AbsoluteExpiresAt = later.Add(time.Minute) },
		"the last activity is another":   func(t *session.Times) { t.LastActiveAt = noon.Add(time.Microsecond) },
		"the absolute end is or is none": func(t *session.Times) { t.AbsoluteExpiresAt = otherThan(t.AbsoluteExpiresAt) },
		"the last activity is or is not": func(t *session.Times) { t.LastActiveAt = otherThan(t.LastActiveAt) },
	} {
		for _, s := range []*session.Session{full, plain} {
			cond := atTimes(s)
			change(cond.Times)
			for call, write := range map[string]func() error{
				"Retime": func() error { _, err := b.Retime(t.Context(), s.ID, moved(), true, cond); return err },
				"Update": func() error { _, err := b.Update(t.Context(), s.ID, changed(`1`), cond); return err },
				"Delete": func() error { _, err := b.Delete(t.Context(), s.ID, cond); return err },
				"Apply":  func() error { return b.Apply(t.Context(), rotation(s.ID, "next", cond)) },
			} {
				wantError(t, call+" of a "+s.ID+" session where "+what, write(), session.ErrConflict)
			}
		}
	}
	for _, s := range []*session.Session{full, plain} {
		if _, err := b.Update(t.Context(), s.ID, changed(`1`), atTimes(s)); err != nil {
			t.Errorf("Update of a %s session at its times: %v", s.ID, err)
		}
		if _, err := b.Delete(t.Context(), s.ID, atTimes(s)); err != nil {
			t.Errorf("Delete of a %s session at its times: %v", s.ID, err)
		}
	}
}

// otherThan is a time where there is none, and none where there is one.
func otherThan(at time.Time) time.Time {
	if at.IsZero() {
		return later
	}
	return time.Time{}
}

func TestARetimeMakesATextATTLOfNumbers(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	if b.Server == dynamotest.Moto {
		return // it answers 500 where a text is compared with a number
	}
	for name, cond := range map[string]session.Condition{
		"as it is": meanwhile(), "at a version": atVersion(1), "at its times": atTimes(newSession("a")),
	} {
		for _, raise := range []bool{false, true} {
			b.put(t, b.table, textRow("a"))
			b.proxy.ResetCalls()
			got, err := b.Retime(t.Context(), "a", moved(), raise, cond)
			if err != nil || got.Times() != moved() || got.Version != map[bool]int64{false: 1, true: 2}[raise] {
				t.Errorf("Retime %s returned %+v, %v", name, got, err)
			}
			b.wantCalls(t, "UpdateItem", 2)
			if _, is := textTTL(b.item(t, b.table, "a")); is {
				t.Errorf("Retime %s left the ttl as a text", name)
			}
		}
	}
	b.put(t, b.table, textRow("a"))
	other := atTimes(newSession("a"))
	other.Times.ExpiresAt = later
	_, err := b.Retime(t.Context(), "a", moved(), false, other)
	wantError(t, "Retime at another end", err, session.ErrConflict)
}

// textRow is the stored form of newSession with a ttl that is text.
func textRow(id string) item {
	row := newItem(newSession(id), "w")
	row["ttl"] = text("4133336400")
	return row
}

// TestATextTTLThatBecomesANumberMeanwhileIsNoFault: activity makes it one between
// the two looks of another write.
func TestATextTTLThatBecomesANumberMeanwhileIsNoFault(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	if b.Server == dynamotest.Moto {
		return // it answers 500 where a text is compared with a number
	}
	for op, write := range map[string]func() error{
		"UpdateItem":         func() error { _, err := b.Update(t.Context(), "a", changed(`1`), meanwhile()); return err },
		"DeleteItem":         func() error { _, err := b.Delete(t.Context(), "a", meanwhile()); return err },
		"TransactWriteItems": func() error { return b.Apply(t.Context(), rotation("a", "next", meanwhile())) },
	} {
		b.put(t, b.table, textRow("a"))
		remove := b.afterFirst(op, func() { b.put(t, b.table, newItem(newSession("a"), "w")) })
		wantError(t, op, write(), session.ErrUnavailable)
		remove()
		b.wantStored(t, "a", `{"theme":"dark"}`, 1)
	}
}
