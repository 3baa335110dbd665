package session

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

const (
	idPrefix = "session-"
	// maxLabelChars is how much of the user id an id shows, in characters.
	maxLabelChars = 64
)

// NewLabelledID returns a fresh id "session-<label>-<secret>". The label is the
// user id cut to 64 characters with everything outside [A-Za-z0-9._~@-]
// replaced by "_"; it is there for people only.
func NewLabelledID(userID string) string {
	return idPrefix + label(userID) + "-" + newSecret()
}

// NewOpaqueID returns a fresh id "session-<secret>", which tells nothing of the
// user.
func NewOpaqueID(string) string { return idPrefix + newSecret() }

// newSecret returns 130 random bits in base32: rand.Text promises at least 128
// and never fails. Base32 has no "-", so the secret is always what follows the
// last one: Redact relies on it.
func newSecret() string { return rand.Text() }

func label(userID string) string {
	var b strings.Builder
	n := 0
	for _, r := range userID {
		if n++; n > maxLabelChars {
			break
		}
		if !isLabelRune(r) {
			r = '_'
		}
		b.WriteRune(r)
	}
	return b.String()
}

func isLabelRune(r rune) bool {
	switch {
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9':
		return true
	}
	return strings.ContainsRune("._~@-", r)
}

// Redact returns the form of an id that logs, metrics, traces and error texts
// may show: "session-<label>-" and the first 6 hex characters of the whole id's
// SHA-256. The secret, after the last "-", never appears; an id without a label,
// or with one that no id of ours could have, shows none.
func Redact(id string) string {
	sum := sha256.Sum256([]byte(id))
	short := hex.EncodeToString(sum[:3])
	if label, ok := labelOf(id); ok {
		return idPrefix + label + "-" + short
	}
	return idPrefix + short
}

func labelOf(id string) (string, bool) {
	rest, ok := strings.CutPrefix(id, idPrefix)
	if !ok {
		return "", false
	}
	end := strings.LastIndexByte(rest, '-')
	if end < 1 {
		return "", false
	}
	l := rest[:end]
	foreign := func(r rune) bool { return !isLabelRune(r) }
	if len(l) > maxLabelChars || strings.ContainsFunc(l, foreign) {
		return "", false
	}
	return l, true
}
