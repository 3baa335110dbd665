package dynamo

import (
	"errors"

	"session-api"
)

// isSession is asked of every row that a call about sessions writes or lists:
// aliases and records are in the same table.
const isSession = "attribute_not_exists(#kind)"

// otherKind stands for all kinds that we do not know.
const otherKind = "?"

// kindOf returns what a row is, "" for a session. It is one exactly where
// isSession holds.
func kindOf(i item) string {
	kind, err := textOf(i, AttributeKind)
	switch {
	case errors.Is(err, errAbsent):
		return ""
	case err != nil:
		return otherKind
	}
	return kind
}

// aliasItem returns the row that a stands for at id, made by the write with this
// id.
func aliasItem(id string, a session.Alias, writeID string) item {
	return item{
		AttributeID:        text(id),
		AttributeKind:      text(kindAlias),
		AttributeRotatedTo: text(a.To),
		AttributeTTL:       secondNumber(a.Until),
		AttributeWriteID:   text(writeID),
	}
}

func decodeAlias(i item) (*session.Session, error) {
	id, err := textOf(i, AttributeID)
	if err != nil {
		return nil, broken(AttributeID, err)
	}
	to, err := textOf(i, AttributeRotatedTo)
	if err != nil {
		return nil, broken(AttributeRotatedTo, err)
	}
	until, err := endOf(i)
	if err != nil {
		return nil, broken(AttributeTTL, err)
	}
	return session.Alias{To: to, Until: until}.Row(id), nil
}
