package storetest

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"session-api"
)

var recordChecks = []check{
	{"RecordsComeBackExactly", recordsComeBackExactly},
	{"RecordsThatAreOverAreThere", recordsThatAreOverAreThere},
	{"RecordsAreReplacedWhole", recordsAreReplacedWhole},
	{"KeysOfEveryShapeAreKeptApart", keysOfEveryShapeAreKeptApart},
	{"RecordsAndSessionsDoNotMeet", recordsAndSessionsDoNotMeet},
	{"NoListShowsARecord", noListShowsARecord},
	{"RecordsAreNotShared", recordsAreNotShared},
}

// trickyValues are values that change when something takes them for text, for
// JSON or for what ends at a zero byte.
func trickyValues() [][]byte {
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	return [][]byte{
		nil, {0}, {0, 0}, []byte("\xff\xfe"), []byte(" "), []byte("null"), []byte(`{"b":1,"a":1.0}`), []byte("é😀"),
		every, bytes.Repeat([]byte{0x80}, 64<<10+1), bytes.Repeat([]byte("\x00\xff"), session.MaxDataBytes/2),
	}
}

func recordsComeBackExactly(t reporter, store session.Store) {
	wantNoRecord(t, store, "key")
	ends := []time.Time{
		expiry, epoch.Truncate(time.Second), time.Date(9999, time.December, 31, 23, 59, 59, 0, time.UTC),
	}
	for i, value := range trickyValues() {
		r := session.Record{
			Key: fmt.Sprintf("key %d", i), Value: value, Version: 1<<62 + int64(i) + 1, ExpiresAt: ends[i%len(ends)],
		}
		mustPut(t, store, r, 0)
		wantRecord(t, store, r)
	}
}

// recordsThatAreOverAreThere at every time of the suite, as all of it is ahead of
// the real clock.
func recordsThatAreOverAreThere(t reporter, store session.Store) {
	over := newRecord("over", 3)
	over.ExpiresAt = epoch.Truncate(time.Second)
	mustPut(t, store, over, 0)
	wantRecord(t, store, over)

	again := newRecord("over", 4)
	wantError(t, "A record in the place of none, where one is over",
		store.Apply(t.Context(), session.Transaction{Records: []session.RecordWrite{{Record: again}}}), session.ErrStale)
	wantRecord(t, store, over)
	mustPut(t, store, again, 3)
	wantRecord(t, store, again)
}

func recordsAreReplacedWhole(t reporter, store session.Store) {
	was := int64(0)
	// Versions are unlike each other and nothing else.
	for i, version := range []int64{1 << 40, 2, 1<<53 + 1, 1 << 53, 1} {
		r := newRecord("key", version)
		r.Value = bytes.Repeat([]byte{byte(i)}, 100-i*20)
		r.ExpiresAt = expiry.Add(time.Duration(-i) * time.Second)
		mustPut(t, store, r, was)
		wantRecord(t, store, r)
		was = version
	}
}

func keysOfEveryShapeAreKeptApart(t reporter, store session.Store) {
	const longest = 512
	keys := append([]string{
		strings.Repeat("k", longest), strings.Repeat("k", longest-1), strings.Repeat("k", longest-1) + "l",
		strings.Repeat("😀", longest/4), "\x00", "a\x00", "a\x00b", "\x01", "a\n", "\x7f", ".", "..", "/",
	}, trickyNames...)
	for i, key := range keys {
		mustPut(t, store, newRecord(key, int64(i+1)), 0)
	}
	for i, key := range keys {
		wantRecord(t, store, newRecord(key, int64(i+1)))
	}
	for _, key := range []string{"b", "k", strings.Repeat("k", longest-2), "aaa", "a/b/c", "É/"} {
		wantNoRecord(t, store, key)
	}
}

// recordsAndSessionsDoNotMeet where key and id are the same text, nor where the
// one is the other behind a mark that an engine might have put there.
func recordsAndSessionsDoNotMeet(t reporter, store session.Store) {
	mustPut(t, store, newRecord("same", 7), 0)
	names := []string{
		"same", "record:same", "record/same", "record#same", "records/same", "rec:same", "r:same", "r/same", "r#same",
		"r\x00same", "rsame", "\x00same", "\x01same", "#same", "/same", ":same", "!same", "_same", "~same",
	}
	for i, name := range names {
		wantAbsent(t, store, name)
		for _, w := range conditionalWrites(t, store) {
			_, err := w.do(name, anyVersion)
			wantError(t, w.name+" of the id "+short(name)+", where only a record is,", err, session.ErrNotFound)
		}
		s := newSession(name)
		mustCreate(t, store, s)
		wantStored(t, store, s)
		if i > 0 {
			wantNoRecord(t, store, name)
		}
	}
	wantRecord(t, store, newRecord("same", 7))
	mustPut(t, store, newRecord("same", 8), 7)
	for _, name := range names {
		wantStored(t, store, newSession(name))
		mustDelete(t, store, name)
	}
	wantRecord(t, store, newRecord("same", 8))
}

func noListShowsARecord(t reporter, store session.Store) {
	s := newSession("row")
	mustCreate(t, store, s)
	for i, key := range []string{user, "row", "a", "z", user + "/row", "user"} {
		mustPut(t, store, newRecord(key, int64(i+1)), 0)
	}
	wantWalk(t, listAll(store), bare(s)...)
	wantWalk(t, listOf(store, user), s)
	for _, name := range []string{"row", "a", "z", "user"} {
		wantWalk(t, listOf(store, name))
	}
}

func recordsAreNotShared(t reporter, store session.Store) {
	want := newRecord("key", 1)
	handed := newRecord("key", 1)
	mustPut(t, store, handed, 0)
	scribbleData(handed.Value)
	wantRecord(t, store, want)

	read, err := store.Record(t.Context(), "key")
	if err != nil {
		t.Fatalf("Record of a stored key: %v", err)
	}
	scribbleData(read.Value)
	read.Version, read.ExpiresAt = 99, during
	wantRecord(t, store, want)
}
