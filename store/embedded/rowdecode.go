package embedded

import (
	"encoding/binary"
	"errors"
	"math"
	"time"

	session "session-api"
)

// decodeRow returns the session that a row holds, with a Data that aliases row.
// The error is ErrUnreadable, of the row's user if that was read before it, and
// names what is wrong.
func decodeRow(id string, row []byte) (*session.Session, error) {
	s := &session.Session{ID: id}
	d := rowDecoder{rest: row}
	switch d.byte("layout") {
	case plainLayout:
		d.plain(s)
		s.Data = d.rest
	case fullLayout:
		d.plain(s)
		d.optional(s)
		s.Data = d.rest
	case aliasLayout:
		d.alias(s)
	default:
		d.failWith(errLayout)
	}
	if d.bad != nil {
		return nil, session.UnreadableOf(s.UserID, d.bad)
	}
	return s, nil
}

var errLayout = errors.New("layout is unknown")

// rowDecoder takes fields off the front of a row until one is bad. From then on
// every field is zero.
type rowDecoder struct {
	rest []byte
	bad  error
}

// plain takes what layout 1 has before the data.
func (d *rowDecoder) plain(s *session.Session) {
	s.Version = d.varint("version")
	s.CreatedAt = time.UnixMicro(d.varint("createdAt")).UTC()
	s.UpdatedAt = d.time("updatedAt")
	s.ExpiresAt = time.Unix(d.varint("expiresAt"), 0).UTC()
	s.UserID = d.text("userId")
}

// optional takes what layout 2 adds.
func (d *rowDecoder) optional(s *session.Session) {
	s.AbsoluteExpiresAt = d.time("absoluteExpiresAt")
	s.IdleTimeout = d.seconds("idleTimeout")
	s.LastActiveAt = d.time("lastActiveAt")
	s.Client.IP = d.text("client.ip")
	s.Client.UserAgent = d.text("client.userAgent")
	s.Client.DeviceName = d.text("client.deviceName")
	s.Client.Label = d.text("client.label")
	s.Auth.Time = d.time("auth.time")
	s.Auth.AMR = d.texts("auth.amr")
	s.Auth.ACR = d.text("auth.acr")
}

// alias takes what layout 3 has. Without a name in it the row would read as a
// session.
func (d *rowDecoder) alias(s *session.Session) {
	s.ExpiresAt = time.Unix(d.varint("expiresAt"), 0).UTC()
	if len(d.rest) == 0 {
		d.fail("rotatedTo")
	}
	s.RotatedTo = string(d.rest)
}

func (d *rowDecoder) fail(field string) {
	if d.bad == nil {
		d.failWith(errors.New(field + " is malformed"))
	}
}

func (d *rowDecoder) failWith(err error) {
	if d.bad == nil {
		d.bad, d.rest = err, nil
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

// length takes the length of what follows, which has that many bytes or more.
func (d *rowDecoder) length(field string) int {
	n, size := binary.Uvarint(d.rest)
	if size <= 0 || n > uint64(len(d.rest)-size) { // #nosec G115 -- Uvarint took size bytes of them
		d.fail(field)
		return 0
	}
	d.rest = d.rest[size:]
	return int(n) // #nosec G115 -- at most the length of d.rest
}

func (d *rowDecoder) text(field string) string {
	n := d.length(field)
	text := string(d.rest[:n])
	d.rest = d.rest[n:]
	return text
}

// texts takes a list; nil for one without texts.
func (d *rowDecoder) texts(field string) []string {
	// Each text has a byte at least, its length.
	n := d.length(field)
	if n == 0 {
		return nil
	}
	list := make([]string, n)
	for i := range list {
		list[i] = d.text(field)
	}
	return list
}

// time takes a time that may be zero.
func (d *rowDecoder) time(field string) time.Time {
	switch d.byte(field) {
	case 0:
	case 1:
		return time.UnixMicro(d.varint(field)).UTC()
	default:
		d.fail(field)
	}
	return time.Time{}
}

func (d *rowDecoder) seconds(field string) time.Duration {
	const limit = math.MaxInt64 / int64(time.Second)
	n := d.varint(field)
	if n < -limit || n > limit {
		d.fail(field)
		return 0
	}
	return time.Duration(n) * time.Second
}
