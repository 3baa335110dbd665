package session_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"session-api"
)

func TestUserIDs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what, id string
		ok       bool
	}{
		{"a plain id", "user123", true},
		{"one byte", "a", true},
		{"the most bytes", strings.Repeat("x", 256), true},
		{"the most bytes in wide characters", strings.Repeat("😀", 64), true},
		{"every separator", "a/b%2F?#[]@!$&'()*+,;=:", true},
		{"a space", " ", true},
		{"three dots", "...", true},
		{"a noncharacter", "\uffff", true},
		{"a joined emoji", "👩‍👩‍👧", true},
		{"a no-break space", "a\u00a0b", true},

		{"nothing", "", false},
		{"a byte too many", strings.Repeat("x", 257), false},
		{"a character that ends a byte too late", strings.Repeat("😀", 64) + "x", false},
		{"a byte that is no UTF-8", "a\xff", false},
		{"half a character", "\xc3", false},
		{"a surrogate", "\xed\xa0\x80", false},
		{"a NUL", "a\x00b", false},
		{"a line break", "a\nb", false},
		{"a tab", "\t", false},
		{"a DEL", "\x7f", false},
		{"a C1 control", "a\u0085b", false},
		{"a dot", ".", false},
		{"two dots", "..", false},
	} {
		err := session.ValidateUserID(c.id)
		var e *session.Error
		switch {
		case c.ok && err != nil:
			t.Errorf("%s is refused: %v", c.what, err)
		case !c.ok && (!errors.As(err, &e) || e.Code != session.CodeInvalidUserID || e.Field != "userId"):
			t.Errorf("%s gives %v; want %s for the field userId", c.what, err, session.CodeInvalidUserID)
		}
	}
}

func TestDataIsBoundedByItsBytes(t *testing.T) {
	t.Parallel()
	for option, most := range map[int]int{0: session.MaxDataBytes, 100: 100} {
		b := newBenchOf(t, session.Options{TTL: time.Hour, MaxDataBytes: option})
		b.createNew(t, session.New{UserID: "user", Data: make([]byte, most)})
		id := b.create(t, "user").ID
		over := make([]byte, most+1)
		for name, op := range map[string]func() error{
			"Create": func() error { _, err := b.Create(t.Context(), session.New{UserID: "user", Data: over}); return err },
			"Update": func() error { _, err := b.Update(t.Context(), id, over, nil); return err },
			"Patch": func() error {
				_, err := b.Patch(t.Context(), id, func([]byte) ([]byte, error) { return over, nil }, nil)
				return err
			},
		} {
			err := op()
			var e *session.Error
			if !errors.Is(err, session.ErrTooLarge) || !errors.As(err, &e) || e.Field != "data" || !strings.Contains(e.Message, fmt.Sprint(most)) {
				t.Errorf("%s of a byte more than %d gives %v; want %s for the field data with the limit", name, most, err, session.CodeTooLarge)
			}
		}
	}
}

// itemBytes is the size of the largest session's item in DynamoDB without its
// data. An item's size is the sum of its attribute names and values, text in
// UTF-8, and a number takes at most 21 bytes (AWS: "DynamoDB item sizes and
// formats").
func itemBytes() int {
	const number = 21
	timeText := len("2025-12-24T10:00:00.000000")
	values := map[string]int{
		"id":        session.MaxIDBytes,
		"userId":    session.MaxUserIDBytes,
		"data":      0,
		"createdAt": timeText,
		"updatedAt": timeText,
		"ttl":       number,
		"version":   number,
		"writeId":   12,

		"absoluteTtl":  number,
		"idleTimeout":  number,
		"lastActiveAt": timeText,
		"client":       clientBytes(),
		"auth":         authBytes(),
	}
	size := 0
	for name, value := range values {
		size += len(name) + value
	}
	return size
}

// clientBytes and authBytes are the sizes of the largest of these as JSON, where a
// quotation mark in a text takes two bytes.
func clientBytes() int {
	names := len(`{"ip":"","userAgent":"","deviceName":"","label":""}`)
	ip := len("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255")
	return names + ip + 2*(session.MaxUserAgentBytes+session.MaxDeviceNameBytes+session.MaxLabelBytes)
}

func authBytes() int {
	names := len(`{"time":"2025-12-24T10:00:00.000000Z","amr":[],"acr":""}`)
	return names + session.MaxAMR*(2*session.MaxAMRBytes+len(`"",`)) + 2*session.MaxACRBytes
}

func TestTheLargestSessionFitsAnItem(t *testing.T) {
	t.Parallel()
	rest := session.MaxItemBytes - itemBytes() - session.MaxDataBytes
	if rest < 0 {
		t.Errorf("the largest session is %d bytes too large for a DynamoDB item", -rest)
	}
	// Two attributes more of 512 bytes each must not make old rows unwritable.
	if rest < 1024 {
		t.Errorf("the largest session leaves %d bytes of its item to attributes of others; want 1024", rest)
	}
}

func TestTheLargestBodyFitsASession(t *testing.T) {
	t.Parallel()
	if body := 384 << 10; body > session.MaxDataBytes {
		t.Errorf("a body of %d bytes is taken, but data of at most %d", body, session.MaxDataBytes)
	}
}

func TestASessionIsExpiredFromTheInstantOfItsExpiry(t *testing.T) {
	t.Parallel()
	end := time.Date(2025, time.December, 25, 10, 0, 0, 0, time.UTC)
	s := &session.Session{ExpiresAt: end}
	for _, c := range []struct {
		now     time.Time
		expired bool
	}{
		{end.Add(-time.Nanosecond), false},
		{end, true},
		{end.Add(time.Nanosecond), true},
		{end.In(time.FixedZone("east", 3600)), true},
	} {
		if got := s.ExpiredAt(c.now); got != c.expired {
			t.Errorf("at %v from its expiry a session is expired: %v; want %v", c.now.Sub(end), got, c.expired)
		}
	}
}

func TestACloneSharesNothing(t *testing.T) {
	t.Parallel()
	s := &session.Session{ID: "a", Data: []byte(`{"a":1}`), Version: 3, Auth: session.Auth{AMR: []string{"pwd"}}}
	c := s.Clone()
	c.Auth.AMR[0] = "otp"
	c.Data[0] = '#'
	_ = append(c.Data[:1], "####"...)
	c.ID, c.Version = "b", 4
	if s.ID != "a" || string(s.Data) != `{"a":1}` || s.Version != 3 || s.Auth.AMR[0] != "pwd" {
		t.Errorf("a change of a clone changed the original to %+v", s)
	}
	if got := (&session.Session{}).Clone().Data; got != nil {
		t.Errorf("the clone of a session without data has the data %q", got)
	}
}

func TestAConditionIsCheckedForExpiryFirst(t *testing.T) {
	t.Parallel()
	end := time.Date(2025, time.December, 25, 10, 0, 0, 0, time.UTC)
	s := &session.Session{ExpiresAt: end, Version: 3}
	three, four := int64(3), int64(4)
	for _, c := range []struct {
		what string
		cond session.Condition
		want error
	}{
		{"active, any version", session.Condition{Now: end.Add(-1)}, nil},
		{"active, its version", session.Condition{Now: end.Add(-1), Version: &three}, nil},
		{"active, another version", session.Condition{Now: end.Add(-1), Version: &four}, session.ErrConflict},
		{"expired, any version", session.Condition{Now: end}, session.ErrExpired},
		{"expired, another version", session.Condition{Now: end, Version: &four}, session.ErrExpired},
		{"active, its times", session.Condition{Now: end.Add(-1), Times: &session.Times{ExpiresAt: end}}, nil},
		{"active, another end", session.Condition{Now: end.Add(-1), Times: &session.Times{ExpiresAt: end.Add(1)}}, session.ErrConflict},
		{"active, an absolute end", session.Condition{Now: end.Add(-1), Times: &session.Times{ExpiresAt: end, AbsoluteExpiresAt: end}}, session.ErrConflict},
		{"active, an activity", session.Condition{Now: end.Add(-1), Times: &session.Times{ExpiresAt: end, LastActiveAt: end}}, session.ErrConflict},
		{"expired, another end", session.Condition{Now: end, Times: &session.Times{}}, session.ErrExpired},
	} {
		if err := c.cond.Check(s); !errors.Is(err, c.want) {
			t.Errorf("%s: the condition gives %v; want %v", c.what, err, c.want)
		}
	}
}

func TestAnAliasIsAbsentForAWrite(t *testing.T) {
	t.Parallel()
	end := time.Date(2025, time.December, 25, 10, 0, 0, 0, time.UTC)
	alias := session.Alias{To: "new", Until: end}.Row("old")
	for _, cond := range []session.Condition{{Now: end.Add(-1)}, {Now: end}, {Version: new(int64(7))}} {
		if err := cond.Check(alias); !errors.Is(err, session.ErrNotFound) {
			t.Errorf("under %+v an alias gives %v; want %v", cond, err, session.ErrNotFound)
		}
	}
}
