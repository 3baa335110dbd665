package atrest_test

import (
	"bytes"
	"testing"

	"session-api"
	"session-api/store/atrest"
	"session-api/store/memory"
)

func newRecord(key string) session.RecordWrite {
	return session.RecordWrite{Record: session.Record{Key: key, Value: []byte(`{"id":"` + canary + `"}`), Version: 7, ExpiresAt: noon}}
}

func mustPut(t *testing.T, store session.Store, w session.RecordWrite) {
	t.Helper()
	if err := store.Apply(t.Context(), session.Transaction{Records: []session.RecordWrite{w}}); err != nil {
		t.Fatal(err)
	}
}

func wantRecord(t *testing.T, what string, store session.Store, key, want string) {
	t.Helper()
	got, err := store.Record(t.Context(), key)
	if err != nil || string(got.Value) != want || got.Version != 7 {
		t.Errorf("%s: Record returned %+v, %v; want the value %q", what, got, err, want)
	}
}

func TestRecordsAreSealedUnlessNothingIs(t *testing.T) {
	t.Parallel()
	for mode, o := range modes(t) {
		engine := memory.New()
		store := atrest.New(engine, o)
		w := newRecord("roster:user")
		mustPut(t, store, w)
		kept, err := engine.Record(t.Context(), "roster:user")
		if err != nil || bytes.Contains(kept.Value, []byte(canary)) != (mode == "data keys without use") {
			t.Errorf("with %s the engine has %q, %v", mode, kept.Value, err)
		}
		wantRecord(t, mode, store, "roster:user", string(w.Value))
		if string(w.Value) != `{"id":"`+canary+`"}` {
			t.Errorf("with %s the record that was handed in is now %q", mode, w.Value)
		}
	}
}

func TestARecordThatCannotBeOpenedIsThereWithoutAValue(t *testing.T) {
	t.Parallel()
	sealedBy := func(o atrest.Options) []byte {
		engine := memory.New()
		mustPut(t, atrest.New(engine, o), newRecord("once:other"))
		kept, err := engine.Record(t.Context(), "once:other")
		if err != nil {
			t.Fatal(err)
		}
		return kept.Value
	}
	for mode, o := range modes(t) {
		store, clear := o, newRecord("").Value
		for what, value := range map[string][]byte{
			"of another record":     sealedBy(o),
			"of another secret":     sealedBy(atrest.Options{IDs: idKeys(t, 8)}),
			"of other data keys":    sealedBy(atrest.Options{Data: dataKeys(t), Rule: atrest.Encrypt}),
			"with nothing but mark": []byte("session-api-sealed-1:"),
			"in the clear":          clear,
		} {
			engine := memory.New()
			w := newRecord("once:key")
			w.Value = value
			mustPut(t, engine, w)
			want := ""
			if bytes.Equal(value, clear) && o.IDs == nil && o.Rule != atrest.Require {
				want = string(clear)
			}
			wantRecord(t, "with "+mode+" a record "+what, atrest.New(engine, store), "once:key", want)
		}
	}
}
