package dynamo

import (
	"fmt"
	"math"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"session-api"
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
		return nil, brokenRow(i, AttributeData, err)
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
	{AttributeAbsoluteTTL, readAbsoluteTTL},
	{AttributeIdleTimeout, readIdleTimeout},
	{AttributeLastActiveAt, readLastActiveAt},
	{AttributeClient, readClient},
	{AttributeAuth, readAuth},
}

// decodeHead is decode for everything but the data, which i need not have.
func decodeHead(i item) (*session.Session, error) {
	s := &session.Session{}
	for _, part := range headParts {
		if err := part.read(i, s); err != nil {
			return nil, brokenRow(i, part.attribute, err)
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

func broken(attribute string, why error) error { return brokenRow(nil, attribute, why) }

// brokenRow is broken for an attribute of a row whose user may be understood.
func brokenRow(row item, attribute string, why error) error {
	userID, _ := textOf(row, AttributeUserID)
	return session.UnreadableOf(userID, fmt.Errorf("the attribute %s %w", attribute, why))
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

func readTTL(i item, s *session.Session) (err error) {
	s.ExpiresAt, err = endOf(i)
	return err
}

func readVersion(i item, s *session.Session) (err error) {
	if i[AttributeVersion] != nil {
		s.Version, err = wholeOf(i, AttributeVersion)
	}
	return err
}

func readAbsoluteTTL(i item, s *session.Session) error {
	if i[AttributeAbsoluteTTL] == nil {
		return nil
	}
	digits, err := digitsOf(i, AttributeAbsoluteTTL)
	if err != nil {
		return err
	}
	s.AbsoluteExpiresAt, err = secondOf(digits)
	return err
}

// maxIdleTimeout is the longest time.Duration, in seconds.
const maxIdleTimeout = int64(math.MaxInt64 / time.Second)

func readIdleTimeout(i item, s *session.Session) error {
	if i[AttributeIdleTimeout] == nil {
		return nil
	}
	seconds, err := wholeOf(i, AttributeIdleTimeout)
	if err != nil {
		return err
	}
	if seconds < 0 || seconds > maxIdleTimeout {
		return errTooLong
	}
	s.IdleTimeout = time.Duration(seconds) * time.Second
	return nil
}

func readLastActiveAt(i item, s *session.Session) (err error) {
	if i[AttributeLastActiveAt] != nil {
		s.LastActiveAt, err = ownTimeOf(i, AttributeLastActiveAt)
	}
	return err
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
