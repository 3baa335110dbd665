package auth

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const aDigest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

// An entry that is good; tests replace a part of it.
const goodEntry = `{"id":"web-1","sha256":"` + aDigest + `","scopes":["sessions:read"],"userPrefix":"shop:","expiresAt":"2027-01-31T00:00:00Z","rate":{"rps":0.5,"burst":1}}`

func TestAKeysFileIsReadStrictly(t *testing.T) {
	t.Parallel()
	if _, err := ParseKeys([]byte(`{"keys":[` + goodEntry + `]}`)); err != nil {
		t.Fatalf("a good file is refused: %v", err)
	}
	if k, err := ParseKeys([]byte(`{"keys":[]}`)); err != nil || k.Len() != 0 {
		t.Errorf("a file without keys: %v", err)
	}
	for _, test := range []struct{ old, new, want string }{
		{`"id":"web-1",`, ``, "keys[0]: id must be"},
		{`"web-1"`, `"web 1"`, "keys[0]: id must be"},
		{`"web-1"`, `""`, "keys[0]: id must be"},
		{`"web-1"`, `"sak_secretsecretsecret"`, "keys[0]: id must be"},
		{`"web-1"`, `7`, "keys[0]: id is of the wrong type"},
		{aDigest, "sak_secretsecretsecret", `keys[0] ("web-1"): sha256 must be`},
		{aDigest, aDigest[1:], `keys[0] ("web-1"): sha256 must be`},
		{aDigest, aDigest + "00", `keys[0] ("web-1"): sha256 must be`},
		{`["sessions:read"]`, `[]`, `("web-1"): scopes must be one or more of sessions:read, sessions:write, sessions:admin`},
		{`["sessions:read"]`, `["sessions:reed"]`, `("web-1"): scopes must be`},
		{`["sessions:read"]`, `"sessions:read"`, `keys[0]: scopes is of the wrong type`},
		{`"scopes":["sessions:read"],`, ``, `("web-1"): scopes must be`},
		{`"shop:"`, `""`, `("web-1"): userPrefix must be`},
		{`"shop:"`, `"a\nb"`, `("web-1"): userPrefix must be`},
		{`"shop:"`, `null`, "keys[0]: userPrefix is null"},
		{`"shop:"`, `"` + strings.Repeat("x", 256) + `"`, `("web-1"): userPrefix must be`},
		{"2027-01-31T00:00:00Z", "2027-01-31", `("web-1"): expiresAt must be a time`},
		{`"expiresAt"`, `"expires"`, `keys[0]: has a member "expires" that is not known`},
		{`"expiresAt"`, `"ExpiresAt"`, `keys[0]: has a member "ExpiresAt" that is not known`},
		{`0.5`, `0`, `("web-1"): rate.rps must be`},
		{`0.5`, `1000001`, `("web-1"): rate.rps must be`},
		{`0.5,"burst":1`, `1`, `("web-1"): rate.burst must be`},
		{`"burst":1`, `"burst":1.5`, `keys[0]: rate.burst is of the wrong type`},
		{`"burst":1`, `"bust":1`, `keys[0]: has a member "rate.bust" that is not known`},
		{`}]}`, `},` + goodEntry + `]}`, `keys[1] ("web-1"): id is that of an entry before`},
		{`}]}`, `},` + strings.Replace(goodEntry, "web-1", "web-2", 1) + `]}`, `keys[1] ("web-2"): sha256 is that of an entry before`},
		{`}]}`, `},7]}`, `keys[1]: must be an object`},
		{`}]}`, `},null]}`, `keys[1]: must be an object`},
		{`{"keys":`, `{"key":`, `has a member that is not known`},
		{`]}`, `]`, "not well-formed JSON"},
		{`]}`, `]}{}`, "not well-formed JSON"},
		{`"id":"web-1"`, `"id":"web-1","id":"web-2"`, "twice"},
		{`"id":"web-1"`, `"id":secret`, "not well-formed JSON at byte"},
	} {
		text := strings.Replace(`{"keys":[`+goodEntry+`]}`, test.old, test.new, 1)
		_, err := ParseKeys([]byte(text))
		if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s for %s: got %v; want %q", test.new, test.old, err, test.want)
		}
	}
	for _, text := range []string{``, `[]`, `null`, `{}`, `{"keys":{}}`, `{"keys":null}`} {
		if _, err := ParseKeys([]byte(text)); err == nil {
			t.Errorf("%q is accepted", text)
		}
	}
}

// FuzzParseKeys looks for a file that is taken with a key that nothing restricts.
func FuzzParseKeys(f *testing.F) {
	f.Add([]byte(`{"keys":[` + goodEntry + `]}`))
	f.Add([]byte(`{"keys":[]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		keys, err := ParseKeys(text)
		if err != nil {
			return
		}
		for _, held := range keys.byDigest {
			if held.caller.Scopes == 0 || held.caller.Scopes&^(Read|Write|Admin) != 0 || !strings.HasPrefix(held.caller.Name, "key:") {
				t.Errorf("%q has the caller %+v", text, held.caller)
			}
		}
	})
}

func TestAKeyThatIsAddedIsReadWithTheOthers(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "keys.json")
	first, second := NewKey(), NewKey()
	if err := AddKey(file, Key{ID: "web-1", Digest: DigestOf(first), Scopes: Read, UserPrefix: "shop:", Rate: &Rate{RPS: 2, Burst: 3}}); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the new file has the mode %v, %v", info.Mode(), err)
	}
	if err := os.Chmod(file, 0o640); err != nil {
		t.Fatal(err)
	}
	if err := AddKey(file, Key{ID: "web-2", Digest: DigestOf(second), Scopes: Write | Admin, ExpiresAt: at}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := ParseKeys(text)
	if err != nil || keys.Len() != 2 || strings.Contains(string(text), first) {
		t.Fatalf("the file is %s (%v)", text, err)
	}
	if c, err := keys.authenticate(first, at); err != nil || c.UserPrefix != "shop:" || *c.Rate != (Rate{2, 3}) {
		t.Errorf("the first key is %+v, %v", c, err)
	}
	if c, err := keys.authenticate(second, at.Add(-1)); err != nil || c.Scopes != Write|Admin {
		t.Errorf("the second key is %+v, %v", c, err)
	}
	if _, err := keys.authenticate(second, at); err == nil {
		t.Error("the second key has no end")
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the changed file has the mode %v, %v", info.Mode(), err)
	}
	if rest, _ := filepath.Glob(file + "?*"); rest != nil {
		t.Errorf("it leaves %v", rest)
	}
}

func TestAnAddThatIsRefusedChangesNothing(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "keys.json")
	for _, test := range []struct{ before, id, want string }{
		{`{"keys":[` + goodEntry + `]}`, "web-1", `"web-1"`},
		{`{"keys":[`, "web-2", "not well-formed"},
		{`{"keys":[{"id":"x"}]}`, "web-2", `keys[0] ("x")`},
	} {
		if err := os.WriteFile(file, []byte(test.before), 0o600); err != nil {
			t.Fatal(err)
		}
		err := AddKey(file, Key{ID: test.id, Digest: DigestOf(NewKey()), Scopes: Read})
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("got %v, want %q", err, test.want)
		}
		if after, err := os.ReadFile(file); err != nil || string(after) != test.before {
			t.Errorf("the file is %s, %v", after, err)
		}
	}
	if _, err := os.Stat(file + ".new"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it leaves its new file: %v", err)
	}
}

func TestTwoAddsAtOnceLoseNothing(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "keys.json")
	if err := os.WriteFile(file+".new", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	err := AddKey(file, Key{ID: "web-1", Digest: DigestOf(NewKey()), Scopes: Read})
	if err == nil || !strings.Contains(err.Error(), "keys.json.new") {
		t.Errorf("while another adds: %v", err)
	}
	if _, err := os.Stat(file + ".new"); err != nil {
		t.Errorf("the other's file is gone: %v", err)
	}
}

func TestAKeyIsAddedBehindALink(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	link, real := filepath.Join(dir, "link"), filepath.Join(dir, "keys.json")
	if err := errors.Join(os.WriteFile(real, []byte(`{"keys":[]}`), 0o600), os.Symlink("keys.json", link)); err != nil {
		t.Fatal(err)
	}
	if err := AddKey(link, Key{ID: "web-1", Digest: DigestOf(NewKey()), Scopes: Read}); err != nil {
		t.Fatal(err)
	}
	if to, err := os.Readlink(link); err != nil || to != "keys.json" {
		t.Errorf("the link leads to %q, %v", to, err)
	}
	if text, err := os.ReadFile(real); err != nil || !strings.Contains(string(text), "web-1") {
		t.Errorf("behind the link is %s, %v", text, err)
	}
}
