package dynamo

import (
	"context"
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"session-api"
)

// readableRow is asked of a row beside the guard. An edit that was refused for it
// changes nothing; one that went through could not be answered with the row.
const readableRow = "attribute_type(userId, :text) AND attribute_type(createdAt, :text)"

// edit is one UpdateItem of a row that is there: it cannot make one, for its guard
// wants one.
type edit struct {
	store *Store
	id    string
	cond  session.Condition
	// set and remove are the parts of the update expression: what changes and
	// nothing else, so that attributes of other writers stay. names and values are
	// what it needs.
	set, remove []string
	names       map[string]string
	values      item
	// once says that it must not be sent again once it may have been done.
	once bool
	// done reports whether the row shows that the edit was done.
	done func(row item) bool
	// hidden reports whether the row, which is at odds with cond, may have been at
	// what the edit made of it in between.
	hidden func(row item) bool
}

// run returns the row as it is after the edit.
func (e *edit) run(ctx context.Context) (*session.Session, error) {
	row, textTTL, err := e.send(ctx, newGuard(e.cond, ""))
	if textTTL != "" {
		row, _, err = e.send(ctx, newGuard(e.cond, textTTL))
	}
	if err != nil {
		return nil, err
	}
	return decode(row)
}

// send makes the call. It returns the row's ttl where that is an active text for
// which the guard was not made.
func (e *edit) send(ctx context.Context, g guard) (row item, textTTL string, err error) {
	k := e.store.rowCall("UpdateItem", e.id)
	k.once = e.once
	in := e.input(g)
	var out *dynamodb.UpdateItemOutput
	maybe, err := e.store.caller.do(ctx, k, func(ctx context.Context) (err error) {
		out, err = e.store.api.UpdateItem(ctx, in)
		return err
	})
	if err == nil {
		return out.Attributes, "", nil
	}
	if old, refused := oldRow(err); refused {
		return e.refused(g, old, maybe)
	}
	if maybe && k.once && ctx.Err() == nil {
		row, err = e.findOut(ctx, err)
		return row, "", err
	}
	return nil, "", failed(err)
}

func (e *edit) input(g guard) *dynamodb.UpdateItemInput {
	g = g.and(readableRow, e.names, e.values)
	g.values[":text"] = text("S")
	return &dynamodb.UpdateItemInput{
		TableName:                           &e.store.options.Table,
		Key:                                 keyOf(e.id),
		UpdateExpression:                    aws.String(e.expression()),
		ConditionExpression:                 &g.condition,
		ExpressionAttributeNames:            g.names,
		ExpressionAttributeValues:           g.values,
		ReturnValues:                        types.ReturnValueAllNew,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}
}

func (e *edit) expression() string {
	expression := "SET " + strings.Join(e.set, ", ")
	if len(e.remove) > 0 {
		expression += " REMOVE " + strings.Join(e.remove, ", ")
	}
	return expression
}

// raises has the edit raise the row's version, and say so in the row.
func (e *edit) raises() {
	writeID := newWriteID()
	e.set = append(e.set, "writeId = :write", "#version = if_not_exists(#version, :zero) + :one")
	e.names["#version"] = AttributeVersion
	e.values[":write"], e.values[":zero"], e.values[":one"] = text(writeID), number(0), number(1)
	// Sent twice without a version, it would undo a write that came in between.
	e.once = e.cond.Version == nil
	e.done = func(row item) bool { return madeBy(row, writeID) }
	// Where there was no write since the version that was asked for, or one, which
	// was another's, none of this edit was done.
	e.hidden = func(row item) bool {
		var s session.Session
		err := readVersion(row, &s)
		return err != nil || s.Version != *e.cond.Version && s.Version != *e.cond.Version+1
	}
}

// refused says what the refusal of an attempt means, when an earlier one may have
// been done.
func (e *edit) refused(g guard, old item, maybe bool) (row item, textTTL string, err error) {
	if maybe && e.wasDone(old) {
		return old, "", nil
	}
	textTTL, err = g.refusal(old)
	gone, outrun := errors.Is(err, session.ErrNotFound), errors.Is(err, session.ErrConflict)
	if maybe && (gone || outrun && e.hidden(old)) {
		err = session.Unavailable(errUnknownEffect)
	}
	return nil, textTTL, err
}

// wasDone reports whether the row shows that the edit was done. What it does is no
// mark of its own in every case, so a row of another namespace shows nothing.
func (e *edit) wasDone(row item) bool { return !hidden(e.cond, row) && e.done(row) }

// findOut looks whether an edit whose answer was lost was done. It is a retry
// like others: in a storm there is none.
func (e *edit) findOut(ctx context.Context, lost error) (item, error) {
	if !e.store.caller.budget.spend() {
		return nil, failed(lost)
	}
	row, err := e.store.reads.row(ctx, e.id, true)
	if err != nil {
		return nil, failed(lost)
	}
	if !e.wasDone(row) {
		return nil, session.Unavailable(errUnknownEffect)
	}
	return row, nil
}
