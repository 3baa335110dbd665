package dynamo

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"session-api"
)

// updateExpression sets what an update changes and nothing else, so that
// attributes of other writers stay. It cannot make a row: the guard wants one.
const updateExpression = "SET #data = :data, updatedAt = :at, writeId = :write, " +
	"#version = if_not_exists(#version, :zero) + :one"

// readableRow is asked of a row beside the guard. An update that was refused for
// it changes nothing; one that went through could not be answered with the row.
const readableRow = "attribute_type(userId, :text) AND attribute_type(createdAt, :text)"

// Update replaces the data of a row; see session.Store.
func (s *Store) Update(ctx context.Context, id string, c session.Change, cond session.Condition) (*session.Session, error) {
	if err := s.gate.enter(ctx); err != nil {
		return nil, err
	}
	defer s.gate.leave()
	u := update{store: s, id: id, change: c, cond: cond, writeID: newWriteID()}
	row, err := u.run(ctx)
	if err != nil {
		return nil, err
	}
	return decode(row)
}

// update is one Update.
type update struct {
	store   *Store
	id      string
	change  session.Change
	cond    session.Condition
	writeID string
}

// run returns the row as it is after the update.
func (u *update) run(ctx context.Context) (item, error) {
	row, textTTL, err := u.send(ctx, newGuard(u.cond))
	if textTTL == "" {
		return row, err
	}
	row, textTTL, err = u.send(ctx, newTextGuard(u.cond, textTTL))
	if textTTL != "" {
		err = session.Unavailable(errTTLChanges)
	}
	return row, err
}

// errTTLChanges says that two looks at a row found two texts in its ttl.
var errTTLChanges = errors.New("the attribute ttl was changed by another writer meanwhile")

// send makes the call. It returns the row's ttl where that is an active text for
// which the guard was not made.
func (u *update) send(ctx context.Context, g guard) (row item, textTTL string, err error) {
	k := u.store.rowCall("UpdateItem", u.id)
	// Sent twice without a version, it would undo a write that came in between.
	k.once = u.cond.Version == nil
	in := u.input(g)
	var out *dynamodb.UpdateItemOutput
	maybe, err := u.store.caller.do(ctx, k, func(ctx context.Context) (err error) {
		out, err = u.store.api.UpdateItem(ctx, in)
		return err
	})
	if err == nil {
		return out.Attributes, "", nil
	}
	if old, refused := oldRow(err); refused {
		return u.refused(old, maybe)
	}
	if maybe && k.once && ctx.Err() == nil {
		row, err = u.findOut(ctx, err)
		return row, "", err
	}
	return nil, "", failed(err)
}

func (u *update) input(g guard) *dynamodb.UpdateItemInput {
	g = g.and(readableRow, map[string]string{"#data": AttributeData, "#version": AttributeVersion}, item{
		":data":  text(string(u.change.Data)),
		":at":    timeText(u.change.At),
		":write": text(u.writeID),
		":zero":  number(0),
		":one":   number(1),
		":text":  text("S"),
	})
	return &dynamodb.UpdateItemInput{
		TableName:                           &u.store.options.Table,
		Key:                                 keyOf(u.id),
		UpdateExpression:                    aws.String(updateExpression),
		ConditionExpression:                 &g.condition,
		ExpressionAttributeNames:            g.names,
		ExpressionAttributeValues:           g.values,
		ReturnValues:                        types.ReturnValueAllNew,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}
}

// refused says what the refusal of an attempt means, when an earlier one may have
// been done.
func (u *update) refused(old item, maybe bool) (row item, textTTL string, err error) {
	if maybe && madeBy(old, u.writeID) {
		return old, "", nil
	}
	textTTL, err = refusal(old, u.cond)
	if maybe && (errors.Is(err, session.ErrNotFound) || u.hidden(err)) {
		err = session.Unavailable(errUnknownEffect)
	}
	return nil, textTTL, err
}

// hidden reports whether a conflict may hide an attempt that was done: other
// writes came after it. With one write since the version that was asked for, that
// one was another's, so none of this update was done.
func (u *update) hidden(err error) bool {
	var e *session.Error
	return errors.As(err, &e) && e.Code == session.CodeConflict && e.Version != *u.cond.Version+1
}

// findOut looks whether an update whose answer was lost was done. It is a retry
// like others: in a storm there is none.
func (u *update) findOut(ctx context.Context, lost error) (item, error) {
	if !u.store.caller.budget.spend() {
		return nil, failed(lost)
	}
	row, err := u.store.getItemAs(ctx, u.id, true)
	if err != nil {
		return nil, failed(lost)
	}
	if !madeBy(row, u.writeID) {
		return nil, session.Unavailable(errUnknownEffect)
	}
	return row, nil
}
