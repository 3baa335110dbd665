package httpapi

import (
	"time"

	"session-api"
)

// ParseBody lets the fuzz test reach the door without a request around it.
func ParseBody(text []byte) (userID, data []byte, err error) {
	b, err := parseObject(text, []string{"userId", "data"})
	if err != nil || b.get("data") == nil {
		return b.get("userId"), nil, err
	}
	data, err = b.data()
	return b.get("userId"), data, err
}

// EncodeSession returns the answer for s and the room that was made for it.
func EncodeSession(s *session.Session) (text []byte, room int) {
	return encodeSession(s), encodedSize(s)
}

// Refusals counts refusals.
type Refusals struct{ refusals }

// Next counts one.
func (r *Refusals) Next(now time.Time) (skipped int, ok bool) { return r.next(now) }

// DateAt returns the Date header for an answer that begins then.
func DateAt(now time.Time) []string { return dateAt(now) }
