package auth

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"session-api"
)

// at is when these tests begin.
var at = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

func TestANewKeyHas256BitsAndIsNeverTheSame(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 100 {
		key := NewKey()
		secret, found := strings.CutPrefix(key, "sak_")
		bits, err := base64.RawURLEncoding.DecodeString(secret)
		if !found || err != nil || len(bits) != 32 || seen[key] {
			t.Fatalf("a new key is %s (%v)", key, err)
		}
		seen[key] = true
	}
}

// keysOf returns the keys of a file with these entries.
func keysOf(t *testing.T, entries ...Key) *Keys {
	t.Helper()
	var texts []string
	for _, e := range entries {
		text, err := e.Entry()
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	k, err := ParseKeys([]byte(`{"keys":[` + strings.Join(texts, ",") + `]}`))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestAKeyIsItsCaller(t *testing.T) {
	t.Parallel()
	first, second := NewKey(), NewKey()
	keys := keysOf(t,
		Key{ID: "web-1", Digest: DigestOf(first), Scopes: Read | Write, UserPrefix: "shop:", Rate: &Rate{RPS: 2.5, Burst: 7}},
		Key{ID: "web-2", Digest: DigestOf(second), Scopes: Admin})
	got, err := keys.authenticate(first, at)
	if err != nil || got.Name != "key:web-1" || got.Scopes != Read|Write || got.UserPrefix != "shop:" || *got.Rate != (Rate{2.5, 7}) {
		t.Errorf("the first key is %+v, %v", got, err)
	}
	if got, err = keys.authenticate(second, at); err != nil || got.Name != "key:web-2" || got.Scopes != Admin || got.Rate != nil {
		t.Errorf("the second key is %+v, %v", got, err)
	}
}

func TestAKeyThatIsNotKnownIsRefused(t *testing.T) {
	t.Parallel()
	key := NewKey()
	keys := keysOf(t, Key{ID: "web-1", Digest: DigestOf(key), Scopes: Read})
	for _, wrong := range []string{NewKey(), "sak_", key[:len(key)-1], key + "A", strings.ToUpper(key), strings.TrimPrefix(key, "sak_"), strings.Repeat("x", 10_000)} {
		caller, err := keys.authenticate(wrong, at)
		if known := (*session.Error)(nil); caller != nil || !errors.As(err, &known) || known.Code != CodeUnauthenticated {
			t.Errorf("%.60s is %v, %v", wrong, caller, err)
		}
	}
}

func TestAKeyIsRefusedFromTheInstantOfItsEnd(t *testing.T) {
	t.Parallel()
	key := NewKey()
	keys := keysOf(t, Key{ID: "web-1", Digest: DigestOf(key), Scopes: Read, ExpiresAt: at})
	if _, err := keys.authenticate(key, at.Add(-1)); err != nil {
		t.Errorf("a nanosecond before its end: %v", err)
	}
	for _, after := range []time.Duration{0, 1, time.Hour} {
		if _, err := keys.authenticate(key, at.Add(after)); err == nil {
			t.Errorf("%v after its end it is accepted", after)
		}
	}
}

func TestWhatIsWrongWithAKeyIsForTheLogAlone(t *testing.T) {
	t.Parallel()
	key := NewKey()
	keys := keysOf(t, Key{ID: "web-1", Digest: DigestOf(key), Scopes: Read, ExpiresAt: at})
	_, unknown := keys.authenticate(NewKey(), at)
	_, expired := keys.authenticate(key, at)
	var first, second *session.Error
	if !errors.As(unknown, &first) || !errors.As(expired, &second) || first.Message != second.Message {
		t.Errorf("an unknown key is told %v, an expired one %v", unknown, expired)
	}
	if !strings.Contains(expired.Error(), "key:web-1 has expired") || strings.Contains(expired.Error(), key) {
		t.Errorf("the log says %v", expired)
	}
}

func TestAKeyCostsNoAllocation(t *testing.T) {
	key := NewKey()
	keys := keysOf(t, Key{ID: "web-1", Digest: DigestOf(key), Scopes: Read})
	if n := testing.AllocsPerRun(100, func() { _, _ = keys.authenticate(key, at) }); n != 0 {
		t.Errorf("it costs %v", n)
	}
}
