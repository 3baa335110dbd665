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
const (
	microsecondsForm = "2006-01-02T15:04:05.000000Z"
	secondsForm      = "2006-01-02T15:04:05Z"
)

// sessionOverhead is room for everything of a session's answer but its strings
// and data, in bytes.
const sessionOverhead = 200

// appendSession appends the JSON object of s. A session without Data, as lists of
// everything have it, has no such member.
func appendSession(b []byte, s *session.Session) []byte {
	b = appendString(append(b, `{"sessionId":`...), s.ID)
	b = appendString(append(b, `,"userId":`...), s.UserID)
	if s.Data != nil {
		b = append(append(b, `,"data":`...), s.Data...)
	}
	b = appendTime(append(b, `,"createdAt":`...), s.CreatedAt, microsecondsForm)
	if !s.UpdatedAt.IsZero() {
		b = appendTime(append(b, `,"updatedAt":`...), s.UpdatedAt, microsecondsForm)
	}
	b = appendTime(append(b, `,"expiresAt":`...), s.ExpiresAt, secondsForm)
	return append(b, '}')
}

// encodeSession returns the JSON object of s.
func encodeSession(s *session.Session) []byte {
	return appendSession(make([]byte, 0, encodedSize(s)), s)
}

func encodedSize(s *session.Session) int {
	return sessionOverhead + len(s.ID) + len(s.UserID) + len(s.Data)
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

func appendTime(b []byte, t time.Time, form string) []byte {
	return append(t.UTC().AppendFormat(append(b, '"'), form), '"')
}

func microseconds(t time.Time) string { return t.UTC().Format(microsecondsForm) }
