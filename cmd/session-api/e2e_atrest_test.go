package main

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"session-api"
	"session-api/store/atrest"
)

// leaveTraces does all that stores an id or data, and returns the ids: creates with
// a key and under a limit, updates, patches, rotations with grace.
func leaveTraces(t *testing.T, servers *fleet) (ids []string) {
	t.Helper()
	const data = `{"k":"` + dataCanary + `"}`
	for _, user := range []string{"ada", "bob"} {
		for i := range 4 { // the limit is three
			made := decode[record](t, servers.next().call(201, "POST", "/sessions", createBody(user, data), "Idempotency-Key", fmt.Sprint(user, i)))
			again := decode[record](t, servers.next().call(201, "POST", "/sessions", createBody(user, data), "Idempotency-Key", fmt.Sprint(user, i)))
			if again.SessionID != made.SessionID {
				t.Error("one key made two sessions")
			}
			servers.next().call(200, "PUT", path(made.SessionID), `{"data":["`+dataCanary+`"]}`)
			rotated := decode[record](t, servers.next().call(200, "POST", path(made.SessionID)+"/rotate", `{"graceSeconds":60}`))
			servers.next().call(200, "PATCH", path(rotated.SessionID), `{"k":"`+dataCanary+`"}`, "Content-Type", "application/merge-patch+json")
			ids = append(ids, made.SessionID, rotated.SessionID)
		}
	}
	last := ids[len(ids)-2:]
	for _, id := range last {
		if got := servers.next().get(id); got.SessionID != last[1] || !strings.Contains(string(got.Data), dataCanary) {
			t.Errorf("through %s there is %+v", session.Redact(id), got)
		}
	}
	return ids
}

var limited = []string{"SESSION_MAX_PER_USER=3", "SESSION_LIMIT_POLICY=evict-oldest"}

// wantSecret fails if stored has an id or the data of the sessions, or, where they
// are kept as they are, if it lacks them: then this test could not find them.
func wantSecret(t *testing.T, what, stored string, ids []string, secret bool) {
	t.Helper()
	found := strings.Contains(stored, dataCanary)
	for _, id := range ids {
		found = found || strings.Contains(stored, id[strings.LastIndex(id, "-")+1:])
	}
	switch {
	case secret && found:
		t.Errorf("%s has an id or data", what)
	case !secret && !found:
		t.Errorf("%s has no trace of what is not secret", what)
	case !strings.Contains(stored, "ada"):
		t.Errorf("%s has no sessions at all", what)
	}
}

func TestACopyOfTheDiskShowsNeitherIDsNorData(t *testing.T) {
	t.Parallel()
	for _, secret := range []bool{false, true} {
		dir, variables := t.TempDir(), slices.Clone(limited)
		if secret {
			variables = append(variables, secretive(t)...)
		}
		s := serveOn(t, dir, variables...)
		ids := leaveTraces(t, fleetOf(s))
		wantSecret(t, "the disk of a running server", bytesOf(t, dir), ids, secret)
		s.signal(syscall.SIGTERM)
		if code := s.exitCode(); code != exitOK {
			t.Errorf("exit code %d", code)
		}
		wantSecret(t, "the disk of a stopped server", bytesOf(t, dir), ids, secret)
	}
}

// bytesOf returns the bytes of all files in dir.
func bytesOf(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(dir, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(file)
		all.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

func TestACopyOfTheTableShowsNeitherIDsNorData(t *testing.T) {
	t.Parallel()
	for _, secret := range []bool{false, true} {
		c, variables := newCloud(t), slices.Clone(limited)
		c.makeTable(true)
		if secret {
			variables = append(variables, secretive(t)...)
		}
		servers := fleetOf(c.serve(variables...), c.serve(variables...))
		liveOn(t, servers)
		ids := leaveTraces(t, servers)
		wantSecret(t, "the table", c.scanned(), ids, secret)
		for user, left := range map[string]int{"ada": 3, "bob": 1} {
			if user == "bob" {
				servers.next().call(200, "DELETE", userPath(user)+"?except="+ids[len(ids)-1], "")
			}
			if got := len(servers.all(userPath(user), "9")); got != left {
				t.Errorf("%s has %d sessions; want %d", user, got, left)
			}
		}
		servers.next().call(200, "GET", path(ids[len(ids)-1]), "")
	}
}

// scanned returns the texts and bytes of all attributes of all rows.
func (c *cloud) scanned() string {
	c.t.Helper()
	var all strings.Builder
	pages := dynamodb.NewScanPaginator(c.api, &dynamodb.ScanInput{TableName: &c.table})
	for pages.HasMorePages() {
		page, err := pages.NextPage(c.t.Context())
		if err != nil {
			c.t.Fatal(err)
		}
		for _, row := range page.Items {
			write(&all, &types.AttributeValueMemberM{Value: row})
		}
	}
	return all.String()
}

func write(all *strings.Builder, v types.AttributeValue) {
	switch v := v.(type) {
	case *types.AttributeValueMemberB:
		all.Write(v.Value)
	case *types.AttributeValueMemberS:
		all.WriteString(v.Value + "\n")
	case *types.AttributeValueMemberM:
		for _, name := range slices.Sorted(maps.Keys(v.Value)) {
			all.WriteString(name + " ")
			write(all, v.Value[name])
		}
	case *types.AttributeValueMemberL:
		for _, element := range v.Value {
			write(all, element)
		}
	}
}

func TestAHandleEndsASessionAndDoesNothingElse(t *testing.T) {
	t.Parallel()
	s := serveOn(t, t.TempDir(), secretive(t)...)
	made := s.create("ada", `{"k":"`+dataCanary+`"}`)
	shown := slices.Collect(maps.Keys(s.all(userPath("ada"), "9")))
	if !session.IsHandle(made.Handle) || !slices.Equal(shown, []string{made.Handle}) || s.get(made.SessionID).Handle != made.Handle {
		t.Fatalf("the list shows %q; the session says %q", shown, made.Handle)
	}
	for _, call := range []struct{ method, where, body string }{
		{"GET", "", ""}, {"HEAD", "", ""}, {"PUT", "", `{"data":1}`}, {"POST", "/touch", ""}, {"POST", "/extend", `{"ttlSeconds":60}`}, {"POST", "/rotate", ""},
	} {
		s.call(404, call.method, path(made.Handle)+call.where, call.body)
	}
	s.call(404, "PATCH", path(made.Handle), `{}`, "Content-Type", "application/merge-patch+json")
	s.call(412, "DELETE", path(made.Handle), "", "If-Match", `"2"`)
	s.call(200, "DELETE", path(made.Handle), "", "If-Match", `"1", "2"`)
	s.call(404, "GET", path(made.SessionID), "")
}

func TestWhoTurnsToHandlesEndsTheSessionsFromBefore(t *testing.T) {
	t.Parallel()
	dir, hashed := t.TempDir(), "SESSION_ID_KEY_FILE="+fileWith(t, keyText)
	restart := func(variables ...string) *server {
		t.Helper()
		return serveOn(t, dir, variables...)
	}
	stop := func(s *server) {
		t.Helper()
		s.signal(syscall.SIGTERM)
		if code := s.exitCode(); code != exitOK {
			t.Fatalf("exit code %d", code)
		}
	}
	s := restart()
	before, left := s.create("ada", "1"), s.create("bob", "1")
	stop(s)
	s = restart(hashed)
	after := s.create("ada", "2")
	s.call(404, "GET", path(before.SessionID), "")
	if all := s.all("/sessions", "9"); len(all) != 1 || all[after.Handle].SessionID == "" {
		t.Errorf("the list shows %v; want the one session that can be used", all)
	}
	s.call(200, "DELETE", userPath("ada"), "")
	kept := s.create("ada", "3")
	stop(s)
	s = restart() // where ids are kept again, a handle is none
	s.call(404, "GET", path(before.SessionID), "")
	s.call(200, "GET", path(left.SessionID), "")
	s.call(404, "GET", path(kept.SessionID), "")
	s.call(404, "GET", path(kept.Handle), "")
	s.call(200, "DELETE", path(kept.Handle), "")
}

func TestDataIsReadThroughAChangeOfItsKeys(t *testing.T) {
	t.Parallel()
	c, file := newCloud(t), newDataKeys(t)
	c.makeTable(true)
	first := aNumber.FindString(mustChangeKeys(t, file, "list"))
	serve := func(variables ...string) *server { return c.serve(append(variables, "DATA_KEYS_FILE="+file)...) }

	clear := c.serve().create("ada", `"`+dataCanary+`"`)
	servers := fleetOf(serve("SESSION_DATA_AT_REST=plain"), serve())
	sealed := servers.servers[1].create("ada", `"`+dataCanary+`"`)
	second := aNumber.FindString(mustChangeKeys(t, file, "add"))
	servers.servers = append(servers.servers, serve())
	mustChangeKeys(t, file, "promote", "--key="+second)
	servers.servers = append(servers.servers, serve())
	newest := servers.servers[3].create("ada", `"`+dataCanary+`"`)
	for range servers.servers {
		for _, id := range []string{clear.SessionID, sealed.SessionID} {
			if got := servers.next().get(id); string(got.Data) != `"`+dataCanary+`"` {
				t.Errorf("the data is %s", got.Data)
			}
		}
	}
	if got := servers.servers[2].get(newest.SessionID); string(got.Data) != `"`+dataCanary+`"` {
		t.Errorf("the data is %s", got.Data)
	}

	mustChangeKeys(t, file, "remove", "--key="+first)
	last := serve("SESSION_DATA_AT_REST=required")
	for _, id := range []string{sealed.SessionID, clear.SessionID} {
		a := last.call(500, "GET", path(id), "")
		if text := string(a.body); strings.Contains(text, first) || strings.Contains(text, "KEY") || !strings.Contains(text, `"internal"`) {
			t.Errorf("what cannot be read is answered with %s", text)
		}
	}
	if mine := last.all(userPath("ada"), "9"); len(mine) != 1 || mine[newest.SessionID].SessionID == "" {
		t.Errorf("the list shows %v; want what can be read", mine)
	}
	for _, want := range []string{"encrypted with the key " + first, "DATA_KEYS_FILE does not have", "SESSION_DATA_AT_REST=required does not allow"} {
		if !strings.Contains(last.stdout.String(), want) {
			t.Errorf("the log does not say %q", want)
		}
	}
	last.call(200, "DELETE", path(sealed.SessionID), "")
}

func TestTheLimitOfEncryptedDataIsTold(t *testing.T) {
	t.Parallel()
	s := serveOn(t, t.TempDir(), secretive(t)...)
	most := `"` + strings.Repeat("x", atrest.MaxDataBytes-2) + `"`
	id := s.create("ada", most).SessionID
	a := s.call(413, "PUT", path(id), `{"data":"x`+most[1:]+`}`)
	if !strings.Contains(string(a.body), fmt.Sprint(atrest.MaxDataBytes)) {
		t.Errorf("a byte too many is answered with %s", a.body)
	}
}

func TestAServerWithoutItsKeysDoesNotStart(t *testing.T) {
	t.Parallel()
	for _, variable := range []string{
		"SESSION_ID_AT_REST=hashed", "SESSION_DATA_AT_REST=encrypted",
		"SESSION_ID_KEY_FILE=" + fileWith(t, "hunter2"), "DATA_KEYS_FILE=" + fileWith(t, "hunter2"),
	} {
		p := launch(t, nil, "PORT=0", "SESSION_STORE=memory", variable)
		if code := p.exitCode(); code != exitUsage {
			t.Errorf("with %s the exit code is %d", variable, code)
		}
		name, _, _ := strings.Cut(variable, "=")
		if said := p.stderr.String(); !strings.Contains(said, name) || strings.Contains(said, "hunter2") || strings.Count(said, "\n") != 1 {
			t.Errorf("with %s it says %s", variable, said)
		}
	}
}
