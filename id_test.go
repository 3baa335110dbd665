package session_test

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"session-api"
)

// secretShape is what the secret of an id looks like: base32 (RFC 4648 section
// 6) of at least 128 bits, which takes 26 characters.
const secretShape = `[A-Z2-7]{26,}`

func TestALabelledIDShowsTheUserAndASecret(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 64)
	for _, c := range []struct{ user, label string }{
		{"user123", "user123"},
		{"Ann.Lee_9~@example.com-x", "Ann.Lee_9~@example.com-x"},
		{"a/b%2F c+d:e", "a_b_2F_c_d_e"},
		{"日本", "__"},
		{"e\u0301é", "e__"},
		{"😀", "_"},
		{"-", "-"},
		{long, long},
		{long + "y", long},
		{strings.Repeat("é", 65), strings.Repeat("_", 64)},
		{strings.Repeat("é", 63) + "ab", strings.Repeat("_", 63) + "a"},
	} {
		id := session.NewLabelledID(c.user)
		shape := regexp.MustCompile(`^session-` + regexp.QuoteMeta(c.label) + `-` + secretShape + `$`)
		if !shape.MatchString(id) {
			t.Errorf("the id of %q is %q; want session-%s-<secret>", c.user, id, c.label)
		}
	}
}

func TestAnOpaqueIDShowsNothingOfTheUser(t *testing.T) {
	t.Parallel()
	shape := regexp.MustCompile(`^session-` + secretShape + `$`)
	if id := session.NewOpaqueID("user123"); !shape.MatchString(id) {
		t.Errorf("an opaque id is %q; want session-<secret>", id)
	}
}

func TestIDsNeverRepeat(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 10_000 {
		for _, id := range []string{session.NewLabelledID("u"), session.NewOpaqueID("u")} {
			secret := id[strings.LastIndexByte(id, '-')+1:]
			if seen[secret] {
				t.Fatalf("the secret of %q was given out before", id)
			}
			seen[secret] = true
		}
	}
}

func TestTheLongestIDCanBeLookedUp(t *testing.T) {
	t.Parallel()
	id := session.NewLabelledID(strings.Repeat("x", session.MaxUserIDBytes))
	if len(id) > session.MaxIDBytes || !utf8.ValidString(id) {
		t.Errorf("an id of ours has %d bytes; ids up to %d are looked up", len(id), session.MaxIDBytes)
	}
}

// digest is what Redact shows in place of the secret.
func digest(id string) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:])[:6]
}

func TestRedactKeepsTheLabelAndHidesTheSecret(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 64)
	for _, c := range []struct{ what, id, label string }{
		{"a labelled id", "session-user123-ABCDEFGHIJKLMNOPQRSTUVWXYZ", "user123-"},
		{"an older writer's id", "session-user123-0123456789ab", "user123-"},
		{"a label with dashes", "session-a-b-c-SECRETSECRET", "a-b-c-"},
		{"the longest label", "session-" + long + "-SECRETSECRET", long + "-"},
		{"a label of dashes", "session----SECRETSECRET", "---"},
		{"an opaque id", "session-ABCDEFGHIJKLMNOPQRSTUVWXYZ", ""},
		{"a label longer than ours", "session-" + long + "x-SECRETSECRET", ""},
		{"a label with foreign characters", "session-a b-SECRETSECRET", ""},
		{"a label with a line break", "session-a\nb-SECRETSECRET", ""},
		{"an empty label", "session--SECRETSECRET", ""},
		{"another prefix", "Session-user123-SECRETSECRET", ""},
		{"no prefix", "SECRETSECRET", ""},
		{"the prefix alone", "session-", ""},
		{"bytes that are no text", "session-\xff-SECRETSECRET", ""},
		{"nothing", "", ""},
	} {
		want := "session-" + c.label + digest(c.id)
		if got := session.Redact(c.id); got != want {
			t.Errorf("Redact of %s gives %q; want %q", c.what, got, want)
		}
	}
}

func TestRedactNeverShowsTheSecret(t *testing.T) {
	t.Parallel()
	for _, user := range []string{"u", "a-b", "日本", strings.Repeat("-", 100)} {
		for _, id := range []string{session.NewLabelledID(user), session.NewOpaqueID(user)} {
			secret := id[strings.LastIndexByte(id, '-')+1:]
			shown := session.Redact(id)
			if strings.Contains(shown, secret[:8]) || strings.Contains(shown, secret[len(secret)-8:]) {
				t.Errorf("Redact(%q) is %q, which shows the secret", id, shown)
			}
		}
	}
}

func TestRedactTellsSessionsOfOneUserApart(t *testing.T) {
	t.Parallel()
	a, b := session.Redact("session-u-AAAA"), session.Redact("session-u-BBBB")
	if a == b {
		t.Errorf("two sessions of one user are both shown as %q", a)
	}
}
