package session

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"errors"
	"strings"
)

const (
	// cursorFormat is the first byte of every cursor. A change of what an
	// engine's position means, or of how it is sealed, takes the next number.
	cursorFormat = 1

	// CursorKeyBytes is the length of the key that seals cursors (AES-256).
	CursorKeyBytes = 32

	// maxCursorChars bounds a cursor that is looked at: far above the longest
	// position of an engine, far below what a header may hold.
	maxCursorChars = 8192
)

// cursorSealer turns an engine's position into a cursor and back. A position
// holds session ids and cursors travel in URLs, which others log, so the
// position is encrypted; the same seal makes every altered cursor invalid.
type cursorSealer struct {
	aead cipher.AEAD
	// padded says that cursors do not tell how long their positions are.
	padded bool
}

func newCursorSealer(key []byte) (cursorSealer, error) {
	if len(key) != CursorKeyBytes {
		return cursorSealer{}, errors.New("the cursor key must have 32 bytes")
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return cursorSealer{}, err
	}
	// Random 96-bit nonces are safe for 2^32 seals under one key (NIST SP
	// 800-38D section 8.3): a hundred cursors a second for over a year. What
	// wears out beyond that is the cursors' secrecy, never a session's.
	aead, err := cipher.NewGCMWithRandomNonce(block)
	return cursorSealer{aead: aead}, err
}

// seal returns the cursor for position in the list that scope names, "" for "".
func (c cursorSealer) seal(scope, position string) string {
	if position == "" {
		return ""
	}
	if c.padded {
		position = pad(position)
	}
	// #nosec G407 -- there is no nonce here: the cipher takes a random one itself
	sealed := c.aead.Seal([]byte{cursorFormat}, nil, []byte(position), []byte(scope))
	return base64.RawURLEncoding.EncodeToString(sealed)
}

// open returns the position that seal was given for the same scope and key;
// ErrInvalidCursor for anything else. "" gives "".
func (c cursorSealer) open(scope, cursor string) (string, error) {
	if cursor == "" {
		return "", nil
	}
	if len(cursor) > maxCursorChars {
		return "", ErrInvalidCursor
	}
	// Strict, and no line breaks, which Strict still skips: else several texts
	// would decode to one cursor.
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil || strings.ContainsAny(cursor, "\r\n") || len(sealed) == 0 || sealed[0] != cursorFormat {
		return "", ErrInvalidCursor
	}
	position, err := c.aead.Open(nil, nil, sealed[1:], []byte(scope))
	if err != nil || len(position) == 0 {
		return "", ErrInvalidCursor
	}
	if c.padded {
		return unpad(string(position)), nil
	}
	return string(position), nil
}

const (
	// padTo is more than the positions of nearly all ids have.
	padTo = 256
	// padMark comes before the zeros of the padding (ISO/IEC 7816-4).
	padMark = "\x80"
)

func pad(position string) string {
	position += padMark
	return position + strings.Repeat("\x00", (padTo-len(position)%padTo)%padTo)
}

// unpad undoes pad.
func unpad(padded string) string {
	return strings.TrimSuffix(strings.TrimRight(padded, "\x00"), padMark)
}
