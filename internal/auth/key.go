package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"time"
)

// An API key is KeyPrefix and 256 random bits in the URL-safe alphabet. The prefix
// tells it from a token, and lets scanners of source code find one that leaked.
const (
	KeyPrefix = "sak_"
	keyBytes  = 32
	keyChars  = len(KeyPrefix) + 43 // 32 bytes in base64 without padding
)

// NewKey returns a fresh API key. Only its digest is meant to be kept.
func NewKey() string {
	var secret [keyBytes]byte
	rand.Read(secret[:]) // never fails (crypto/rand)
	return KeyPrefix + base64.RawURLEncoding.EncodeToString(secret[:])
}

// Digest is the SHA-256 of an API key. A slow hash, as passwords need one, would
// protect nothing more: nobody guesses 256 random bits, however fast.
type Digest [sha256.Size]byte

// DigestOf returns the digest of a key as it is sent, with its prefix.
func DigestOf(key string) Digest {
	var room [keyChars]byte // on the stack: every request with a key comes here
	if len(key) <= len(room) {
		return sha256.Sum256(room[:copy(room[:], key)])
	}
	return sha256.Sum256([]byte(key))
}

// Keys are the API keys that are known. They never change.
type Keys struct {
	byDigest map[Digest]*heldKey
}

// heldKey is a key of which only the digest is here.
type heldKey struct {
	digest  Digest
	caller  *Caller
	expires time.Time // zero: never
}

// Len returns how many keys there are.
func (k *Keys) Len() int { return len(k.byDigest) }

// authenticate returns the caller whose key is given.
//
// The key is looked up by its digest. How long a map takes may tell something of the
// digests in it that share a bucket with the one looked up, and that is all: to steer
// the search somebody would have to choose digests, which is to find preimages of
// SHA-256, and a digest that was learned whole would still be no key. The entry that
// is found is compared in constant time, so that nothing rests on how the map does it.
func (k *Keys) authenticate(key string, now time.Time) (*Caller, error) {
	digest := DigestOf(key)
	held := k.byDigest[digest]
	if held == nil || subtle.ConstantTimeCompare(held.digest[:], digest[:]) != 1 {
		return nil, errUnknownKey
	}
	if !held.expires.IsZero() && !now.Before(held.expires) {
		return nil, refused("the key of " + held.caller.Name + " has expired")
	}
	return held.caller, nil
}

var errUnknownKey = refused("the API key is not known")
