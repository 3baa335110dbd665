package dynamo

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"session-api"
)

// with returns the stored form of a session with one attribute replaced, or left
// out for nil.
func with(attribute string, value types.AttributeValue) item {
	i := newItem(newSession("a"), "w")
	i[attribute] = value
	if value == nil {
		delete(i, attribute)
	}
	return i
}

func asNumber(digits string) types.AttributeValue { return &types.AttributeValueMemberN{Value: digits} }

func TestRowsOfOtherWritersAreUnderstood(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		row  item
		want func(*session.Session)
	}{
		"as we write it": {with("other", text("x")), func(*session.Session) {}},
		"no version":     {with("version", nil), func(s *session.Session) { s.Version = 0 }},
		"no writeId":     {with("writeId", nil), func(*session.Session) {}},
		"createdAt without a fraction": {with("createdAt", text("2025-12-24T10:00:00")), func(s *session.Session) {
			s.CreatedAt = time.Date(2025, 12, 24, 10, 0, 0, 0, time.UTC)
		}},
		"createdAt in milliseconds": {with("createdAt", text("2025-12-24T10:00:00.123")), func(s *session.Session) {
			s.CreatedAt = time.Date(2025, 12, 24, 10, 0, 0, 123e6, time.UTC)
		}},
		"createdAt in nanoseconds": {with("createdAt", text("2025-12-24T10:00:00.123456789")), func(s *session.Session) {
			s.CreatedAt = time.Date(2025, 12, 24, 10, 0, 0, 123456000, time.UTC)
		}},
		"createdAt with a zone": {with("createdAt", text("2025-12-24T12:00:00.5+02:00")), func(s *session.Session) {
			s.CreatedAt = time.Date(2025, 12, 24, 10, 0, 0, 5e8, time.UTC)
		}},
		"createdAt in Zulu time": {with("createdAt", text("2025-12-24T10:00:00Z")), func(s *session.Session) {
			s.CreatedAt = time.Date(2025, 12, 24, 10, 0, 0, 0, time.UTC)
		}},
		"updatedAt": {with("updatedAt", text("2025-12-24T10:00:00.000001")), func(s *session.Session) {
			s.UpdatedAt = time.Date(2025, 12, 24, 10, 0, 0, 1000, time.UTC)
		}},
		"ttl as text": {with("ttl", text("4133944800")), func(s *session.Session) { s.ExpiresAt = time.Unix(4133944800, 0).UTC() }},
		"ttl of 0":    {with("ttl", asNumber("0")), func(s *session.Session) { s.ExpiresAt = time.Unix(0, 0).UTC() }},
		"data with white space": {with("data", text(`{"theme": "dark", "a": [1, 2.50]}`)), func(s *session.Session) {
			s.Data = []byte(`{"theme":"dark","a":[1,2.50]}`)
		}},
		"data with a lone surrogate": {with("data", text(`"\ud800"`)), func(s *session.Session) { s.Data = []byte(`"\ud800"`) }},
		"data with a name twice":     {with("data", text(`{"a":1,"a":2}`)), func(s *session.Session) { s.Data = []byte(`{"a":1,"a":2}`) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := newSession("a")
			c.want(want)
			got, err := decode(c.row)
			if err != nil {
				t.Fatal(err)
			}
			if got.ID != want.ID || got.UserID != want.UserID || string(got.Data) != string(want.Data) || got.Version != want.Version ||
				got.CreatedAt != want.CreatedAt || got.UpdatedAt != want.UpdatedAt || got.ExpiresAt != want.ExpiresAt {
				t.Errorf("read is %+v; want %+v", got, want)
			}
		})
	}
}

// What an update does to a broken row.
const (
	isRefused = iota // a condition sees what is wrong
	mends            // it replaces what is wrong
	isWritten        // what is wrong is seen in the row that it returns
)

// brokenRows are rows that cannot be understood, by what is wrong, with the
// attribute that is.
var brokenRows = map[string]struct {
	attribute string
	value     types.AttributeValue
	update    int
	// lasting says that nothing tells when the row is over, so it cannot be ended.
	lasting bool
}{
	"no ttl":                    {attribute: "ttl", lasting: true},
	"ttl is no number":          {attribute: "ttl", value: text("tomorrow"), lasting: true},
	"ttl is null":               {attribute: "ttl", value: &types.AttributeValueMemberNULL{Value: true}, lasting: true},
	"ttl has a fraction":        {attribute: "ttl", value: asNumber("4133944800.5"), update: isWritten},
	"ttl is in milliseconds":    {attribute: "ttl", value: asNumber("4133944800000"), update: isWritten},
	"ttl is beyond 64 bits":     {attribute: "ttl", value: asNumber("9999999999999999999"), update: isWritten},
	"no data":                   {attribute: "data", update: mends},
	"data is empty":             {attribute: "data", value: text(""), update: mends},
	"data is NaN":               {attribute: "data", value: text(`{"x": NaN}`), update: mends},
	"data is Infinity":          {attribute: "data", value: text(`[Infinity]`), update: mends},
	"data is no JSON":           {attribute: "data", value: text(`{'theme': 'dark'}`), update: mends},
	"data is two values":        {attribute: "data", value: text(`{} {}`), update: mends},
	"data is a map":             {attribute: "data", value: &types.AttributeValueMemberM{Value: item{"theme": text("dark")}}, update: mends},
	"data is a number":          {attribute: "data", value: asNumber("1"), update: mends},
	"no userId":                 {attribute: "userId"},
	"userId is a number":        {attribute: "userId", value: asNumber("7")},
	"userId is a list":          {attribute: "userId", value: &types.AttributeValueMemberL{}},
	"userId is null":            {attribute: "userId", value: &types.AttributeValueMemberNULL{Value: true}},
	"no createdAt":              {attribute: "createdAt"},
	"createdAt is a number":     {attribute: "createdAt", value: asNumber("1735142400")},
	"createdAt is no time":      {attribute: "createdAt", value: text("yesterday"), update: isWritten},
	"createdAt is a short date": {attribute: "createdAt", value: text("2025-12-24"), update: isWritten},
	"updatedAt is no time":      {attribute: "updatedAt", value: text("yesterday"), update: mends},
	"updatedAt is a number":     {attribute: "updatedAt", value: asNumber("1"), update: mends},
	"version is a string":       {attribute: "version", value: text("1")},
	"version has a fraction":    {attribute: "version", value: asNumber("1.5"), update: isWritten},
	"version is too large":      {attribute: "version", value: asNumber("9223372036854775808"), update: isWritten},

	"absoluteTtl is text":             {attribute: "absoluteTtl", value: text("4133944800"), update: isWritten},
	"absoluteTtl has a fraction":      {attribute: "absoluteTtl", value: asNumber("4133944800.5"), update: isWritten},
	"absoluteTtl is in milliseconds":  {attribute: "absoluteTtl", value: asNumber("4133944800000"), update: isWritten},
	"idleTimeout is text":             {attribute: "idleTimeout", value: text("60"), update: isWritten},
	"idleTimeout has a fraction":      {attribute: "idleTimeout", value: asNumber("0.5"), update: isWritten},
	"idleTimeout is negative":         {attribute: "idleTimeout", value: asNumber("-1"), update: isWritten},
	"idleTimeout is too long":         {attribute: "idleTimeout", value: asNumber("9223372037"), update: isWritten},
	"lastActiveAt is no time":         {attribute: "lastActiveAt", value: text("yesterday"), update: isWritten},
	"lastActiveAt has a zone":         {attribute: "lastActiveAt", value: text("2100-12-24T12:00:00.123456Z"), update: isWritten},
	"lastActiveAt has a comma":        {attribute: "lastActiveAt", value: text("2100-12-24T12:00:00,123456"), update: isWritten},
	"lastActiveAt has no fraction":    {attribute: "lastActiveAt", value: text("2100-12-24T12:00:00"), update: isWritten},
	"lastActiveAt is a number":        {attribute: "lastActiveAt", value: asNumber("1"), update: isWritten},
	"client is text":                  {attribute: "client", value: text("{}"), update: isWritten},
	"client has a number":             {attribute: "client", value: &types.AttributeValueMemberM{Value: item{"ip": asNumber("1")}}, update: isWritten},
	"client has an empty text":        {attribute: "client", value: mapOfTexts("label", ""), update: isWritten},
	"auth is a list":                  {attribute: "auth", value: &types.AttributeValueMemberL{}, update: isWritten},
	"auth's time is none":             {attribute: "auth", value: mapOfTexts("time", "yesterday"), update: isWritten},
	"auth's methods are text":         {attribute: "auth", value: mapOfTexts("amr", "pwd"), update: isWritten},
	"one of auth's methods is a null": {attribute: "auth", value: methods(&types.AttributeValueMemberNULL{Value: true}), update: isWritten},
	"auth's class is a list":          {attribute: "auth", value: &types.AttributeValueMemberM{Value: item{"acr": &types.AttributeValueMemberL{}}}, update: isWritten},
}

func methods(of ...types.AttributeValue) types.AttributeValue {
	return &types.AttributeValueMemberM{Value: item{"amr": &types.AttributeValueMemberL{Value: of}}}
}

func TestWhatIsWrongWithARowIsNamed(t *testing.T) {
	t.Parallel()
	for name, c := range brokenRows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := decode(with(c.attribute, c.value))
			wantError(t, "decode", err, session.ErrUnreadable)
			if got != nil {
				t.Errorf("it returned %+v beside the error", got)
			}
			if err != nil && !strings.Contains(err.Error(), "the attribute "+c.attribute+" ") {
				t.Errorf("the error does not name the attribute %s: %v", c.attribute, err)
			}
			for _, secret := range []string{"tomorrow", "yesterday", "dark", "NaN", "4133944800"} {
				if err != nil && strings.Contains(err.Error(), secret) {
					t.Errorf("the error quotes the row: %v", err)
				}
			}
		})
	}
}

func TestARowWithoutAnIDIsBroken(t *testing.T) {
	t.Parallel()
	for _, value := range []types.AttributeValue{nil, text(""), asNumber("1")} {
		if _, err := decode(with("id", value)); !errors.Is(err, session.ErrUnreadable) {
			t.Errorf("the id %v gives %v", value, err)
		}
	}
}
