package auth

import (
	"crypto/sha256"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/go-jose/go-jose/v4"
)

func BenchmarkAKey(b *testing.B) {
	key := NewKey()
	keys := &Keys{byDigest: map[Digest]*heldKey{}}
	for i := range 1000 {
		d := Digest(sha256.Sum256([]byte(strconv.Itoa(i))))
		keys.byDigest[d] = &heldKey{digest: d}
	}
	keys.byDigest[DigestOf(key)] = &heldKey{digest: DigestOf(key), caller: &Caller{Name: "key:web-1", Scopes: Read}}
	a := New(Options{Keys: func() *Keys { return keys }})
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Authorization", "Bearer "+key)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := a.Authenticate(b.Context(), r); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAToken(b *testing.B) {
	for _, alg := range []jose.SignatureAlgorithm{jose.RS256, jose.ES256} {
		for name, remember := range map[string]bool{"verified": false, "remembered": true} {
			b.Run(string(alg)+"/"+name, func(b *testing.B) {
				t := &testing.T{}
				s := newSigner(t, "k", alg)
				tokens := tokensOf(t, nil, s)
				token := s.sign(goodClaims(nil))
				b.ReportAllocs()
				for b.Loop() {
					if !remember {
						tokens.recent.kept = nil
					}
					if _, err := tokens.authenticate(b.Context(), token, at); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
