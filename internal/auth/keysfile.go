package auth

import (
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// keysList is the member of a keys file that holds its entries.
const keysList = "keys"

// Key is an API key as a file keeps it: without the key.
type Key struct {
	// ID names the key, in logs too; see KeyIDForm.
	ID string
	// Digest is that of the key.
	Digest Digest
	// Scopes, UserPrefix and Rate are as in Caller.
	Scopes     Scopes
	UserPrefix string
	Rate       *Rate
	// ExpiresAt is the instant from which the key is refused; zero means never.
	ExpiresAt time.Time
}

// keyID is what can stand in a log line and a command without quotes.
var keyID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// KeyIDForm says what the id of a key must be.
const KeyIDForm = "1 to 64 letters, digits, dots, hyphens or underscores, the first a letter or a digit, and not begin with " + KeyPrefix

// FitKeyID reports whether id is in KeyIDForm. What begins as a key does may well be
// one, and ids are written down.
func FitKeyID(id string) bool { return keyID.MatchString(id) && !strings.HasPrefix(id, KeyPrefix) }

// keyEntry is an entry of a keys file.
type keyEntry struct {
	ID        string  `json:"id"`
	SHA256    string  `json:"sha256"`
	ExpiresAt *string `json:"expiresAt,omitempty"`
	grant     `json:",inline"`
}

// ParseKeys reads a keys file. An error names the entry and the field that is wrong.
func ParseKeys(text []byte) (*Keys, error) {
	entries, err := readEntries(text, keysList)
	if err != nil {
		return nil, err
	}
	k := &Keys{byDigest: make(map[Digest]*heldKey, len(entries))}
	ids := map[string]bool{}
	for i, raw := range entries {
		entry, held, err := readKey(raw)
		switch {
		case err != nil:
		case ids[entry.ID]:
			err = errors.New("id is that of an entry before; each key has its own")
		case k.byDigest[held.digest] != nil:
			err = errors.New("sha256 is that of an entry before")
		}
		if err != nil {
			return nil, entryError(keysList, i, entry.ID, err)
		}
		ids[entry.ID] = true
		k.byDigest[held.digest] = held
	}
	return k, nil
}

func readKey(raw jsontext.Value) (entry keyEntry, held *heldKey, err error) {
	if err := readEntry(raw, &entry); err != nil {
		return keyEntry{}, nil, err
	}
	if !FitKeyID(entry.ID) {
		return keyEntry{}, nil, errors.New("id must be " + KeyIDForm)
	}
	held = &heldKey{}
	digest, err := hex.DecodeString(entry.SHA256)
	if err != nil || len(digest) != len(held.digest) {
		return entry, nil, fmt.Errorf("sha256 must be the SHA-256 of the key: %d hexadecimal digits", 2*len(held.digest))
	}
	copy(held.digest[:], digest)
	if held.expires, err = timeIn("expiresAt", entry.ExpiresAt); err != nil {
		return entry, nil, err
	}
	held.caller, err = entry.caller("key:" + entry.ID)
	return entry, held, err
}
