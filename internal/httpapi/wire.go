package httpapi

import (
	"net/http"
	"strconv"

	"github.com/go-json-experiment/json"
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

// send answers with text. A caller that went away is no error of ours: there is
// nobody left to tell.
func (x *exchange) send(status int, contentType string, text []byte) error {
	h := x.Header()
	x.contentTypes[0], x.contentLengths[0] = contentType, strconv.Itoa(len(text))
	h["Content-Type"], h["Content-Length"] = x.contentTypes[:], x.contentLengths[:]
	x.WriteHeader(status)
	_, _ = x.Write(text)
	return nil
}

var _ http.ResponseWriter = (*exchange)(nil)
