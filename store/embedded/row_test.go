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

func TestRowKeepsEveryField(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]session.Session{
		"new":       {ID: "i", UserID: "u", Data: []byte(`{}`), CreatedAt: now, ExpiresAt: ends, Version: 1},
		"updated":   {ID: "i", UserID: "u", Data: []byte(`1`), CreatedAt: now, UpdatedAt: now.Add(time.Microsecond), ExpiresAt: ends, Version: math.MaxInt64},
		"old times": {ID: "i", UserID: "u", Data: []byte(`1`), CreatedAt: time.UnixMicro(-1).UTC(), UpdatedAt: time.Unix(0, 0).UTC(), ExpiresAt: time.Unix(-1, 0).UTC()},
		"no data":   {ID: "i", UserID: strings.Repeat("ü", 300), Data: []byte{}, CreatedAt: time.Time{}, ExpiresAt: time.Time{}, Version: -1},
	} {
		got, err := decodeRow("i", appendRow(nil, &s))
		if err != nil || !reflect.DeepEqual(got, s) {
			t.Errorf("%s: %+v, %v; want %+v", name, got, err, s)
		}
	}
}

// TestRowLayoutStaysReadable holds a row as it was first released.
func TestRowLayoutStaysReadable(t *testing.T) {
	t.Parallel()
	stored := []byte("\x01\x02\xe8\xbc\xba\xe5\xde\xd7\xa3\x06\x00\xea\x8e\xba\x95\x0d\x03\x61\x6e\x6e" + `{"n":1}`)
	want := *newSession("row")
	if got, err := decodeRow("row", stored); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("decodeRow = %+v, %v; want %+v", got, err, want)
	}
	if got := appendRow(nil, &want); !bytes.Equal(got, stored) {
		t.Errorf("the layout has changed:\n%q\n%q", got, stored)
	}
}

func TestMalformedRowIsUnreadableAndSaysWhere(t *testing.T) {
	t.Parallel()
	for row, field := range map[string]string{
		"":                          "layout",
		"\x00":                      "layout",
		"\x02\x02\x02\x00\x02\x01a": "layout",
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
	f.Fuzz(func(t *testing.T, row []byte) {
		s, err := decodeRow("row", row)
		if err != nil {
			if !errors.Is(err, session.ErrUnreadable) {
				t.Errorf("%v; want ErrUnreadable", err)
			}
			return
		}
		again, err := decodeRow("row", appendRow(nil, &s))
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
