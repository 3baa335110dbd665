package httpapi

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"

	"session-api"
	"session-api/internal/door"
)

// MaxHeaderBytes bounds a request's line and header, in bytes; net/http's server allows
// another 4,096. The longest that a caller needs is a list's cursor, up to 8 KiB.
const MaxHeaderBytes = 16 << 10

// noRequests are the problems of what is no request, by the status that net/http found.
var noRequests = map[int]*session.Error{
	http.StatusExpectationFailed: {
		Code: codeExpectation, Message: "Expect must be 100-continue or absent",
	},
	http.StatusRequestHeaderFieldsTooLarge: {
		Code: codeHeaderTooLarge, Message: fmt.Sprintf("The request's line and header must be at most %d bytes", MaxHeaderBytes),
	},
	http.StatusNotImplemented: {
		Code: codeTransferCoding, Message: "Transfer-Encoding must be chunked, once, or absent",
	},
	http.StatusHTTPVersionNotSupported: {
		Code: codeHTTPVersion, Message: "The request must be HTTP/1.1",
	},
}

// Refusal returns the whole answer to what is no request, which never comes to an API:
// the status and the reason, "" if there is none, are those of net/http.
func Refusal(status int, why string) []byte {
	err, ok := noRequests[status]
	if !ok {
		err = malformedRequest(why)
	}
	id := requestID(nil)
	body, _ := json.Marshal(newProblem(status, err, id)) // texts and a number can't fail
	head := "HTTP/1.1 " + strconv.Itoa(status) + " " + http.StatusText(status) +
		"\r\nCache-Control: no-store\r\nConnection: close\r\nContent-Length: " + strconv.Itoa(len(body)) +
		"\r\nContent-Type: " + problemType +
		"\r\nDate: " + dateAt(time.Now())[0] +
		"\r\nX-Content-Type-Options: nosniff\r\nX-Request-Id: " + id + "\r\n\r\n"
	return append([]byte(head), body...)
}

func malformedRequest(why string) *session.Error {
	sentence := "The request is not well-formed HTTP/1.1"
	if why != "" {
		sentence += ": " + why
	}
	return &session.Error{Code: codeMalformedRequest, Message: sentence}
}

var errFraming = malformedRequest("its length is said in two ways, by Transfer-Encoding and another")

// checkFraming returns an error if the length of the request's body is said in two ways.
// Nothing more is taken from a connection on which that may be so: where the next request
// begins on it, a proxy may see otherwise.
func checkFraming(x *exchange, r *http.Request) error {
	framing := door.FramingOf(r)
	if framing == door.Plain {
		return nil
	}
	x.Header().Set("Connection", "close")
	if framing == door.Conflicting {
		return errFraming
	}
	return nil
}
