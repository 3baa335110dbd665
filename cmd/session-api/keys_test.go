package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"session-api/internal/auth"
	"session-api/internal/config"
)

var noon = time.Date(2026, 11, 25, 12, 0, 0, 1, time.UTC)

// makeKey runs "keys new" with args and returns what it writes.
func makeKey(t *testing.T, args ...string) (out, notes string, err error) {
	t.Helper()
	var g grammar
	parser, err := config.NewParser(&g, func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(append([]string{"keys", "new"}, args...)); err != nil {
		t.Fatal(err)
	}
	var o, n bytes.Buffer
	err = g.Keys.New.run(&o, &n, noon)
	return o.String(), n.String(), err
}

func TestANewKeyIsPrintedWithTheEntryToPaste(t *testing.T) {
	t.Parallel()
	out, _, err := makeKey(t, "--id=web-1", "--scopes=sessions:read,sessions:write", "--user-prefix=shop:", "--expires-in=2160h", "--rate-rps=0.5", "--rate-burst=3")
	if err != nil {
		t.Fatal(err)
	}
	key, entry, _ := strings.Cut(out, "\n")
	if _, err := auth.ParseKeys([]byte(`{"keys":[` + entry + `]}`)); err != nil || strings.Contains(entry, key) {
		t.Errorf("%v: %s", err, out)
	}
	var got map[string]any
	if err := json.Unmarshal([]byte(entry), &got); err != nil {
		t.Fatal(err)
	}
	// 90 days from noon and a nanosecond, rounded up.
	if got["id"] != "web-1" || got["userPrefix"] != "shop:" || got["expiresAt"] != "2027-02-23T12:00:01Z" || len(got["scopes"].([]any)) != 2 {
		t.Errorf("the entry is %s", entry)
	}
}

func TestANewKeyGoesIntoTheFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "keys.json")
	out, notes, err := makeKey(t, "--id=web-1", "--scopes=sessions:read", "--api-keys-file="+file)
	if err != nil || strings.Count(out, "\n") != 1 || !strings.HasPrefix(out, "sak_") || !strings.Contains(notes, file) {
		t.Errorf("%v: it prints %q and notes %q", err, out, notes)
	}
	text, err := os.ReadFile(file)
	if err != nil || strings.Contains(string(text), strings.TrimSpace(out)) || strings.Contains(notes, strings.TrimSpace(out)) {
		t.Errorf("%v: the key itself is in %s or %s", err, text, notes)
	}
	again, _, err := makeKey(t, "--id=web-1", "--scopes=sessions:read", "--api-keys-file="+file)
	if err == nil || !strings.Contains(err.Error(), `"web-1"`) || again != "" {
		t.Errorf("a second key of that name: %q, %v", again, err)
	}
}

func TestAKeyThatNobodyCouldHaveIsRefused(t *testing.T) {
	t.Parallel()
	for want, args := range map[string][]string{
		"--id":          {"--id=a b", "--scopes=sessions:read"},
		"--user-prefix": {"--id=a", "--scopes=sessions:read", "--user-prefix=" + strings.Repeat("x", 256)},
		"--rate-rps":    {"--id=a", "--scopes=sessions:read", "--rate-burst=1"},
	} {
		if out, _, err := makeKey(t, args...); err == nil || !strings.Contains(err.Error(), want) || out != "" {
			t.Errorf("%v: %q, %v", args, out, err)
		}
	}
}
