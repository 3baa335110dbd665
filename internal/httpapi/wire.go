package httpapi

import (
	"net/http"
	"strconv"

	"github.com/go-json-experiment/json"

	"session-api"
)

const jsonType = "application/json"

type messageBody struct {
	Message string `json:"message"`
}

// sendJSON answers with v.
func (x *exchange) sendJSON(status int, contentType string, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return x.send(status, contentType, text)
}

// send answers with text.
func (x *exchange) send(status int, contentType string, text []byte) error {
	return x.write(status, contentType, text, strconv.Itoa(len(text)))
}

// sendSession answers with s and its entity tag.
func (x *exchange) sendSession(status int, s *session.Session) error {
	text := encodeSession(s)
	// Two headers, one string: a request allocates once for both.
	var room [64]byte
	headers := appendETag(room[:0], s.Version)
	tag := len(headers)
	both := string(strconv.AppendInt(headers, int64(len(text)), 10))
	x.setETag(both[:tag])
	return x.write(status, jsonType, text, both[tag:])
}

func (x *exchange) setETag(tag string) {
	x.etags[0] = tag
	x.Header()["Etag"] = x.etags[:]
}

// write answers with text, which is of this length. A caller that went away is no
// error of ours: there is nobody left to tell.
func (x *exchange) write(status int, contentType string, text []byte, length string) error {
	h := x.Header()
	x.contentTypes[0], x.contentLengths[0] = contentType, length
	h["Content-Type"], h["Content-Length"] = x.contentTypes[:], x.contentLengths[:]
	x.WriteHeader(status)
	_, _ = x.Write(text)
	return nil
}

var _ http.ResponseWriter = (*exchange)(nil)
