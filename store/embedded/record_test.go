package embedded

import (
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"

	session "session-api"
)

func TestRecordKeepsEveryField(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]session.Record{
		"usual": {Key: "k", Value: []byte("value"), Version: 1, ExpiresAt: ends},
		"empty": {Key: "k", Value: []byte{}, Version: math.MaxInt64, ExpiresAt: time.Unix(-1, 0).UTC()},
	} {
		got, err := decodeRecord("k", appendRecord(nil, &r))
		if err != nil || !reflect.DeepEqual(*got, r) {
			t.Errorf("%s: %+v, %v; want %+v", name, got, err, r)
		}
	}
	// As it was first written.
	stored := "\x01\x0e\xea\x8e\xba\x95\x0dvalue"
	r := &session.Record{Key: "k", Value: []byte("value"), Version: 7, ExpiresAt: ends}
	if got := appendRecord(nil, r); string(got) != stored {
		t.Errorf("the layout has changed:\n%q\n%q", got, stored)
	}
}

func TestMalformedRecordIsUnreadableAndSaysWhere(t *testing.T) {
	t.Parallel()
	for stored, field := range map[string]string{
		"":              "layout",
		"\x02\x02\x02v": "layout",
		"\x01":          "version",
		"\x01\x02\x80":  "expiresAt",
	} {
		_, err := decodeRecord("row-1", []byte(stored))
		wantError(t, field, err, session.ErrUnreadable)
		if cause := errors.Unwrap(err); cause == nil || !strings.HasPrefix(cause.Error(), field+" ") {
			t.Errorf("decodeRecord(%q): %v; want %s named", stored, err, field)
		}
	}
}

// TestBrokenRecordIsNeitherReplacedNorInTheWayOfTheSweep holds a record that a
// transaction must not take for an absent one.
func TestBrokenRecordIsNeitherReplacedNorInTheWayOfTheSweep(t *testing.T) {
	t.Parallel()
	s := open(t, Options{fs: vfs.NewMem(), Now: newClock(ends).now})
	apply(t, s, session.Transaction{Records: []session.RecordWrite{record("row-key", 1, 0)}})
	if err := s.db.Set(appendRecordKey(nil, "row-key"), []byte("\x09"), pebble.Sync); err != nil {
		t.Fatal(err)
	}
	_, err := s.Record(t.Context(), "row-key")
	wantError(t, "Record", err, session.ErrUnreadable)
	for _, was := range []int64{0, 1} {
		tx := session.Transaction{Records: []session.RecordWrite{record("row-key", 2, was)}}
		wantError(t, "Apply", s.Apply(t.Context(), tx), session.ErrUnreadable)
	}
	wantSwept(t, s, 1)
	wantVersion(t, s, "row-key", 0)
}

// TestAnIDAndAKeyThatReadTheSameNeverMeet holds the lock of the one while the
// other is written.
func TestAnIDAndAKeyThatReadTheSameNeverMeet(t *testing.T) {
	t.Parallel()
	s := open(t, Options{fs: vfs.NewMem()})
	create(t, s, newSession("same"))
	lock := mustAcquire(t, s.locks, "same")
	apply(t, s, session.Transaction{Records: []session.RecordWrite{record("same", 1, 0)}})
	lock.release()
	apply(t, s, session.Transaction{
		End: []session.Ending{ending("same", "")}, Records: []session.RecordWrite{record("same", 2, 1)},
	})
	wantData(t, s, "same", "")
	wantVersion(t, s, "same", 2)
}
