package session

import (
	"encoding/base64"
	"strings"
	"testing"
)

func TestACursorOfANamespaceDoesNotTellHowLongItsPositionIs(t *testing.T) {
	t.Parallel()
	c := sealerWith(t, 1)
	c.padded = true
	length := len(c.seal(allScope, "p"))
	for _, position := range []string{"p", "\x80", "\x80\x00", "p\x00\x00", strings.Repeat("x", padTo-1), strings.Repeat("\x80", padTo-1)} {
		cursor := c.seal(allScope, position)
		if got, err := c.open(allScope, cursor); err != nil || got != position {
			t.Errorf("the cursor of %q opens as %q, %v", position, got, err)
		}
		if len(cursor) != length {
			t.Errorf("the cursor of %d bytes has %d characters, that of one byte %d", len(position), len(cursor), length)
		}
	}
	for _, n := range []int{padTo, padTo + 1, 3 * (MaxIDBytes + MaxUserIDBytes)} {
		cursor := c.seal(allScope, strings.Repeat("x", n))
		if got, err := c.open(allScope, cursor); err != nil || len(got) != n {
			t.Errorf("the cursor of %d bytes opens as %d, %v", n, len(got), err)
		}
		sealed, err := base64.RawURLEncoding.DecodeString(cursor)
		if whole := len(sealed) - 1 - c.aead.Overhead(); err != nil || whole%padTo != 0 || whole <= n {
			t.Errorf("the cursor of %d bytes holds %d, %v", n, whole, err)
		}
	}
}

// TestScopesOfNamespacesAreUnlikeAllOthers, whatever is in a prefix or a user id.
func TestScopesOfNamespacesAreUnlikeAllOthers(t *testing.T) {
	t.Parallel()
	lists := []string{
		allScope, userScope + "a", userScope + `a" all`, userScope + "b", userScope + `in "a" all`, ListQuery{Descending: true}.scope(userScope + "a"),
	}
	seen := map[string]bool{}
	for _, prefix := range []string{"", "a", "b", `a" `, `a" user:a`, "in", "all", `" all`, "a b", "ab"} {
		for _, list := range lists {
			scope := Caller{UserPrefix: prefix}.scope(list)
			if seen[scope] {
				t.Errorf("two lists have the scope %q", scope)
			}
			seen[scope] = true
		}
	}
	if got := (Caller{Name: "a"}).scope(allScope); got != allScope {
		t.Errorf("the scope of all sessions is %q for who sees all; want %q, as ever", got, allScope)
	}
}
