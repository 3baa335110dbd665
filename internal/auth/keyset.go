package auth

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"errors"
	"fmt"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// algorithms are those that a token may be signed with: all that are asymmetric and
// standard (RFC 7518 section 3.1, RFC 8037). "none" and the HMACs are not among them,
// so that no public key can be taken for a secret.
var algorithms = []jose.SignatureAlgorithm{
	jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512,
	jose.ES256, jose.ES384, jose.ES512, jose.EdDSA,
}

// minRSABits bounds the keys that are taken (RFC 7518 section 3.3).
const minRSABits = 2048

// keySet is the public keys of an issuer, a JWK Set (RFC 7517 section 5). It never
// changes.
type keySet struct {
	keys    []jose.JSONWebKey
	skipped int // how many keys of the set are not for signatures of tokens
}

// parseKeySet reads a JWK Set. Keys that are of no use here are left out, as RFC 7517
// section 5 asks for; a set without any other is an error.
func parseKeySet(text []byte) (*keySet, error) {
	var set struct {
		Keys []jsontext.Value `json:"keys"`
	}
	if err := json.Unmarshal(text, &set); err != nil {
		return nil, fmt.Errorf("the key set %w", inWords(err))
	}
	s := &keySet{}
	for _, raw := range set.Keys {
		var key jose.JSONWebKey
		if key.UnmarshalJSON(raw) != nil || len(algorithmsOf(key)) == 0 {
			s.skipped++
			continue
		}
		s.keys = append(s.keys, key)
	}
	if len(s.keys) == 0 {
		return nil, errors.New("the key set holds no public key that signatures of tokens can be verified with")
	}
	return s, nil
}

// find returns the key that a token with these headers is signed with; nil if there
// is none. A token that names no key can only be one of an issuer that has but one.
func (s *keySet) find(id string, alg jose.SignatureAlgorithm) *jose.JSONWebKey {
	var found *jose.JSONWebKey
	for i := range s.keys {
		key := &s.keys[i]
		if id != "" && key.KeyID != id || !fits(*key, alg) {
			continue
		}
		if id != "" {
			return key
		}
		if found != nil {
			return nil
		}
		found = key
	}
	return found
}

// fits reports whether key is one for signatures with alg: the key says what it is
// good for, never the token alone (RFC 8725 section 3.1).
func fits(key jose.JSONWebKey, alg jose.SignatureAlgorithm) bool {
	for _, a := range algorithmsOf(key) {
		if a == alg {
			return true
		}
	}
	return false
}

// algorithmsOf returns the algorithms that key is for: those of its kind, or the one
// of them that it names. A key that is private, secret, weak or for encryption has none.
func algorithmsOf(key jose.JSONWebKey) []jose.SignatureAlgorithm {
	all := algorithmsOfKind(key.Key)
	if key.Use != "" && key.Use != "sig" {
		return nil
	}
	if key.Algorithm == "" {
		return all
	}
	for i, a := range all {
		if string(a) == key.Algorithm {
			return all[i : i+1]
		}
	}
	return nil
}

func algorithmsOfKind(key any) []jose.SignatureAlgorithm {
	switch k := key.(type) {
	case *rsa.PublicKey:
		if k.N.BitLen() >= minRSABits {
			return algorithms[:6]
		}
	case *ecdsa.PublicKey:
		switch k.Curve {
		case elliptic.P256():
			return algorithms[6:7]
		case elliptic.P384():
			return algorithms[7:8]
		case elliptic.P521():
			return algorithms[8:9]
		}
	case ed25519.PublicKey:
		return algorithms[9:10]
	}
	return nil
}
