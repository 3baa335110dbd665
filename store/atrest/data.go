package atrest

import (
	"bytes"
	"encoding/base64"
	"errors"

	"session-api"
	"session-api/store/atrest/datakeys"
)

// DataRule says how data is written, and what is read. All of them read data that
// is encrypted.
type DataRule int

// The rules for data.
const (
	// Clear writes data as it is. It is for the way into encryption and out of it,
	// when servers must read what others have encrypted already, or still.
	Clear DataRule = iota
	// Encrypt writes data encrypted, and reads what was written in the clear before.
	Encrypt
	// Require is Encrypt for a store whose rows are all encrypted: one that is not
	// was planted, and is unreadable.
	Require
)

// mark begins all that is sealed. Encrypted data is a JSON string, because engines
// take data for JSON: mark, then base64.
const mark = "session-api-sealed-1:"

var (
	dataHead = []byte(`"` + mark)
	dataText = base64.RawURLEncoding
)

// MaxDataBytes bounds data that is encrypted: an engine must hold what becomes of
// it.
const MaxDataBytes = (session.MaxDataBytes-len(`"`+mark+`"`))*3/4 - datakeys.Overhead

var errClear = errors.New("the data is not encrypted, which SESSION_DATA_AT_REST=required does not allow")

func dataPlace(key string) []byte { return []byte("data:" + key) }

// sealData returns the stored form of the data of the row at key.
func (s *Store) sealData(key string, data []byte) ([]byte, error) {
	if s.rule == Clear {
		return data, nil
	}
	sealed, err := s.data.Seal(data, dataPlace(key))
	if err != nil {
		return nil, err
	}
	stored := make([]byte, 0, len(dataHead)+dataText.EncodedLen(len(sealed))+1)
	return append(dataText.AppendEncode(append(stored, dataHead...), sealed), '"'), nil
}

// openData returns the data whose stored form row has, as the engine keeps it;
// ErrUnreadable if there is none.
func (s *Store) openData(row *session.Session) ([]byte, error) {
	if s.data == nil {
		return row.Data, nil
	}
	text, sealed := bytes.CutPrefix(row.Data, dataHead)
	switch {
	case !sealed && s.rule == Require:
		return nil, session.UnreadableOf(row.UserID, errClear)
	case !sealed:
		return row.Data, nil
	}
	data, err := s.decrypt(row.ID, bytes.TrimSuffix(text, []byte(`"`)))
	if err != nil {
		return nil, session.UnreadableOf(row.UserID, &brokenData{err})
	}
	if len(data) == 0 {
		return nil, nil // there was none: an empty text would be no JSON
	}
	return data, nil
}

func (s *Store) decrypt(key string, text []byte) ([]byte, error) {
	sealed, err := dataText.AppendDecode(nil, text)
	if err != nil {
		return nil, errors.New("is not encrypted as it should be")
	}
	return s.data.Open(sealed, dataPlace(key))
}

// brokenData says what is wrong with a row's data.
type brokenData struct{ why error }

// Error begins as the errors of engines do.
func (b *brokenData) Error() string { return "the data " + b.why.Error() }
