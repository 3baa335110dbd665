package embedded

import (
	"encoding/binary"
	"errors"
	"time"

	session "session-api"
)

// rowLayout is the first byte of every row. A new layout takes the next number;
// rows of all layouts that were ever released stay readable.
const rowLayout = 1

// A row of layout 1 is, after that byte:
//
//	version    signed varint
//	createdAt  signed varint, microseconds of Unix time
//	updatedAt  1 byte, 0 or 1: whether a time follows, in the form of createdAt
//	expiresAt  signed varint, seconds of Unix time
//	userId     unsigned varint: its length in bytes; then the bytes
//	data       the rest
//
// Pebble checks a checksum on each block that it reads, so a row carries none.

// appendRow appends the stored form of s, whose id is the key.
func appendRow(row []byte, s *session.Session) []byte {
	row = append(row, rowLayout)
	row = binary.AppendVarint(row, s.Version)
	row = binary.AppendVarint(row, s.CreatedAt.UnixMicro())
	if s.UpdatedAt.IsZero() {
		row = append(row, 0)
	} else {
		row = binary.AppendVarint(append(row, 1), s.UpdatedAt.UnixMicro())
	}
	row = binary.AppendVarint(row, s.ExpiresAt.Unix())
	row = binary.AppendUvarint(row, uint64(len(s.UserID)))
	row = append(row, s.UserID...)
	return append(row, s.Data...)
}

// rowBound is the most that appendRow appends beside user id and data.
const rowBound = 2 + 5*binary.MaxVarintLen64

// decodeRow returns the session that a row holds, with a Data that aliases row.
// The error is ErrUnreadable and names what is wrong.
func decodeRow(id string, row []byte) (session.Session, error) {
	d := rowDecoder{rest: row}
	if layout := d.byte("layout"); d.bad == nil && layout != rowLayout {
		return session.Session{}, session.Unreadable(errors.New("layout is unknown"))
	}
	s := session.Session{ID: id}
	s.Version = d.varint("version")
	s.CreatedAt = time.UnixMicro(d.varint("createdAt")).UTC()
	switch d.byte("updatedAt") {
	case 0:
	case 1:
		s.UpdatedAt = time.UnixMicro(d.varint("updatedAt")).UTC()
	default:
		d.fail("updatedAt")
	}
	s.ExpiresAt = time.Unix(d.varint("expiresAt"), 0).UTC()
	s.UserID = d.text("userId")
	s.Data = d.rest
	if d.bad != nil {
		return session.Session{}, session.Unreadable(d.bad)
	}
	return s, nil
}

// rowDecoder takes fields off the front of a row until one is bad. From then on
// every field is zero.
type rowDecoder struct {
	rest []byte
	bad  error
}

func (d *rowDecoder) fail(field string) {
	if d.bad == nil {
		d.bad = errors.New(field + " is malformed")
		d.rest = nil
	}
}

func (d *rowDecoder) byte(field string) byte {
	if len(d.rest) == 0 {
		d.fail(field)
		return 0
	}
	b := d.rest[0]
	d.rest = d.rest[1:]
	return b
}

func (d *rowDecoder) varint(field string) int64 {
	n, size := binary.Varint(d.rest)
	if size <= 0 {
		d.fail(field)
		return 0
	}
	d.rest = d.rest[size:]
	return n
}

func (d *rowDecoder) text(field string) string {
	n, size := binary.Uvarint(d.rest)
	if size <= 0 || n > uint64(len(d.rest)-size) {
		d.fail(field)
		return ""
	}
	text := string(d.rest[size : size+int(n)])
	d.rest = d.rest[size+int(n):]
	return text
}
