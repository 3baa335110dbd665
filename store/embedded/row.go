package embedded

import (
	"encoding/binary"
	"time"

	session "session-api"
)

// The first byte of every row is its layout. A new layout takes the next number;
// rows of all layouts that were ever released stay readable.
const (
	// plainLayout is a session without the fields that are optional: most are,
	// and they are spared the bytes of what they do not have.
	plainLayout = 1
	// fullLayout is a session with all fields.
	fullLayout = 2
	// aliasLayout is an alias.
	aliasLayout = 3
)

// A row of layout 1 is, after that byte:
//
//	version    signed varint
//	createdAt  signed varint, microseconds of Unix time
//	updatedAt  1 byte, 0 or 1: whether a time follows, in the form of createdAt
//	expiresAt  signed varint, seconds of Unix time
//	userId     unsigned varint: its length in bytes; then the bytes
//	data       the rest
//
// A row of layout 2 has, between userId and data:
//
//	absoluteExpiresAt  in the form of updatedAt
//	idleTimeout        signed varint, seconds
//	lastActiveAt       in the form of updatedAt
//	client             ip, userAgent, deviceName and label, in the form of userId
//	auth.time          in the form of updatedAt
//	auth.amr           unsigned varint: how many; then each in the form of userId
//	auth.acr           in the form of userId
//
// A row of layout 3 is:
//
//	expiresAt  signed varint, seconds of Unix time
//	rotatedTo  the rest, at least one byte
//
// Pebble checks a checksum on each block that it reads, so a row carries none.

// appendRow appends the stored form of s, whose id is the key.
func appendRow(row []byte, s *session.Session) []byte {
	if s.RotatedTo != "" {
		row = binary.AppendVarint(append(row, aliasLayout), s.ExpiresAt.Unix())
		return append(row, s.RotatedTo...)
	}
	plain := isPlain(s)
	if plain {
		row = append(row, plainLayout)
	} else {
		row = append(row, fullLayout)
	}
	row = binary.AppendVarint(row, s.Version)
	row = binary.AppendVarint(row, s.CreatedAt.UnixMicro())
	row = appendTime(row, s.UpdatedAt)
	row = binary.AppendVarint(row, s.ExpiresAt.Unix())
	row = appendText(row, s.UserID)
	if !plain {
		row = appendOptional(row, s)
	}
	return append(row, s.Data...)
}

// isPlain reports whether s has none of the fields that layout 2 adds.
func isPlain(s *session.Session) bool {
	return s.AbsoluteExpiresAt.IsZero() && s.IdleTimeout == 0 && s.LastActiveAt.IsZero() &&
		s.Client == session.Client{} && s.Auth.IsZero()
}

// appendOptional appends the fields that layout 2 adds.
func appendOptional(row []byte, s *session.Session) []byte {
	row = appendTime(row, s.AbsoluteExpiresAt)
	row = binary.AppendVarint(row, int64(s.IdleTimeout/time.Second))
	row = appendTime(row, s.LastActiveAt)
	row = appendText(row, s.Client.IP)
	row = appendText(row, s.Client.UserAgent)
	row = appendText(row, s.Client.DeviceName)
	row = appendText(row, s.Client.Label)
	row = appendTime(row, s.Auth.Time)
	row = binary.AppendUvarint(row, uint64(len(s.Auth.AMR)))
	for _, method := range s.Auth.AMR {
		row = appendText(row, method)
	}
	return appendText(row, s.Auth.ACR)
}

// appendTime appends a time that may be zero.
func appendTime(row []byte, t time.Time) []byte {
	if t.IsZero() {
		return append(row, 0)
	}
	return binary.AppendVarint(append(row, 1), t.UnixMicro())
}

func appendText(row []byte, text string) []byte {
	return append(binary.AppendUvarint(row, uint64(len(text))), text...)
}

// rowBound is the most that appendRow appends beside textBytes and data: the
// layout, the flags of four times, and the numbers.
const rowBound = 1 + 4 + 15*binary.MaxVarintLen64

// textOverhead is what a text in a list takes beside its bytes: a pointer and a
// length in memory, less in a row.
const textOverhead = 16

// textBytes returns how many bytes the texts of s take.
func textBytes(s *session.Session) int {
	c, n := &s.Client, len(s.UserID)+len(s.RotatedTo)+len(s.Auth.ACR)
	for _, method := range s.Auth.AMR {
		n += textOverhead + len(method)
	}
	return n + len(c.IP) + len(c.UserAgent) + len(c.DeviceName) + len(c.Label)
}
