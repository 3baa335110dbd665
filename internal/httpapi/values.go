package httpapi

import (
	"bytes"
	"regexp"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"session-api"
)

// Members that may be absent: each function here returns the zero value for one
// that is, and refuses null, which says neither a value nor its absence. What a value
// may hold is the Service's to say; here it must have the right form.

// invalidValue returns the Error for a member, header or parameter that is not what
// it must be.
func invalidValue(field, must string) error {
	return &session.Error{Code: session.CodeInvalidValue, Message: field + " must be " + must, Field: field}
}

// text returns a member that is a text; field is its name for people.
func (b body) text(name, field string) (string, error) {
	value := b.get(name)
	switch {
	case value == nil:
		return "", nil
	case value.Kind() != jsontext.KindString:
		return "", invalidValue(field, "a text")
	}
	return unquote(value)
}

func unquote(value jsontext.Value) (string, error) {
	text, err := jsontext.AppendUnquote(nil, []byte(value))
	return string(text), err
}

// seconds returns a member that is a JSON integer without sign, fraction or exponent;
// invalid is the error for anything else. No number of seconds that it returns
// overflows.
func (b body) seconds(name string, invalid func() error) (time.Duration, error) {
	value := b.get(name)
	if value == nil {
		return 0, nil
	}
	n, err := strconv.ParseUint(string(value), 10, 32)
	if err != nil {
		return 0, invalid()
	}
	return time.Duration(n) * time.Second, nil
}

// auth returns what the body says of the user's authentication.
func (b body) auth() (auth session.Auth, err error) {
	if auth.Time, err = b.authTime(); err != nil {
		return auth, err
	}
	if auth.AMR, err = b.amr(); err != nil {
		return auth, err
	}
	auth.ACR, err = b.text("acr", "acr")
	return auth, err
}

func (b body) authTime() (time.Time, error) {
	text, err := b.text("authTime", "authTime")
	if err != nil || b.get("authTime") == nil {
		return time.Time{}, err
	}
	t, ok := parseTime(text)
	if !ok {
		return t, invalidValue("authTime", timeForm)
	}
	return t.Truncate(session.TimePrecision), nil
}

const timeForm = "a time as RFC 3339 has it, with a zone, of the years 1 to 9999"

// timeGrammar is that of RFC 3339 section 5.6 in capitals. time.Parse alone would also
// take hours of one digit, fractions behind a comma and impossible zones.
var timeGrammar = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$`)

// parseTime reads a time in the form of timeForm and returns it in UTC, never zero.
func parseTime(text string) (time.Time, bool) {
	if !timeGrammar.MatchString(text) {
		return time.Time{}, false
	}
	t, err := time.Parse(time.RFC3339, text)
	t = t.UTC()
	return t, err == nil && 1 <= t.Year() && t.Year() <= 9999 && !t.Truncate(session.TimePrecision).IsZero()
}

func (b body) amr() ([]string, error) {
	value := b.get("amr")
	if value == nil {
		return nil, nil
	}
	if value.Kind() != jsontext.KindBeginArray {
		return nil, invalidValue("amr", "a list of texts")
	}
	var methods []string
	d := jsontext.NewDecoder(bytes.NewBuffer(value))
	_, err := d.ReadToken()
	for err == nil && d.PeekKind() == jsontext.KindString {
		var token jsontext.Token
		if token, err = d.ReadToken(); err == nil {
			methods = append(methods, token.String())
		}
	}
	if err == nil && d.PeekKind() != jsontext.KindEndArray {
		err = invalidValue("amr", "a list of texts")
	}
	return methods, err
}

// clientFields are the members of client.
var clientFields = []string{"ip", "userAgent", "deviceName", "label"}

func (b body) client() (c session.Client, err error) {
	value := b.get("client")
	if value == nil {
		return c, nil
	}
	if value.Kind() != jsontext.KindBeginObject {
		return c, invalidValue("client", "an object")
	}
	members, err := readMembers(jsontext.NewDecoder(bytes.NewBuffer(value)), value, "client.", clientFields)
	if err != nil {
		return c, err
	}
	for i, into := range []*string{&c.IP, &c.UserAgent, &c.DeviceName, &c.Label} {
		if *into, err = members.text(clientFields[i], "client."+clientFields[i]); err != nil {
			return c, err
		}
	}
	return c, nil
}
