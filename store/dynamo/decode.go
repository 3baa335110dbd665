package dynamo

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/go-json-experiment/json/jsontext"

	"session-api"
)

// Why an attribute cannot be understood.
var (
	errAbsent    = errors.New("is not there")
	errEmpty     = errors.New("is empty")
	errNoText    = errors.New("is no string")
	errNoTime    = errors.New("is no time")
	errNoJSON    = errors.New("is no JSON")
	errNoWhole   = errors.New("is no whole number")
	errEndOfTime = errors.New("is not within the years 1 to 9999")
)

// maxTTL is the end of the year 9999, the last that RFC 3339 can write, and
// minTTL the beginning of the year 1; in seconds since 1970.
const (
	maxTTL = 253402300799
	minTTL = -62135596800
)

// decode returns the session that i stores; ErrUnreadable, whose cause names the
// attribute, if i cannot be understood.
func decode(i item) (*session.Session, error) {
	s, err := decodeHead(i)
	if err != nil {
		return nil, err
	}
	s.Data, err = dataOf(i)
	if err != nil {
		return nil, broken(AttributeData, err)
	}
	return s, nil
}

// headParts read everything but the data into a session.
var headParts = [...]struct {
	attribute string
	read      func(item, *session.Session) error
}{
	{AttributeID, readID},
	{AttributeUserID, readUserID},
	{AttributeCreatedAt, readCreatedAt},
	{AttributeUpdatedAt, readUpdatedAt},
	{AttributeTTL, readTTL},
	{AttributeVersion, readVersion},
}

// decodeHead is decode for everything but the data, which i need not have.
func decodeHead(i item) (*session.Session, error) {
	s := &session.Session{}
	for _, part := range headParts {
		if err := part.read(i, s); err != nil {
			return nil, broken(part.attribute, err)
		}
	}
	return s, nil
}

// remains returns what can be understood of a row that is gone: a session whose
// row was broken can be ended all the same.
func remains(i item) *session.Session {
	s := &session.Session{}
	for _, part := range headParts {
		_ = part.read(i, s)
	}
	s.Data, _ = dataOf(i)
	return s
}

func broken(attribute string, why error) error {
	return session.Unreadable(fmt.Errorf("the attribute %s %w", attribute, why))
}

func readID(i item, s *session.Session) (err error) {
	s.ID, err = textOf(i, AttributeID)
	return err
}

func readUserID(i item, s *session.Session) (err error) {
	s.UserID, err = textOf(i, AttributeUserID)
	return err
}

func readCreatedAt(i item, s *session.Session) (err error) {
	s.CreatedAt, err = timeOf(i, AttributeCreatedAt)
	return err
}

func readUpdatedAt(i item, s *session.Session) (err error) {
	if i[AttributeUpdatedAt] != nil {
		s.UpdatedAt, err = timeOf(i, AttributeUpdatedAt)
	}
	return err
}

// readTTL takes text too: older writers stored some that way.
func readTTL(i item, s *session.Session) error {
	var digits string
	switch v := i[AttributeTTL].(type) {
	case nil:
		return errAbsent
	case *types.AttributeValueMemberN:
		digits = v.Value
	case *types.AttributeValueMemberS:
		digits = v.Value
	default:
		return errNoWhole
	}
	seconds, err := whole(digits)
	if err != nil {
		return err
	}
	if seconds < minTTL || seconds > maxTTL {
		return errEndOfTime
	}
	s.ExpiresAt = time.Unix(seconds, 0).UTC()
	return nil
}

func readVersion(i item, s *session.Session) (err error) {
	switch v := i[AttributeVersion].(type) {
	case nil:
	case *types.AttributeValueMemberN:
		s.Version, err = whole(v.Value)
	default:
		err = errNoWhole
	}
	return err
}

// textTTL returns the ttl of a row that holds it as text.
func textTTL(i item) (string, bool) {
	v, ok := i[AttributeTTL].(*types.AttributeValueMemberS)
	if !ok {
		return "", false
	}
	return v.Value, true
}

func whole(digits string) (int64, error) {
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0, errNoWhole // err quotes the row
	}
	return n, nil
}

func textOf(i item, attribute string) (string, error) {
	switch v := i[attribute].(type) {
	case nil:
		return "", errAbsent
	case *types.AttributeValueMemberS:
		if v.Value == "" {
			return "", errEmpty
		}
		return v.Value, nil
	default:
		return "", errNoText
	}
}

// timeLayouts are the forms of times that rows have. Python writes no fraction
// where it is zero, and a zone where it was asked for one; Go takes a fraction
// behind the seconds of either.
var timeLayouts = [...]string{"2006-01-02T15:04:05", "2006-01-02T15:04:05Z07:00"}

func timeOf(i item, attribute string) (time.Time, error) {
	written, err := textOf(i, attribute)
	if err != nil {
		return time.Time{}, err
	}
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, written); err == nil {
			return t.UTC().Truncate(session.TimePrecision), nil
		}
	}
	return time.Time{}, errNoTime
}

// dataOf returns the data without white space, which other writers leave in.
// What the service answers with is put together without another look at it, so
// nothing but JSON may pass here. Names that repeat and lone surrogates pass:
// they are JSON, if not of the kind that the service takes in.
func dataOf(i item) ([]byte, error) {
	written, err := textOf(i, AttributeData)
	if err != nil {
		return nil, err
	}
	data := jsontext.Value(written)
	if data.Compact() != nil {
		return nil, errNoJSON // its error quotes the data
	}
	return data, nil
}
