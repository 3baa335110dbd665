package httpapi

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"session-api"
)

// body is a request body after the door: members as raw JSON, nil if absent.
type body struct {
	userID jsontext.Value
	data   jsontext.Value
}

// readBody reads the request's body, which must be one JSON object with members
// of the names in allowed. It is the only place where JSON comes in.
func (a *API) readBody(x *exchange, r *http.Request, allowed ...string) (body, error) {
	if err := checkMediaType(r.Header); err != nil {
		return body{}, err
	}
	text, err := a.readAll(x, r)
	if err != nil {
		return body{}, err
	}
	return parseBody(text, allowed)
}

func checkMediaType(h http.Header) error {
	if c := h.Get("Content-Encoding"); c != "" && !strings.EqualFold(c, "identity") {
		return mediaTypeError("Content-Encoding must be absent: bodies are taken uncompressed")
	}
	contentType := h.Get("Content-Type")
	if contentType == "application/json" {
		return nil
	}
	mediaType, params, err := mime.ParseMediaType(contentType)
	if err != nil || mediaType != "application/json" && !strings.HasSuffix(mediaType, "+json") {
		return mediaTypeError("Content-Type must be application/json")
	}
	// RFC 8259 section 8.1: JSON between systems is UTF-8.
	if charset, ok := params["charset"]; ok && !strings.EqualFold(charset, "utf-8") {
		return mediaTypeError("Content-Type must have charset utf-8 or none")
	}
	return nil
}

func mediaTypeError(sentence string) error {
	return &session.Error{Code: codeMediaType, Message: sentence}
}

// readAll reads the whole body, at most maxBody bytes of it.
func (a *API) readAll(x *exchange, r *http.Request) ([]byte, error) {
	if r.ContentLength > a.maxBody {
		return nil, a.bodyTooLarge()
	}
	// A body that trickles in must not outlive the request's deadline. Handlers
	// under test may have no connection; they need no deadline.
	conn := http.NewResponseController(x.ResponseWriter)
	_ = conn.SetReadDeadline(x.start.Add(a.timeout))
	text := bytes.NewBuffer(make([]byte, 0, max(r.ContentLength, 0)+bytes.MinRead))
	// The limit must see net/http's own writer: it tells it to close the
	// connection rather than read on.
	_, err := text.ReadFrom(http.MaxBytesReader(x.ResponseWriter, r.Body, a.maxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case err == nil:
		// Once the body is here the deadline must go: net/http watches the
		// connection for the caller's leaving, and would take the time-out of
		// that read for one. Where the body is not here it must stay, or
		// net/http would wait for the rest before it sends the answer.
		_ = conn.SetReadDeadline(time.Time{})
		return text.Bytes(), nil
	case errors.As(err, &tooLarge):
		return nil, a.bodyTooLarge()
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, &session.Error{Code: codeBodyTimeout, Message: fmt.Sprintf("The body must arrive within %v", a.timeout)}
	default:
		return nil, malformed("the body ended too early or was not framed as HTTP asks")
	}
}

func (a *API) bodyTooLarge() error {
	return &session.Error{Code: session.CodeTooLarge, Message: fmt.Sprintf("The body must be at most %d bytes", a.maxBody)}
}

func malformed(why string) error {
	return &session.Error{Code: codeMalformedJSON, Message: "The body must be one JSON object: " + why}
}

// parseBody is strict where encoding/json is lax: names may not repeat anywhere
// or differ in case, text must be UTF-8 without lone surrogates (RFC 7493), and
// nothing may follow the object.
func parseBody(text []byte, allowed []string) (body, error) {
	var b body
	d := jsontext.NewDecoder(bytes.NewBuffer(text))
	switch d.PeekKind() {
	case jsontext.KindBeginObject, jsontext.KindInvalid:
	default:
		// It may still be malformed further on; that is said first.
		if _, err := d.ReadValue(); err != nil {
			return b, syntaxError(err)
		}
		return b, &session.Error{Code: codeInvalidBody, Message: "The body must be a JSON object"}
	}
	if _, err := d.ReadToken(); err != nil {
		return b, syntaxError(err)
	}
	for d.PeekKind() != jsontext.KindEndObject {
		if err := b.readMember(d, allowed); err != nil {
			return body{}, err
		}
	}
	if _, err := d.ReadToken(); err != nil {
		return body{}, syntaxError(err)
	}
	if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
		return body{}, malformed("more follows after it")
	}
	return b, nil
}

func (b *body) readMember(d *jsontext.Decoder, allowed []string) error {
	name, err := d.ReadToken()
	if err != nil {
		return syntaxError(err)
	}
	field := name.String()
	value, err := d.ReadValue()
	if err != nil {
		return syntaxError(err)
	}
	switch {
	case !contains(allowed, field):
		return &session.Error{
			Code:    codeUnknownField,
			Message: "The body has a member that is not known; it may have " + strings.Join(allowed, ", "),
			Field:   shorten(field),
		}
	case field == "userId":
		b.userID = value.Clone()
	case field == "data":
		b.data = value.Clone()
		// White space costs room in the store and means nothing.
		return b.data.Compact()
	}
	return nil
}

// syntaxError tells what is wrong and where, in our own words: the library's
// quote the body.
func syntaxError(err error) error {
	var s *jsontext.SyntacticError
	switch {
	case errors.Is(err, jsontext.ErrDuplicateName):
		return malformed("an object has the same name twice")
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return malformed("it ends too early")
	case errors.As(err, &s):
		return malformed(fmt.Sprintf("syntax error or invalid UTF-8 at byte %d", s.ByteOffset))
	default:
		return malformed("it cannot be read")
	}
}

// maxFieldChars bounds how much of an unknown member's name is sent back.
const maxFieldChars = 64

func shorten(name string) string {
	n := 0
	for i := range name {
		if n++; n > maxFieldChars {
			return name[:i] + "…"
		}
	}
	return name
}

func contains(names []string, name string) bool {
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return false
}
