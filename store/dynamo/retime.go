package dynamo

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"session-api"
)

// Retime gives a row other times; see session.Store. A ttl that was text becomes a
// number, which DynamoDB's TTL sees.
func (s *Store) Retime(
	ctx context.Context, id string, to session.Times, raise bool, cond session.Condition,
) (*session.Session, error) {
	if err := s.gate.enter(ctx); err != nil {
		return nil, err
	}
	defer s.gate.leave()
	e := &edit{
		store: s, id: id, cond: cond,
		set:   []string{"#ttl = :until"},
		names: map[string]string{}, values: item{":until": secondNumber(to.ExpiresAt)},
	}
	e.setTime(AttributeAbsoluteTTL, to.AbsoluteExpiresAt, secondNumber)
	e.setTime(AttributeLastActiveAt, to.LastActiveAt, timeText)
	if raise {
		e.raises()
	} else {
		e.leavesNoMark(to)
	}
	return e.run(ctx)
}

// setTime sets an attribute, or removes it where the time is zero.
func (e *edit) setTime(attribute string, t time.Time, stored func(time.Time) types.AttributeValue) {
	if t.IsZero() {
		e.remove = append(e.remove, attribute)
		return
	}
	value := ":to" + attribute
	e.set = append(e.set, attribute+" = "+value)
	e.values[value] = stored(t)
}

// leavesNoMark has the edit leave version and writeId as they are: an Update whose
// answer was lost looks for its writeId, and an activity in between must not hide
// it. Then the times alone tell that the edit was done. A row that has them all
// has them by this edit or by one that did the same.
func (e *edit) leavesNoMark(to session.Times) {
	at := func(t session.Times) func(item) bool {
		return func(row item) bool {
			found, err := decodeHead(row)
			return err == nil && found.Times().Equal(t)
		}
	}
	e.done = at(to)
	// Sent twice without the times that were read, it would undo a write that came
	// in between. With them, a row that still has them was not written by this edit.
	if e.once = e.cond.Times == nil; !e.once {
		was := at(*e.cond.Times)
		e.hidden = func(row item) bool { return !was(row) }
	}
}
