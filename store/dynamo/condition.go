package dynamo

import (
	"errors"
	"maps"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"session-api"
)

// guard is the condition of a write with the names and values of its expressions.
type guard struct {
	condition string
	names     map[string]string
	values    item
}

// newGuard returns the guard that lets a write through if the row is there, is
// active at cond.Now, and is at cond.Version. ttl is in whole seconds, so that it
// is greater than a time means greater than the time's second.
func newGuard(cond session.Condition) guard {
	g := guard{
		condition: "attribute_exists(id) AND #ttl > :now",
		names:     map[string]string{"#ttl": AttributeTTL},
		values:    item{":now": number(cond.Now.Unix())},
	}
	g.addVersion(cond)
	return g
}

// newTextGuard is newGuard for a row whose ttl is this text. That the text is
// active was seen in the row; the condition makes sure that it is still the same.
func newTextGuard(cond session.Condition, ttl string) guard {
	g := guard{
		condition: "attribute_exists(id) AND #ttl = :ttl",
		names:     map[string]string{"#ttl": AttributeTTL},
		values:    item{":ttl": text(ttl)},
	}
	g.addVersion(cond)
	return g
}

func (g *guard) addVersion(cond session.Condition) {
	if cond.Version == nil {
		return
	}
	g.names["#version"] = AttributeVersion
	g.values[":version"] = number(*cond.Version)
	if *cond.Version == 0 {
		g.condition += " AND (attribute_not_exists(#version) OR #version = :version)"
		return
	}
	g.condition += " AND #version = :version"
}

// and returns g with one more condition and what it and the write's own
// expression need besides.
func (g guard) and(condition string, names map[string]string, values item) guard {
	g.condition += " AND " + condition
	maps.Copy(g.names, names)
	maps.Copy(g.values, values)
	return g
}

// errNoReason is a refusal that the refused row does not explain.
var errNoReason = errors.New("DynamoDB refused a write whose conditions the row meets")

// refusal tells why a guard refused a write of row old, nil if there was none. A
// row whose ttl is an active text was refused for nothing else: that text is
// returned, and the write is to be sent again with newTextGuard.
func refusal(old item, cond session.Condition) (ttl string, err error) {
	if len(old) == 0 {
		return "", session.ErrNotFound
	}
	row, err := decodeHead(old)
	if err != nil {
		return "", err
	}
	if err := cond.Check(row); err != nil {
		return "", err
	}
	if ttl, is := textTTL(old); is {
		return ttl, nil
	}
	return "", errNoReason
}

// oldRow returns the row that a failed condition carries, and whether err is one.
func oldRow(err error) (item, bool) {
	var failed *types.ConditionalCheckFailedException
	if !errors.As(err, &failed) {
		return nil, false
	}
	return failed.Item, true
}
