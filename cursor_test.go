package session

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
)

// cursorAlphabet is base64url (RFC 4648 section 5).
const cursorAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

func sealerWith(t testing.TB, keyByte byte) cursorSealer {
	t.Helper()
	c, err := newCursorSealer(bytes.Repeat([]byte{keyByte}, CursorKeyBytes))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func wantInvalidCursor(t *testing.T, what string, position string, err error) {
	t.Helper()
	if !errors.Is(err, ErrInvalidCursor) || position != "" {
		t.Errorf("%s opens as %q, %v; want %v", what, position, err, ErrInvalidCursor)
	}
}

func TestACursorGivesItsPositionBack(t *testing.T) {
	t.Parallel()
	c := sealerWith(t, 1)
	for _, position := range []string{"p", "session-user-SECRET", "\x00\xff\n", strings.Repeat("x", 4096)} {
		cursor := c.seal(allScope, position)
		got, err := c.open(allScope, cursor)
		if err != nil || got != position {
			t.Errorf("the cursor of %.20q opens as %.20q, %v", position, got, err)
		}
		if strings.Trim(cursor, cursorAlphabet) != "" {
			t.Errorf("the cursor %.80q does not fit a URL as it is", cursor)
		}
	}
}

func TestTheEndOfAListHasNoCursor(t *testing.T) {
	t.Parallel()
	c := sealerWith(t, 1)
	if got := c.seal(allScope, ""); got != "" {
		t.Errorf("the end of a list is sealed as %q; want no cursor", got)
	}
	if got, err := c.open(allScope, ""); got != "" || err != nil {
		t.Errorf("no cursor opens as %q, %v; want the beginning", got, err)
	}
}

func TestACursorShowsNoID(t *testing.T) {
	t.Parallel()
	const id = "session-user-1-CANARYSECRET"
	cursor := sealerWith(t, 1).seal(allScope, id)
	plain, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"CANARY", "SECRET", "session", "user-1"} {
		if strings.Contains(cursor, part) || bytes.Contains(plain, []byte(part)) {
			t.Errorf("the cursor of %q shows %q", id, part)
		}
	}
}

func TestTwoCursorsOfOnePositionDiffer(t *testing.T) {
	t.Parallel()
	c := sealerWith(t, 1)
	first, second := c.seal(allScope, "p"), c.seal(allScope, "p")
	if first == second {
		t.Error("two seals of one position are equal: the nonce is not fresh")
	}
}

func TestEveryFlippedBitMakesACursorInvalid(t *testing.T) {
	t.Parallel()
	c := sealerWith(t, 1)
	sealed, err := base64.RawURLEncoding.DecodeString(c.seal(allScope, "session-user-1-SECRET"))
	if err != nil {
		t.Fatal(err)
	}
	for bit := range len(sealed) * 8 {
		altered := bytes.Clone(sealed)
		altered[bit/8] ^= 1 << (bit % 8)
		position, err := c.open(allScope, base64.RawURLEncoding.EncodeToString(altered))
		wantInvalidCursor(t, "a cursor with one bit flipped", position, err)
	}
}

func TestEveryOtherTextOfACursorIsInvalid(t *testing.T) {
	t.Parallel()
	c := sealerWith(t, 1)
	// With this length the last character has bits that decode to nothing.
	cursor := c.seal(allScope, "fives")
	if len(cursor)%4 == 0 {
		t.Fatalf("the cursor has %d characters, so none of its bits is unused", len(cursor))
	}
	for i := range len(cursor) {
		position, err := c.open(allScope, cursor[:i])
		if i > 0 {
			wantInvalidCursor(t, "a cut cursor", position, err)
		}
		for _, r := range "Aa9-_=+/ \n\r%\x00é" {
			if other := cursor[:i] + string(r) + cursor[i+1:]; other != cursor {
				position, err := c.open(allScope, other)
				wantInvalidCursor(t, "a cursor with another character", position, err)
			}
			position, err := c.open(allScope, cursor[:i]+string(r)+cursor[i:])
			wantInvalidCursor(t, "a cursor with a character more", position, err)
		}
	}
	for _, r := range cursorAlphabet {
		if other := cursor[:len(cursor)-1] + string(r); other != cursor {
			position, err := c.open(allScope, other)
			wantInvalidCursor(t, "a cursor with another last character", position, err)
		}
	}
	for _, tail := range []string{"A", "=", "==", "\n", "\r\n", " ", cursor} {
		position, err := c.open(allScope, cursor+tail)
		wantInvalidCursor(t, "a cursor with a tail", position, err)
	}
}

func TestACursorIsGoodForItsListAndKeyOnly(t *testing.T) {
	t.Parallel()
	c, other := sealerWith(t, 1), sealerWith(t, 2)
	scopes := []string{allScope, userScope + "a", userScope + "b", userScope, userScope + allScope, userScope + "a/b"}
	for _, made := range scopes {
		cursor := c.seal(made, "p")
		for _, used := range scopes {
			position, err := c.open(used, cursor)
			if used == made {
				if err != nil {
					t.Errorf("a cursor of %q is refused there: %v", made, err)
				}
				continue
			}
			wantInvalidCursor(t, "a cursor of "+made+" in "+used, position, err)
		}
		position, err := other.open(made, cursor)
		wantInvalidCursor(t, "a cursor of another key", position, err)
	}
}

func TestACursorOfAnotherFormatIsInvalid(t *testing.T) {
	t.Parallel()
	c := sealerWith(t, 1)
	for _, format := range []byte{0, cursorFormat + 1, 255} {
		sealed := c.aead.Seal([]byte{format}, nil, []byte("p"), []byte(allScope))
		position, err := c.open(allScope, base64.RawURLEncoding.EncodeToString(sealed))
		wantInvalidCursor(t, "a cursor of another format", position, err)
	}
}

func TestACursorOfNothingIsInvalid(t *testing.T) {
	t.Parallel()
	c := sealerWith(t, 1)
	sealed := c.aead.Seal([]byte{cursorFormat}, nil, nil, []byte(allScope))
	position, err := c.open(allScope, base64.RawURLEncoding.EncodeToString(sealed))
	wantInvalidCursor(t, "the cursor of an empty position", position, err)
}

func TestAnOversizeCursorIsInvalid(t *testing.T) {
	t.Parallel()
	c := sealerWith(t, 1)
	position, err := c.open(allScope, c.seal(allScope, strings.Repeat("x", maxCursorChars)))
	wantInvalidCursor(t, "an oversize cursor", position, err)
}

// TestTheLongestPositionFitsACursor takes three times the longest id and user id
// for the longest position of an engine.
func TestTheLongestPositionFitsACursor(t *testing.T) {
	t.Parallel()
	longest := 3 * (MaxIDBytes + MaxUserIDBytes)
	if got := len(sealerWith(t, 1).seal(allScope, strings.Repeat("x", longest))); got > maxCursorChars {
		t.Errorf("the cursor of a position of %d bytes has %d characters; at most %d are looked at", longest, got, maxCursorChars)
	}
}

func TestACursorKeyOfAnotherLengthIsRefused(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 16, CursorKeyBytes - 1, CursorKeyBytes + 1} {
		if _, err := newCursorSealer(make([]byte, n)); err == nil {
			t.Errorf("a cursor key of %d bytes is taken; want %d only", n, CursorKeyBytes)
		}
	}
}

// FuzzCursor looks for a text that opens though no one sealed it: one made up,
// or a sound cursor with one byte changed. The key is of this process, because
// the fuzzer's processes hand each other their seeds.
func FuzzCursor(f *testing.F) {
	key := make([]byte, CursorKeyBytes)
	rand.Read(key)
	c, err := newCursorSealer(key)
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{"", "A", "position", sealerWith(f, 1).seal(allScope, "p"), strings.Repeat("_", maxCursorChars+1)} {
		f.Add(seed, uint16(0), byte(1))
		f.Add(seed, uint16(40), byte(0))
	}
	f.Fuzz(func(t *testing.T, text string, at uint16, change byte) {
		if position, err := c.open(allScope, text); text != "" {
			wantInvalidCursor(t, "a text that no one sealed", position, err)
		}
		text = text[:min(len(text), maxCursorChars/2)]
		altered := []byte(c.seal(allScope, text+"."))
		altered[int(at)%len(altered)] ^= change
		position, err := c.open(allScope, string(altered))
		if change != 0 {
			wantInvalidCursor(t, "an altered cursor", position, err)
		} else if err != nil || position != text+"." {
			t.Errorf("the cursor of the position %q opens as %q, %v", text+".", position, err)
		}
	})
}
