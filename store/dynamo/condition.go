package dynamo

import (
	"errors"
	"maps"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"session-api"
)

// guard is the condition of a write with the names and values of its expressions.
type guard struct {
	cond      session.Condition
	textTTL   string
	condition string
	names     map[string]string
	values    item
}

// newGuard returns the guard that lets a write through if the row is there, is a
// session of a user that cond.UserPrefix takes, is active at cond.Now, and is at
// cond.Version and cond.Times. ttl is in
// whole seconds, so that it is greater than a time means greater than the time's
// second.
//
// textTTL is the row's ttl where that is text, which no number is compared with.
// That it is active, and what cond names, was seen in the row; the guard makes
// sure that it is still the same.
func newGuard(cond session.Condition, textTTL string) guard {
	g := guard{
		cond: cond, textTTL: textTTL,
		condition: "attribute_exists(id) AND " + isSession,
		names:     map[string]string{"#ttl": AttributeTTL, "#kind": AttributeKind},
		values:    item{},
	}
	if textTTL == "" {
		g.condition += " AND #ttl > :now"
		g.values[":now"] = number(cond.Now.Unix())
	} else {
		g.condition += " AND #ttl = :ttl"
		g.values[":ttl"] = text(textTTL)
	}
	if cond.UserPrefix != "" {
		g.condition += " AND " + inNamespace
		g.values[":prefix"] = text(cond.UserPrefix)
	}
	if cond.Version != nil {
		g.addVersion(*cond.Version)
	}
	if cond.Times != nil {
		g.addTimes(*cond.Times)
	}
	return g
}

func (g *guard) addVersion(version int64) {
	g.names["#version"] = AttributeVersion
	g.values[":version"] = number(version)
	if version == 0 {
		g.condition += " AND (attribute_not_exists(#version) OR #version = :version)"
		return
	}
	g.condition += " AND #version = :version"
}

// addTimes asks for the row's times. A ttl that is text is asked for already.
func (g *guard) addTimes(t session.Times) {
	if g.textTTL == "" {
		g.condition += " AND #ttl = :wasttl"
		g.values[":wasttl"] = secondNumber(t.ExpiresAt)
	}
	g.addTime(AttributeAbsoluteTTL, t.AbsoluteExpiresAt, secondNumber)
	g.addTime(AttributeLastActiveAt, t.LastActiveAt, timeText)
}

// addTime asks for an attribute that is not there where the time is zero.
func (g *guard) addTime(attribute string, t time.Time, stored func(time.Time) types.AttributeValue) {
	if t.IsZero() {
		g.condition += " AND attribute_not_exists(" + attribute + ")"
		return
	}
	value := ":was" + attribute
	g.condition += " AND " + attribute + " = " + value
	g.values[value] = stored(t)
}

// and returns g with one more condition and what it and the write's own
// expression need besides.
func (g guard) and(condition string, names map[string]string, values item) guard {
	g.condition += " AND " + condition
	maps.Copy(g.names, names)
	maps.Copy(g.values, values)
	return g
}

// inNamespace is asked of every row where users are restricted to a namespace.
const inNamespace = "begins_with(userId, :prefix)"

// hidden reports whether a row is none to cond, because its user is of another
// namespace or cannot be understood. It goes by that attribute alone: what else is
// wrong with the row is no business of other namespaces.
func hidden(cond session.Condition, row item) bool {
	userID, _ := textOf(row, AttributeUserID)
	return cond.Hides(userID)
}

var (
	// errNoReason is a refusal that the refused row does not explain.
	errNoReason = errors.New("DynamoDB refused a write whose conditions the row meets")
	// errTTLChanges says that two looks at a row found two forms of its ttl.
	errTTLChanges = errors.New("the attribute ttl was changed by another writer meanwhile")
)

// refusal tells why the guard refused a write of row old, nil if there was none. A
// row whose ttl is an active text was refused for nothing else by a guard that was
// made for a number: then that text is returned, and the write is to be sent again
// with a guard for it.
func (g guard) refusal(old item) (ttl string, err error) {
	if len(old) == 0 || kindOf(old) != "" || hidden(g.cond, old) {
		return "", session.ErrNotFound
	}
	row, err := decodeHead(old)
	if err != nil {
		return "", err
	}
	if err := g.cond.Check(row); err != nil {
		return "", err
	}
	found, _ := textTTL(old)
	switch g.textTTL {
	case found:
		return "", errNoReason
	case "":
		return found, nil
	}
	return "", session.Unavailable(errTTLChanges)
}

// oldRow returns the row that a failed condition carries, and whether err is one.
func oldRow(err error) (item, bool) {
	var failed *types.ConditionalCheckFailedException
	if !errors.As(err, &failed) {
		return nil, false
	}
	return failed.Item, true
}
