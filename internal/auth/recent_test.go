package auth

import (
	"crypto/sha256"
	"strconv"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

func TestATokenIsVerifiedOnce(t *testing.T) {
	t.Parallel()
	s := newSigner(t, "k", jose.ES256)
	tokens := tokensOf(t, nil, s)
	token := s.sign(goodClaims(map[string]any{"exp": at.Unix()}))
	first, err := tokens.authenticate(t.Context(), token, at)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := tokens.authenticate(t.Context(), token, at); err != nil || again != first {
		t.Errorf("the second time it is %p, %v; the first time %p", again, err, first)
	}
	_, err = tokens.authenticate(t.Context(), token, at.Add(leeway))
	isRefused(t, "a token that ended since", err, "expired")
	_, err = tokens.authenticate(t.Context(), token[:len(token)-2]+"AA", at)
	isRefused(t, "a token that is almost the same", err, "signature")
}

func TestATokenIsJudgedAnewWhenItsKeysOrItsFileChange(t *testing.T) {
	t.Parallel()
	s, other := newSigner(t, "k", jose.ES256), newSigner(t, "other", jose.ES384)
	mapping := mappingOf(t, `{"subject":"web","scopes":["sessions:write"]}`)
	tokens := tokensOf(t, nil, s)
	tokens.mapping = func() *Mapping { return mapping }
	token := s.sign(goodClaims(nil))
	if c, err := tokens.authenticate(t.Context(), token, at); err != nil || c.Scopes != Write {
		t.Fatalf("got %+v, %v", c, err)
	}
	mapping = mappingOf(t, `{"subject":"web","scopes":["sessions:admin"]}`)
	if c, err := tokens.authenticate(t.Context(), token, at); err != nil || c.Scopes != Admin {
		t.Errorf("after a change of the file: %+v, %v", c, err)
	}
	tokens.keys = fixedKeys{setOf(t, other)}
	_, err := tokens.authenticate(t.Context(), token, at)
	isRefused(t, "a token whose key was removed", err, "no key")
}

func TestOnlySoManyTokensAreRemembered(t *testing.T) {
	t.Parallel()
	var r recent
	for i := range maxRecent + 100 {
		r.keep(sha256.Sum256([]byte(strconv.Itoa(i))), remembered{&Caller{}, basis{}, at.Add(time.Hour)})
	}
	if got := len(r.kept); got != maxRecent {
		t.Errorf("%d are remembered", got)
	}
	if r.find(sha256.Sum256([]byte(strconv.Itoa(maxRecent+99))), basis{}, at) == nil {
		t.Error("the last one is not")
	}
}
