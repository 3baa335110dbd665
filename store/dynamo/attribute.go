package dynamo

import (
	"errors"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

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
	errNoMap     = errors.New("is no map")
	errNoBytes   = errors.New("is no binary")
	errNoTexts   = errors.New("is no list of strings")
	errEndOfTime = errors.New("is not within the years 1 to 9999")
	errTooLong   = errors.New("is no number of seconds that anybody can wait")
)

// textTTL returns the ttl of a row that holds it as text.
func textTTL(i item) (string, bool) {
	v, ok := i[AttributeTTL].(*types.AttributeValueMemberS)
	if !ok {
		return "", false
	}
	return v.Value, true
}

// wholeOf returns a number without a fraction.
func wholeOf(i item, attribute string) (int64, error) {
	digits, err := digitsOf(i, attribute)
	if err != nil {
		return 0, err
	}
	return whole(digits)
}

// digitsOf returns a number as DynamoDB writes it.
func digitsOf(i item, attribute string) (string, error) {
	switch v := i[attribute].(type) {
	case nil:
		return "", errAbsent
	case *types.AttributeValueMemberN:
		return v.Value, nil
	default:
		return "", errNoWhole
	}
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
	return parseTime(written)
}

func parseTime(written string) (time.Time, error) {
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, written); err == nil {
			return t.UTC().Truncate(session.TimePrecision), nil
		}
	}
	return time.Time{}, errNoTime
}

// ownTimeOf is timeOf for what nobody but us writes. A condition compares it with
// text, so a time must have one form only.
func ownTimeOf(i item, attribute string) (time.Time, error) {
	written, err := textOf(i, attribute)
	if err != nil {
		return time.Time{}, err
	}
	t, err := time.Parse(timeLayout, written)
	if err != nil || t.Format(timeLayout) != written {
		return time.Time{}, errNoTime // err quotes the row
	}
	return t, nil
}

// maxTTL is the end of the year 9999, the last that RFC 3339 can write, and
// minTTL the beginning of the year 1; in seconds since 1970.
const (
	maxTTL = 253402300799
	minTTL = -62135596800
)

// endOf returns when a row of any kind ends. It takes text too: older writers
// stored some that way.
func endOf(i item) (time.Time, error) {
	digits, is := textTTL(i)
	if !is {
		var err error
		if digits, err = digitsOf(i, AttributeTTL); err != nil {
			return time.Time{}, err
		}
	}
	return secondOf(digits)
}

// secondOf returns the time that is so many seconds after the beginning of 1970.
func secondOf(digits string) (time.Time, error) {
	seconds, err := whole(digits)
	if err != nil {
		return time.Time{}, err
	}
	if seconds < minTTL || seconds > maxTTL {
		return time.Time{}, errEndOfTime
	}
	return time.Unix(seconds, 0).UTC(), nil
}

// mapOf returns the members of a map; none if the attribute is not there.
func mapOf(i item, attribute string) (item, error) {
	switch v := i[attribute].(type) {
	case nil:
		return nil, nil
	case *types.AttributeValueMemberM:
		return v.Value, nil
	default:
		return nil, errNoMap
	}
}

// textsOf returns a list of texts, nil if there is none.
func textsOf(i item, attribute string) (texts []string, err error) {
	if i[attribute] == nil {
		return nil, nil
	}
	list, ok := i[attribute].(*types.AttributeValueMemberL)
	if !ok {
		return nil, errNoTexts
	}
	for _, element := range list.Value {
		s, ok := element.(*types.AttributeValueMemberS)
		if !ok {
			return nil, errNoTexts
		}
		texts = append(texts, s.Value)
	}
	return texts, nil
}
