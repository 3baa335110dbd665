package httpapi

import (
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"session-api"
)

// Sessions are appended by hand. Every request of weight answers with one, and a
// profile showed the encoder, which would check data again, as the largest
// single cost of a GET beside net/http itself. Names and their order are those
// that existing clients parse.

// Forms of times in answers: RFC 3339 in UTC. Sessions end on whole seconds.
type precision bool

const (
	inSeconds      precision = false // 2006-01-02T15:04:05Z
	inMicroseconds precision = true  // 2006-01-02T15:04:05.000000Z
)

// Room for a session's answer but its strings and data, in bytes: for what every
// session has, and for what some have.
const (
	sessionOverhead = 288
	handleOverhead  = 12
	idleOverhead    = 40
	authOverhead    = 64
	clientOverhead  = 64
)

// appendSession appends the JSON object of s. A session without Data, as lists of
// everything have it, has no such member.
func appendSession(b []byte, s *session.Session) []byte {
	b = appendString(append(b, `{"sessionId":`...), s.ID)
	if s.Handle != "" {
		b = appendString(append(b, `,"handle":`...), s.Handle)
	}
	b = appendString(append(b, `,"userId":`...), s.UserID)
	if s.Data != nil {
		b = append(append(b, `,"data":`...), s.Data...)
	}
	b = append(b, `,"createdAt":`...)
	from := len(b)
	b = appendTime(b, s.CreatedAt, inMicroseconds)
	created := b[from:]
	if !s.UpdatedAt.IsZero() {
		b = appendTime(append(b, `,"updatedAt":`...), s.UpdatedAt, inMicroseconds)
	}
	b = append(b, `,"expiresAt":`...)
	from = len(b)
	b = appendTime(b, s.ExpiresAt, inSeconds)
	expires := b[from:]
	b = strconv.AppendInt(append(b, `,"version":`...), s.Version, 10)
	b = appendTimeOr(append(b, `,"absoluteExpiresAt":`...), s.AbsoluteEnd(), inSeconds, s.ExpiresAt, expires)
	if end, ok := s.IdleEnd(); ok {
		b = appendTime(append(b, `,"idleExpiresAt":`...), end, inSeconds)
	}
	b = appendTimeOr(append(b, `,"lastActiveAt":`...), s.LastActive(), inMicroseconds, s.CreatedAt, created)
	b = appendAuth(b, s.Auth)
	b = appendClient(b, s.Client)
	return append(b, '}')
}

// appendAuth appends the members of what is given of a.
func appendAuth(b []byte, a session.Auth) []byte {
	if !a.Time.IsZero() {
		b = appendTime(append(b, `,"authTime":`...), a.Time, inMicroseconds)
	}
	if len(a.AMR) > 0 {
		b = append(b, `,"amr":[`...)
		for i, method := range a.AMR {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendString(b, method)
		}
		b = append(b, ']')
	}
	if a.ACR != "" {
		b = appendString(append(b, `,"acr":`...), a.ACR)
	}
	return b
}

// appendClient appends the member for what is given of c, if anything is.
func appendClient(b []byte, c session.Client) []byte {
	if c == (session.Client{}) {
		return b
	}
	b = append(b, `,"client":{`...)
	for _, m := range [...]struct{ name, text string }{
		{`"ip":`, c.IP}, {`"userAgent":`, c.UserAgent}, {`"deviceName":`, c.DeviceName}, {`"label":`, c.Label},
	} {
		if m.text == "" {
			continue
		}
		if b[len(b)-1] != '{' {
			b = append(b, ',')
		}
		b = appendString(append(b, m.name...), m.text)
	}
	return append(b, '}')
}

// encodeSession returns the JSON object of s.
func encodeSession(s *session.Session) []byte {
	return appendSession(make([]byte, 0, encodedSize(s)), s)
}

func encodedSize(s *session.Session) int {
	n := sessionOverhead + len(s.ID) + len(s.UserID) + len(s.Data)
	if s.Handle != "" {
		n += handleOverhead + len(s.Handle)
	}
	if s.IdleTimeout > 0 {
		n += idleOverhead
	}
	if !s.Auth.IsZero() {
		n += authOverhead + len(s.Auth.ACR)
		for _, method := range s.Auth.AMR {
			n += len(method) + len(`"",`)
		}
	}
	if c := s.Client; c != (session.Client{}) {
		n += clientOverhead + len(c.IP) + len(c.UserAgent) + len(c.DeviceName) + len(c.Label)
	}
	return n
}

// encodeList returns the JSON object of a list; head is what stands in it before
// the sessions.
func encodeList(head []byte, l session.List) []byte {
	size := len(head) + len(l.NextCursor) + sessionOverhead
	for _, s := range l.Sessions {
		size += encodedSize(s)
	}
	b := append(make([]byte, 0, size), head...)
	b = strconv.AppendInt(append(b, `"sessionCount":`...), int64(len(l.Sessions)), 10)
	b = append(b, `,"sessions":[`...)
	for i, s := range l.Sessions {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendSession(b, s)
	}
	b = append(b, ']')
	if l.NextCursor != "" {
		b = appendString(append(b, `,"nextCursor":`...), l.NextCursor)
	}
	return append(b, '}')
}

// appendString appends s as a JSON string. Bytes that are no UTF-8, which no row
// of ours has, become U+FFFD: that is all the error of AppendQuote would tell.
func appendString(b []byte, s string) []byte {
	b, _ = jsontext.AppendQuote(b, s)
	return b
}

func appendTime(b []byte, t time.Time, in precision) []byte {
	return append(in.append(append(b, '"'), t), '"')
}

// append appends t. Package time has a short way for RFC 3339 itself, which takes a
// third of what a layout of our own would.
func (p precision) append(b []byte, t time.Time) []byte {
	b = t.UTC().AppendFormat(b, time.RFC3339)
	if p == inSeconds {
		return b
	}
	fraction := t.Nanosecond() / int(time.Microsecond)
	b = append(b[:len(b)-len("Z")], ".000000Z"...)
	for i := len(b) - len("0Z"); fraction > 0; i-- {
		b[i] += byte(fraction % 10) // #nosec G115 -- a digit
		fraction /= 10
	}
	return b
}

// appendTimeOr appends t, which often is a time that was written before: then as it
// was written, for to write one is most of what a small session costs.
func appendTimeOr(b []byte, t time.Time, in precision, before time.Time, written []byte) []byte {
	if t.Equal(before) {
		return append(b, written...)
	}
	return appendTime(b, t, in)
}

func microseconds(t time.Time) string { return string(inMicroseconds.append(nil, t)) }
