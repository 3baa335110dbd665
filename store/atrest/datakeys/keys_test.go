package datakeys_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"

	"session-api/store/atrest/datakeys"
)

func newSet(t *testing.T) (*datakeys.Set, uint32) {
	t.Helper()
	s, id, err := datakeys.New()
	if err != nil {
		t.Fatal(err)
	}
	return s, id
}

func textOf(t *testing.T, s *datakeys.Set) []byte {
	t.Helper()
	text, err := s.Text()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func keysOf(t *testing.T, s *datakeys.Set) *datakeys.Keys {
	t.Helper()
	k, err := datakeys.Parse(textOf(t, s))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func mustSeal(t *testing.T, k *datakeys.Keys, text, place string) []byte {
	t.Helper()
	sealed, err := k.Seal([]byte(text), []byte(place))
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func TestWhatIsSealedIsOpenedInItsPlaceOnly(t *testing.T) {
	t.Parallel()
	s, id := newSet(t)
	k := keysOf(t, s)
	if k.Primary() != id {
		t.Errorf("the primary is %d; want %d", k.Primary(), id)
	}
	for _, text := range []string{"", "x", strings.Repeat("long ", 1e5)} {
		sealed := mustSeal(t, k, text, "here")
		if len(sealed) != len(text)+datakeys.Overhead {
			t.Errorf("%d bytes become %d; want %d more", len(text), len(sealed), datakeys.Overhead)
		}
		if got, err := k.Open(sealed, []byte("here")); err != nil || string(got) != text {
			t.Errorf("opened are %d bytes, %v; want %d", len(got), err, len(text))
		}
		if _, err := k.Open(sealed, []byte("there")); err == nil || !strings.Contains(err.Error(), "moved") {
			t.Errorf("in another place it opens with the error %v", err)
		}
	}
	if bytes.Equal(mustSeal(t, k, "x", "here"), mustSeal(t, k, "x", "here")) {
		t.Error("the same text looks the same")
	}
}

func TestAKeyThatIsMissingIsNamed(t *testing.T) {
	t.Parallel()
	s, _ := newSet(t)
	other, _ := newSet(t)
	sealed := mustSeal(t, keysOf(t, s), "text", "here")
	for _, bad := range [][]byte{nil, {1}, sealed[:4], append([]byte{0}, sealed[1:]...)} {
		if _, err := keysOf(t, s).Open(bad, []byte("here")); err == nil || !strings.Contains(err.Error(), "not encrypted as it should be") {
			t.Errorf("%d bytes open with the error %v", len(bad), err)
		}
	}
	if _, err := keysOf(t, other).Open(sealed, []byte("here")); err == nil || !strings.Contains(err.Error(), "DATA_KEYS_FILE does not have") {
		t.Errorf("without its key it opens with the error %v", err)
	}
}

func TestAFileThatIsNoneOfOursIsRefusedWithoutShowingIt(t *testing.T) {
	t.Parallel()
	s, _ := newSet(t)
	good := string(textOf(t, s))
	write := func(kt *tinkpb.KeyTemplate) string {
		h, err := keyset.NewHandle(kt)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := insecurecleartextkeyset.Write(h, keyset.NewJSONWriter(&b)); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	for what, text := range map[string]string{
		"empty": "", "no JSON": "hunter2", "other JSON": `{"hunter2":1}`, "a key of hex": strings.Repeat("0123456789abcdef", 4),
		"no keys": `{"primaryKeyId":1,"key":[]}`, "two documents": good + good, "half": good[:len(good)/2],
		"too long":               good + strings.Repeat(" ", datakeys.MaxFileBytes),
		"a kind that wears out":  write(aead.AES256GCMKeyTemplate()),
		"a kind without an id":   write(aead.XAES256GCM192BitNonceNoPrefixKeyTemplate()),
		"no key that is enabled": strings.ReplaceAll(good, "ENABLED", "DISABLED"),
	} {
		k, err := datakeys.Parse([]byte(text))
		if err == nil || k != nil {
			t.Errorf("%s is taken for a keyset", what)
			continue
		}
		for _, part := range []string{"hunter2", "0123456789", good[20:40]} {
			if strings.Contains(err.Error(), part) {
				t.Errorf("%s shows in %q", what, err)
			}
		}
	}
	if _, err := datakeys.Parse([]byte("\n " + good + "\n")); err != nil {
		t.Errorf("white space around it is refused: %v", err)
	}
}

func TestKeysAreAddedPromotedAndRemoved(t *testing.T) {
	t.Parallel()
	s, first := newSet(t)
	old := mustSeal(t, keysOf(t, s), "old", "here")
	second, err := s.Add()
	if err != nil {
		t.Fatal(err)
	}
	wantKeys := func(want ...datakeys.Key) {
		t.Helper()
		reread, err := datakeys.Read(textOf(t, s))
		if err != nil {
			t.Fatal(err)
		}
		s = reread
		got, err := s.Keys()
		if err != nil || len(got) != len(want) {
			t.Fatalf("there are %+v, %v; want %+v", got, err, want)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("there are %+v; want %+v", got, want)
			}
		}
	}
	wantKeys(datakeys.Key{ID: first, Primary: true}, datakeys.Key{ID: second})
	if k := keysOf(t, s); k.Primary() != first {
		t.Error("a key that was added seals")
	}
	if s.Remove(first) == nil {
		t.Error("the primary is removed")
	}
	if s.Promote(first^second^1) == nil || s.Remove(first^second^1) == nil {
		t.Error("a key that is not there is promoted or removed")
	}
	if err := s.Promote(second); err != nil {
		t.Fatal(err)
	}
	wantKeys(datakeys.Key{ID: first}, datakeys.Key{ID: second, Primary: true})
	if got, err := keysOf(t, s).Open(old, []byte("here")); err != nil || string(got) != "old" {
		t.Errorf("after the change the former key opens %q, %v", got, err)
	}
	if err := s.Remove(first); err != nil {
		t.Fatal(err)
	}
	wantKeys(datakeys.Key{ID: second, Primary: true})
	if _, err := keysOf(t, s).Open(old, []byte("here")); err == nil {
		t.Error("a key that was removed opens")
	}
}
