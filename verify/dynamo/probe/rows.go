package main

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// row is an item.
type row = map[string]types.AttributeValue

func str(v string) types.AttributeValue { return &types.AttributeValueMemberS{Value: v} }
func num(v string) types.AttributeValue { return &types.AttributeValueMemberN{Value: v} }

// now is the time of all checks, in epoch seconds: far in the future of every
// clock, so that no server's own expiry meddles.
const (
	now    = "4000000000"
	future = "4000003600"
	past   = "3999996400"
)

// session returns a row in the engine's form, active at now, at version 1.
func session(id string) row {
	return row{
		"id": str(id), "userId": str("user"), "data": str(`{"a":1}`),
		"createdAt": str("2026-01-02T03:04:05.000006"), "ttl": num(future), "version": num("1"),
	}
}

// with returns r with one attribute set.
func with(r row, name string, v types.AttributeValue) row {
	out := row{name: v}
	for k, old := range r {
		if k != name {
			out[k] = old
		}
	}
	return out
}

// sized returns a session row of exactly that many bytes by AWS's rule: the
// UTF-8 bytes of all names and string values (DG, Item sizes and formats).
func sized(id string, bytes int) row {
	r := row{"id": str(id), "userId": str("user"), "createdAt": str("2026-01-02T03:04:05.000006"), "data": str("")}
	used := 0
	for name, v := range r {
		used += len(name) + len(v.(*types.AttributeValueMemberS).Value)
	}
	r["data"] = str(strings.Repeat("x", bytes-used))
	return r
}

func keyOf(id string) row { return row{hashKey: str(id)} }

func (p *probe) put(table string, rows ...row) error {
	for _, r := range rows {
		if _, err := p.ddb.PutItem(p, &dynamodb.PutItemInput{TableName: &table, Item: r}); err != nil {
			return fmt.Errorf("PutItem: %w", brief(err))
		}
	}
	return nil
}

// tableWith makes a table that holds the rows.
func (p *probe) tableWith(index bool, rows ...row) (string, error) {
	table, err := p.table(index)
	if err != nil {
		return "", err
	}
	return table, p.put(table, rows...)
}

// get reads a row consistently; nil if there is none.
func (p *probe) get(table, id string) (row, error) {
	out, err := p.ddb.GetItem(p, &dynamodb.GetItemInput{TableName: &table, Key: keyOf(id), ConsistentRead: aws.Bool(true)})
	if err != nil {
		return nil, fmt.Errorf("GetItem: %w", brief(err))
	}
	return out.Item, nil
}

// holds is nil if the row with want's id is exactly want.
func (p *probe) holds(table string, want row) error {
	got, err := p.get(table, text(want[hashKey]))
	if err != nil {
		return err
	}
	return sameRow("the stored row", got, want)
}

func sameRow(what string, got, want row) error {
	for name, v := range want {
		if !equal(got[name], v) {
			return fmt.Errorf("%s: %s is %s, not %s", what, name, text(got[name]), text(v))
		}
	}
	for name := range got {
		if want[name] == nil {
			return fmt.Errorf("%s has the attribute %s besides", what, name)
		}
	}
	return nil
}

func equal(a, b types.AttributeValue) bool {
	x, isBytes := a.(*types.AttributeValueMemberB)
	y, alsoBytes := b.(*types.AttributeValueMemberB)
	if isBytes && alsoBytes {
		return bytes.Equal(x.Value, y.Value)
	}
	return reflect.DeepEqual(a, b)
}

// text shows a value; a string or number as it is.
func text(v types.AttributeValue) string {
	switch v := v.(type) {
	case nil:
		return "absent"
	case *types.AttributeValueMemberS:
		return cut(v.Value)
	case *types.AttributeValueMemberN:
		return cut(v.Value)
	}
	return cut(fmt.Sprintf("%T", v))
}

func contains(what, text, part string) error {
	if !strings.Contains(text, part) {
		return fmt.Errorf("%s is %q, without %q", what, cut(text), part)
	}
	return nil
}
