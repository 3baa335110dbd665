package atrest_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"session-api"
	"session-api/store/atrest"
	"session-api/store/atrest/datakeys"
	"session-api/store/memory"
)

// encrypted returns a store that encrypts before a memory engine.
func encrypted(t *testing.T, rule atrest.DataRule) (*atrest.Store, *memory.Store, *datakeys.Keys) {
	t.Helper()
	keys, engine := dataKeys(t), memory.New()
	return atrest.New(engine, atrest.Options{Data: keys, Rule: rule}), engine, keys
}

func mustCreate(t *testing.T, store session.Store, rows ...*session.Session) {
	t.Helper()
	for _, row := range rows {
		if err := store.Create(t.Context(), row); err != nil {
			t.Fatal(err)
		}
	}
}

func wantData(t *testing.T, store session.Store, id, want string) {
	t.Helper()
	if got, err := store.Get(t.Context(), id); err != nil || string(got.Data) != want {
		t.Errorf("the data of %s is %s, %v; want %s", id, got.Data, err, want)
	}
}

// stored returns the data of a row as the engine has it.
func stored(t *testing.T, engine session.Store, id string) []byte {
	t.Helper()
	row, err := engine.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return row.Data
}

// plant writes data past the store.
func plant(t *testing.T, engine session.Store, id string, data []byte) {
	t.Helper()
	if _, err := engine.Update(t.Context(), id, session.Change{Data: data, At: noon}, active); err != nil {
		t.Fatal(err)
	}
}

func TestDataIsKeptAsAJSONStringThatTellsNothing(t *testing.T) {
	t.Parallel()
	store, engine, _ := encrypted(t, atrest.Encrypt)
	mustCreate(t, store, newRow("a", "user"), newRow("b", "user"))
	for _, id := range []string{"a", "b"} {
		text := stored(t, engine, id)
		if !bytes.HasPrefix(text, []byte(`"session-api-sealed-1:`)) || bytes.Contains(text, []byte(canary)) || bytes.IndexByte(text[1:], '"') != len(text)-2 {
			t.Errorf("the engine has %s", text)
		}
	}
	if bytes.Equal(stored(t, engine, "a"), stored(t, engine, "b")) {
		t.Error("the same data looks the same")
	}
	if _, err := store.Update(t.Context(), "a", session.Change{Data: []byte(`"` + canary + `"`), At: noon}, active); err != nil {
		t.Fatal(err)
	}
	if text := stored(t, engine, "a"); bytes.Contains(text, []byte(canary)) {
		t.Errorf("after an update the engine has %s", text)
	}
	wantData(t, store, "a", `"`+canary+`"`)
}

func TestDataThatWasTamperedWithIsUnreadable(t *testing.T) {
	t.Parallel()
	store, engine, _ := encrypted(t, atrest.Encrypt)
	mustCreate(t, store, newRow("a", "user"), newRow("b", "user"))
	sound := stored(t, engine, "a")
	altered := bytes.Clone(sound)
	altered[len(altered)-9] ^= 1
	for what, data := range map[string][]byte{
		"altered":      altered,
		"of a row":     stored(t, engine, "b"),
		"cut":          append(bytes.Clone(sound[:len(sound)-9]), '"'),
		"empty":        []byte(`"session-api-sealed-1:"`),
		"no base64":    []byte(`"session-api-sealed-1:!"`),
		"no JSON":      sound[:len(sound)-9],
		"of other key": []byte(`"session-api-sealed-1:AQAAAAH` + string(sound[30:])),
	} {
		plant(t, engine, "a", data)
		_, err := store.Get(t.Context(), "a")
		wantErrorIs(t, "Get of data that is "+what, err, session.ErrUnreadable)
		if err != nil && (strings.Contains(err.Error(), "AAAA") || strings.Contains(err.Error(), "base64")) {
			t.Errorf("the error shows more than it should: %v", err)
		}
	}
}

func TestARowThatCannotBeOpenedIsLeftOutNotedAndCanBeEnded(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	engine := memory.New()
	theirs := atrest.New(engine, atrest.Options{Data: dataKeys(t), Rule: atrest.Encrypt})
	ours := atrest.New(engine, atrest.Options{Data: dataKeys(t), Rule: atrest.Encrypt, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	const lost = "session-user-SECRETSECRETSECRET"
	mustCreate(t, theirs, newRow(lost, "user"))
	mustCreate(t, ours, newRow("kept", "user"))
	q := session.PageQuery{Now: noon, Limit: 9}
	for range 2 {
		p, err := ours.ListByUser(t.Context(), "user", q)
		if err != nil || len(p.Sessions) != 1 || p.Sessions[0].ID != "kept" || !bytes.Contains(p.Sessions[0].Data, []byte(canary)) {
			t.Errorf("ListByUser returned %+v, %v", p.Sessions, err)
		}
	}
	if p, err := ours.List(t.Context(), q); err != nil || len(p.Sessions) != 2 {
		t.Errorf("List, which shows no data, returned %d sessions, %v", len(p.Sessions), err)
	}
	if n := ours.UnreadableRows(); n != 2 {
		t.Errorf("%d rows were left out; want one, twice", n)
	}
	if s := log.String(); strings.Count(s, "\n") != 1 || !strings.Contains(s, "DATA_KEYS_FILE does not have") || strings.Contains(s, "SECRET") {
		t.Errorf("the log says %s", s)
	}
	q.IDsOnly = true
	if p, err := ours.ListByUser(t.Context(), "user", q); err != nil || len(p.Sessions) != 2 {
		t.Errorf("who wants to end all gets %d, %v", len(p.Sessions), err)
	}
	if ended, err := ours.Delete(t.Context(), lost, active); err != nil || ended.ID != lost || ended.Data != nil {
		t.Errorf("Delete returned %+v, %v", ended, err)
	}
}

func TestARuleSaysWhatIsWrittenAndWhatIsRead(t *testing.T) {
	t.Parallel()
	for rule, want := range map[atrest.DataRule]struct{ writesClear, readsClear bool }{
		atrest.Clear: {true, true}, atrest.Encrypt: {false, true}, atrest.Require: {false, false},
	} {
		store, engine, keys := encrypted(t, rule)
		mustCreate(t, engine, newRow("clear", "user"))
		mustCreate(t, atrest.New(engine, atrest.Options{Data: keys, Rule: atrest.Encrypt}), newRow("sealed", "user"))
		mustCreate(t, store, newRow("new", "user"))
		if got := bytes.Contains(stored(t, engine, "new"), []byte(canary)); got != want.writesClear {
			t.Errorf("rule %d writes %s", rule, stored(t, engine, "new"))
		}
		wantData(t, store, "sealed", string(newRow("", "").Data))
		wantData(t, store, "new", string(newRow("", "").Data))
		_, err := store.Get(t.Context(), "clear")
		if (err == nil) != want.readsClear {
			t.Errorf("with rule %d Get of a row in the clear returned %v", rule, err)
		}
	}
}

func TestKeysAreRotatedWhileServersRestartOneByOne(t *testing.T) {
	t.Parallel()
	set, first := newSet(t)
	engine := memory.New()
	server := func() *atrest.Store {
		return atrest.New(engine, atrest.Options{Data: keysOf(t, set), Rule: atrest.Require})
	}
	var servers []*atrest.Store
	visit := func() {
		t.Helper()
		servers = append(servers, server())
		id := string(rune('a' + len(servers)))
		mustCreate(t, servers[len(servers)-1], newRow(id, "user"))
		for _, s := range servers[max(0, len(servers)-2):] { // those that run side by side
			wantData(t, s, id, string(newRow("", "").Data))
		}
	}
	visit()
	second, err := set.Add()
	if err != nil {
		t.Fatal(err)
	}
	visit()
	if err := set.Promote(second); err != nil {
		t.Fatal(err)
	}
	visit()
	wantData(t, servers[2], "b", string(newRow("", "").Data))
	if err := set.Remove(first); err != nil {
		t.Fatal(err)
	}
	visit()
	_, err = servers[3].Get(t.Context(), "b")
	wantErrorIs(t, "Get of what a removed key encrypted", err, session.ErrUnreadable)
	wantData(t, servers[3], "d", string(newRow("", "").Data))
}

func TestTheMostDataThatFits(t *testing.T) {
	t.Parallel()
	most := []byte(`"` + strings.Repeat("x", atrest.MaxDataBytes-2) + `"`)
	for name := range engines {
		store := opened(t, name, atrest.Options{Data: dataKeys(t), Rule: atrest.Encrypt})
		row := newRow("largest", "user")
		row.Data = most
		mustCreate(t, store, row)
		wantData(t, store, row.ID, string(most))
	}
	engine := memory.New()
	store := atrest.New(engine, atrest.Options{Data: dataKeys(t), Rule: atrest.Encrypt})
	row := newRow("largest", "user")
	row.Data = most
	mustCreate(t, store, row)
	if n := len(stored(t, engine, row.ID)); n > session.MaxDataBytes || n < session.MaxDataBytes-4 {
		t.Errorf("the largest data becomes %d bytes; %d are allowed", n, session.MaxDataBytes)
	}
}
