package storetest

import (
	"bytes"
	"fmt"

	"session-api"
)

// newRecord returns a record as the Service makes them.
func newRecord(key string, version int64) session.Record {
	return session.Record{Key: key, Value: fmt.Appendf(nil, `{"at":%d}`, version), Version: version, ExpiresAt: expiry}
}

// mustApply does what nothing stands against.
func mustApply(t reporter, store session.Store, tx session.Transaction) {
	t.Helper()
	if err := store.Apply(t.Context(), tx); err != nil {
		t.Fatalf("Apply of what nothing stands against: %v", err)
	}
}

// mustPut writes a record over the one at version was.
func mustPut(t reporter, store session.Store, r session.Record, was int64) {
	t.Helper()
	mustApply(t, store, session.Transaction{Records: []session.RecordWrite{{Record: r, Was: was}}})
}

// wantRecord fails unless Record returns want.
func wantRecord(t reporter, store session.Store, want session.Record) {
	t.Helper()
	got, err := store.Record(t.Context(), want.Key)
	if err != nil {
		t.Errorf("Record of the stored %s: %v", short(want.Key), err)
		return
	}
	key := short(want.Key)
	differs := func(field string, got, want any) {
		t.Errorf("Record of %s: %s is %v; want %v", key, field, got, want)
	}
	sameText(differs, "Key", got.Key, want.Key)
	sameTime(differs, "ExpiresAt", got.ExpiresAt, want.ExpiresAt)
	if got.Version != want.Version {
		differs("Version", got.Version, want.Version)
	}
	if !bytes.Equal(got.Value, want.Value) {
		differs("Value", short(string(got.Value)), short(string(want.Value)))
	}
}

// wantNoRecord fails unless there is no record with this key.
func wantNoRecord(t reporter, store session.Store, key string) {
	t.Helper()
	got, err := store.Record(t.Context(), key)
	wantError(t, "Record of "+short(key)+", which is not stored,", err, session.ErrNotFound)
	if err != nil && got != nil {
		t.Errorf("Record returned a record beside the error %v", err)
	}
}
