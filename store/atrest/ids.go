package atrest

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"hash"
	"slices"
	"strings"
	"sync"

	"github.com/tink-crypto/tink-go/v2/tink"

	"session-api"
)

const (
	// IDSecretBytes is the length of the secret that an IDKeys is made of.
	IDSecretBytes = 32
	// MaxIDSecrets bounds how many there are: one, and in a change of it two.
	MaxIDSecrets = 8
)

// What the keys that a secret gives are for (RFC 5869 section 3.2).
const (
	forHandles = "session-api at rest 1: handles"
	forSealing = "session-api at rest 1: sealing"
	forTag     = "session-api at rest 1: tag"
)

// A handle is the tag of its key and, in base32, the first 160 bits of an
// HMAC-SHA-256: enough that no two of any number of ids share one.
const (
	tagChars    = 2
	handleBytes = 20
)

var base32Text = base32.StdEncoding.WithPadding(base32.NoPadding)

// IDKeys make the handles of ids, and encrypt the few ids that must be had back: of
// a rotated session in its time of grace, and of an idempotency key. They are safe
// for concurrent use.
//
// The first of several keys makes the handles of new sessions. So that one call
// finds a row whichever key named it, the ids of a store with IDKeys end in the tag
// of their key, a text of two characters that the secret gives and that gives
// nothing of it away.
type IDKeys struct{ keys []*idKey }

type idKey struct {
	tag    string
	sealer tink.AEAD
	hashes sync.Pool // of hash.Hash: a new one costs more than the hash
}

// NewIDKeys returns the keys that secrets give, which have IDSecretBytes each. An
// error shows nothing of them.
func NewIDKeys(secrets [][]byte) (*IDKeys, error) {
	if len(secrets) == 0 || len(secrets) > MaxIDSecrets {
		return nil, fmt.Errorf("there must be 1 to %d secrets", MaxIDSecrets)
	}
	k := &IDKeys{}
	for i, secret := range secrets {
		key, err := newIDKey(secret)
		if err != nil {
			return nil, err
		}
		same := func(other *idKey) bool { return other.tag == key.tag }
		if before := slices.IndexFunc(k.keys, same); before >= 0 {
			return nil, fmt.Errorf("secret %d and secret %d cannot be told apart; replace the new one with another", before+1, i+1)
		}
		k.keys = append(k.keys, key)
	}
	return k, nil
}

func newIDKey(secret []byte) (*idKey, error) {
	if len(secret) != IDSecretBytes {
		return nil, fmt.Errorf("a secret must have %d bytes", IDSecretBytes)
	}
	handles, err1 := hkdf.Key(sha256.New, secret, nil, forHandles, sha256.Size)
	sealing, err2 := hkdf.Key(sha256.New, secret, nil, forSealing, IDSecretBytes)
	tag, err3 := hkdf.Key(sha256.New, secret, nil, forTag, sha256.Size)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	sealer, err := newSealer(sealing)
	if err != nil {
		return nil, err
	}
	k := &idKey{tag: base32Text.EncodeToString(tag)[:tagChars], sealer: sealer}
	k.hashes.New = func() any { return hmac.New(sha256.New, handles) }
	return k, nil
}

// NewIDs returns a maker of ids that Handle knows the key of, made of ids of next.
func (k *IDKeys) NewIDs(next func(userID string) string) func(userID string) string {
	return func(userID string) string { return next(userID) + k.keys[0].tag }
}

// Handle returns the handle of the session with this id; a handle's is itself.
func (k *IDKeys) Handle(id string) string {
	if session.IsHandle(id) {
		return id
	}
	if key := k.tagged(id[max(0, len(id)-tagChars):]); key != nil {
		return key.handle(id)
	}
	return k.keys[0].handle(id)
}

// knows reports whether handle was made with one of the keys; else no id leads to
// it.
func (k *IDKeys) knows(handle string) bool {
	return k.tagged(strings.TrimPrefix(handle, session.HandlePrefix)[:tagChars]) != nil
}

// tagged returns the key with this tag; nil if there is none.
func (k *IDKeys) tagged(tag string) *idKey {
	for _, key := range k.keys {
		if key.tag == tag {
			return key
		}
	}
	return nil
}

func (k *idKey) handle(id string) string {
	h := k.hashes.Get().(hash.Hash)
	defer k.hashes.Put(h)
	h.Reset()
	h.Write([]byte(id)) // never fails (hash.Hash)
	var sum [sha256.Size]byte
	var text [session.HandleChars]byte
	copy(text[:], k.tag)
	base32Text.Encode(text[tagChars:], h.Sum(sum[:0])[:handleBytes])
	return session.HandlePrefix + string(text[:])
}
