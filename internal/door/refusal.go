package door

import (
	"bytes"
	"strconv"
)

// net/http answers what it can't read as a request by itself, in plain text, with no
// word to the handler and no setting to have it otherwise (golang/go issue 21548). These
// are the forms of its answers, which TestNetHTTPRefusesInTheseForms holds it to.
var (
	statusLine   = []byte("HTTP/1.1 ")
	plainText    = []byte("\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n")
	expectFailed = []byte("HTTP/1.1 417 Expectation Failed\r\nConnection: close\r\n")
	notTLS       = []byte("HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n")
)

// refusalIn returns the status, and the reason if it has one, of b if that is an answer
// of net/http's own. No answer of the API looks like one: it sends no plain text.
func refusalIn(b []byte) (status int, why string, ok bool) {
	if bytes.Equal(b, notTLS) {
		return 400, "this port takes HTTPS", true
	}
	if len(b) < 16 || b[9] != '4' && b[9] != '5' || !bytes.HasPrefix(b, statusLine) {
		return 0, "", false
	}
	if bytes.HasPrefix(b, expectFailed) {
		return 417, "", true
	}
	line, _, isPlain := bytes.Cut(b, plainText)
	if !isPlain || bytes.IndexByte(line, '\r') >= 0 {
		return 0, "", false
	}
	// "HTTP/1.1 400 Bad Request: missing required Host header"
	status, err := strconv.Atoi(string(line[9:12]))
	if _, reason, found := bytes.Cut(line, []byte(": ")); found {
		why = string(reason)
	}
	return status, why, err == nil
}
