package embedded

import (
	"bytes"
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	testquick "testing/quick"
	"time"

	session "session-api"
)

// fullSession returns a session that has every field there is.
func fullSession(id string) *session.Session {
	s := newSession(id)
	s.UpdatedAt = now.Add(time.Second)
	s.AbsoluteExpiresAt, s.IdleTimeout, s.LastActiveAt = ends.Add(time.Hour), 90*time.Second, now.Add(time.Microsecond)
	s.Client = session.Client{IP: "2001:db8::1", UserAgent: "Agent/1", DeviceName: "Ännes Gerät", Label: "work"}
	s.Auth = session.Auth{Time: now.Add(-time.Microsecond), AMR: []string{"pwd", "otp"}, ACR: "urn:strong"}
	return s
}

// sessionWith returns a small session that change was done to.
func sessionWith(change func(*session.Session)) session.Session {
	s := session.Session{ID: "i", UserID: "u", Data: []byte(`{}`), CreatedAt: now, ExpiresAt: ends, Version: 1}
	change(&s)
	return s
}

func TestRowKeepsEveryField(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]session.Session{
		"new":     sessionWith(func(*session.Session) {}),
		"updated": sessionWith(func(s *session.Session) { s.UpdatedAt, s.Version = now.Add(time.Microsecond), math.MaxInt64 }),
		"old times": sessionWith(func(s *session.Session) {
			s.CreatedAt, s.UpdatedAt, s.ExpiresAt = time.UnixMicro(-1).UTC(), time.Unix(0, 0).UTC(), time.Unix(-1, 0).UTC()
		}),
		"no data":     {ID: "i", UserID: strings.Repeat("ü", 300), Data: []byte{}, CreatedAt: time.Time{}, ExpiresAt: time.Time{}, Version: -1},
		"full":        *fullSession("i"),
		"absolute":    sessionWith(func(s *session.Session) { s.AbsoluteExpiresAt = ends }),
		"idle":        sessionWith(func(s *session.Session) { s.IdleTimeout = time.Second }),
		"longest":     sessionWith(func(s *session.Session) { s.IdleTimeout = math.MaxInt64 / time.Second * time.Second }),
		"active":      sessionWith(func(s *session.Session) { s.LastActiveAt = time.UnixMicro(-1).UTC() }),
		"ip":          sessionWith(func(s *session.Session) { s.Client.IP = "::1" }),
		"user agent":  sessionWith(func(s *session.Session) { s.Client.UserAgent = "a" }),
		"device name": sessionWith(func(s *session.Session) { s.Client.DeviceName = "d" }),
		"label":       sessionWith(func(s *session.Session) { s.Client.Label = strings.Repeat("l", 128) }),
		"auth time":   sessionWith(func(s *session.Session) { s.Auth.Time = now }),
		"amr":         sessionWith(func(s *session.Session) { s.Auth.AMR = []string{"pwd", "", "otp"} }),
		"acr":         sessionWith(func(s *session.Session) { s.Auth.ACR = "a" }),
		"alias":       {ID: "i", RotatedTo: "to", ExpiresAt: ends},
		"old alias":   {ID: "i", RotatedTo: "t", ExpiresAt: time.Unix(math.MinInt64/2, 0).UTC()},
	} {
		got, err := decodeRow("i", appendRow(nil, &s))
		if err != nil || !reflect.DeepEqual(*got, s) {
			t.Errorf("%s: %+v, %v; want %+v", name, got, err, s)
		}
	}
}

// TestRowLayoutsStayReadable holds a row of each layout as it was first written. A
// session that has nothing of layout 2 is written without a byte of it.
func TestRowLayoutsStayReadable(t *testing.T) {
	t.Parallel()
	start := "\x02\xe8\xbc\xba\xe5\xde\xd7\xa3\x06\x00\xea\x8e\xba\x95\x0d\x03\x61\x6e\x6e"
	none := newSession("row")
	none.Auth.AMR = []string{}
	some := newSession("row")
	some.AbsoluteExpiresAt, some.IdleTimeout, some.Auth.AMR = ends, time.Minute, []string{"pwd"}
	some.Client.Label = "work"
	for stored, want := range map[string]*session.Session{
		"\x01" + start + `{"n":1}`: newSession("row"),
		"\x02" + start + "\x01\x80\xdd\x84\xce\xf9\xd7\xa3\x06\x78\x00\x00\x00\x00\x04work\x00\x01\x03pwd\x00" + `{"n":1}`: some,
		"\x03\xea\x8e\xba\x95\x0dnext": {ID: "row", RotatedTo: "next", ExpiresAt: ends},
	} {
		if got, err := decodeRow("row", []byte(stored)); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("decodeRow = %+v, %v; want %+v", got, err, want)
		}
		if got := appendRow(nil, want); string(got) != stored {
			t.Errorf("the layout has changed:\n%q\n%q", got, stored)
		}
	}
	if got := appendRow(nil, none); string(got) != "\x01"+start+`{"n":1}` {
		t.Errorf("a session with an empty list of methods is stored as %q; want layout 1", got)
	}
}

func TestMalformedRowIsUnreadableAndSaysWhere(t *testing.T) {
	t.Parallel()
	full := "\x02\x02\x02\x00\x02\x01a"
	for row, field := range map[string]string{
		"":                          "layout",
		"\x00":                      "layout",
		"\x04\x02\x02\x00\x02\x01a": "layout",
		"\x01":                      "version",
		"\x01\x80":                  "version",
		"\x01\x02":                  "createdAt",
		"\x01\x02\x02":              "updatedAt",
		"\x01\x02\x02\x07":          "updatedAt",
		"\x01\x02\x02\x01":          "updatedAt",
		"\x01\x02\x02\x00":          "expiresAt",
		"\x01\x02\x02\x00\x02":      "userId",
		"\x01\x02\x02\x00\x02\x02a": "userId",
		"\x01\x02\x02\x00\x02\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01a": "userId",

		full:          "absoluteExpiresAt",
		full + "\x01": "absoluteExpiresAt",
		full + "\x00": "idleTimeout",
		full + "\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01": "idleTimeout",
		full + "\x00\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01": "idleTimeout",
		full + "\x00\x00\x02":                                 "lastActiveAt",
		full + "\x00\x00\x00":                                 "client.ip",
		full + "\x00\x00\x00\x00\x05":                         "client.userAgent",
		full + "\x00\x00\x00\x00\x00":                         "client.deviceName",
		full + "\x00\x00\x00\x00\x00\x00":                     "client.label",
		full + "\x00\x00\x00\x00\x00\x00\x00":                 "auth.time",
		full + "\x00\x00\x00\x00\x00\x00\x00\x00":             "auth.amr",
		full + "\x00\x00\x00\x00\x00\x00\x00\x00\x03\x00\x00": "auth.amr",
		full + "\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x05": "auth.amr",
		full + "\x00\x00\x00\x00\x00\x00\x00\x00\x00":         "auth.acr",

		"\x03":     "expiresAt",
		"\x03\x02": "rotatedTo",
	} {
		_, err := decodeRow("row-1", []byte(row))
		wantError(t, field, err, session.ErrUnreadable)
		if cause := errors.Unwrap(err); cause == nil || !strings.HasPrefix(cause.Error(), field+" ") {
			t.Errorf("decodeRow(%q): %v; want %s named", row, err, field)
		}
	}
}

func FuzzDecodeRow(f *testing.F) {
	f.Add(appendRow(nil, newSession("row")))
	f.Add([]byte("\x01\x02\x02\x01\x02\x02\x01a{}"))
	f.Add(appendRow(nil, fullSession("row")))
	f.Add([]byte("\x02\x02\x02\x00\x02\x01a\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00{}"))
	f.Add([]byte("\x03\x02next"))
	f.Fuzz(func(t *testing.T, row []byte) {
		s, err := decodeRow("row", row)
		if err != nil {
			if !errors.Is(err, session.ErrUnreadable) {
				t.Errorf("%v; want ErrUnreadable", err)
			}
			return
		}
		again, err := decodeRow("row", appendRow(nil, s))
		if err != nil || !reflect.DeepEqual(again, s) {
			t.Errorf("%+v became %+v, %v", s, again, err)
		}
	})
}

func TestNumbersSortInKeysAsTheyDoInLife(t *testing.T) {
	t.Parallel()
	sorts := func(a, b int64) bool {
		x, y := appendOrdered(nil, a), appendOrdered(nil, b)
		back, rest, ok := cutOrdered(append(x, 'z'))
		return (a < b) == (bytes.Compare(x, y) < 0) && back == a && string(rest) == "z" && ok
	}
	if err := testquick.Check(sorts, nil); err != nil {
		t.Error(err)
	}
	edges := []int64{math.MinInt64, -1, 0, 1, math.MaxInt64}
	if !slices.IsSortedFunc(edges, func(a, b int64) int { return bytes.Compare(appendOrdered(nil, a), appendOrdered(nil, b)) }) {
		t.Error("the edges are out of order")
	}
}

func TestNoUsersKeysBeginWithAnothers(t *testing.T) {
	t.Parallel()
	users := []string{"a", "aa", "\x01a", "\x02", "", strings.Repeat("a", 127), strings.Repeat("a", 128), strings.Repeat("a", 256), "a\x00"}
	for _, a := range users {
		for _, b := range users {
			if a != b && bytes.HasPrefix(userKey(a, now, "id"), userKeyPrefix(b)) {
				t.Errorf("a key of user %q begins with the prefix of user %q", a, b)
			}
		}
	}
}
