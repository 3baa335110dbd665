package httpapi

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"session-api"
	"session-api/internal/door"
)

// readObject reads the request's body, which must be one JSON object with members
// of the names in allowed. It and readPatch are the only places where JSON comes in.
func (a *API) readObject(x *exchange, r *http.Request, allowed ...string) (body, error) {
	if err := checkMediaType(r.Header); err != nil {
		return nil, err
	}
	text, err := a.readAll(x, r)
	if err != nil {
		return nil, err
	}
	return parseObject(text, allowed)
}

// readOptionalObject is readObject for a body that may be absent, which is an empty
// object. Only what is there has a type.
func (a *API) readOptionalObject(x *exchange, r *http.Request, allowed ...string) (body, error) {
	text, err := a.readAll(x, r)
	if err != nil || len(text) == 0 {
		return nil, err
	}
	if err := checkMediaType(r.Header); err != nil {
		return nil, err
	}
	return parseObject(text, allowed)
}

// readAll reads the whole body, at most maxBody bytes of it. Meanwhile the request has
// no place in flight.
func (a *API) readAll(x *exchange, r *http.Request) ([]byte, error) {
	x.stepAside()
	text, err := a.receive(x, r)
	if err == nil && !x.stepBack(a.inFlight) {
		err = errOverloaded
	}
	return text, err
}

// firstBytes is how much room a body has before any of it came.
const firstBytes = 16 << 10

func (a *API) receive(x *exchange, r *http.Request) ([]byte, error) {
	if r.ContentLength > a.maxBody {
		return nil, a.bodyTooLarge()
	}
	// A body that trickles in must not outlive the request's deadline. Handlers
	// under test may have no connection; they need no deadline.
	conn := http.NewResponseController(x.ResponseWriter)
	_ = conn.SetReadDeadline(x.start.Add(a.timeout))
	door.Waiting(r.Context(), true)
	defer door.Waiting(r.Context(), false)
	// Room for more than firstBytes is made as they come: a length is but a promise.
	text := bytes.NewBuffer(make([]byte, 0, min(max(r.ContentLength, 0), firstBytes)+bytes.MinRead))
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
	return &session.Error{Code: codeMalformedJSON, Message: "The body must be one JSON value: " + why}
}

// body is a JSON object after the door: its members as raw JSON, each name once.
type body []bodyMember

type bodyMember struct {
	name  string
	value jsontext.Value
}

// get returns the member's value, nil if it is absent.
func (b body) get(name string) jsontext.Value {
	for _, m := range b {
		if m.name == name {
			return m.value
		}
	}
	return nil
}

// parseObject is strict where encoding/json is lax: names may not repeat anywhere
// or differ in case, text must be UTF-8 without lone surrogates (RFC 7493), and
// nothing may follow the object.
func parseObject(text []byte, allowed []string) (body, error) {
	if session.NestedDeeper(text, maxBodyDepth) {
		return nil, errBodyTooDeep
	}
	d := jsontext.NewDecoder(bytes.NewBuffer(text))
	switch d.PeekKind() {
	case jsontext.KindBeginObject, jsontext.KindInvalid:
	default:
		// It may still be malformed further on; that is said first.
		if _, err := d.ReadValue(); err != nil {
			return nil, syntaxError(err)
		}
		return nil, &session.Error{Code: codeInvalidBody, Message: "The body must be a JSON object"}
	}
	b, err := readMembers(d, text, "", allowed)
	if err != nil {
		return nil, err
	}
	return b, atEnd(d)
}

// parseValue is parseObject for any value, which it returns without white space.
func parseValue(text []byte) (jsontext.Value, error) {
	if session.NestedDeeper(text, maxBodyDepth) {
		return nil, errBodyTooDeep
	}
	d := jsontext.NewDecoder(bytes.NewBuffer(text))
	value, err := d.ReadValue()
	if err != nil {
		return nil, syntaxError(err)
	}
	value = value.Clone()
	if err := atEnd(d); err != nil {
		return nil, err
	}
	return value, value.Compact()
}

// maxBodyDepth is how deep a body may be nested: data as deep as it may be, in an
// operation of a list, which is a JSON patch. It is looked at before anything else,
// because the parser goes down level by level itself.
const maxBodyDepth = session.MaxDataDepth + 2

var errBodyTooDeep = &session.Error{
	Code:    session.CodeTooDeep,
	Message: fmt.Sprintf("The body must be nested at most %d levels deep, data in it at most %d", maxBodyDepth, session.MaxDataDepth),
}

func atEnd(d *jsontext.Decoder) error {
	if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
		return malformed("more follows after it")
	}
	return nil
}

// readMembers reads an object of text, where d is; within is the name of the member
// that it is, with a dot, or "". Values are parts of text.
func readMembers(d *jsontext.Decoder, text []byte, within string, allowed []string) (body, error) {
	if _, err := d.ReadToken(); err != nil {
		return nil, syntaxError(err)
	}
	b := make(body, 0, 4)
	for d.PeekKind() != jsontext.KindEndObject {
		token, err := d.ReadToken()
		if err != nil {
			return nil, syntaxError(err)
		}
		m := bodyMember{name: token.String()}
		value, err := d.ReadValue()
		if err != nil {
			return nil, syntaxError(err)
		}
		if !slices.Contains(allowed, m.name) {
			return nil, unknownField(within, m.name, allowed)
		}
		// What the decoder gives out is good until its next call.
		end := d.InputOffset()
		m.value = text[end-int64(len(value)) : end]
		b = append(b, m)
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, syntaxError(err)
	}
	return b, nil
}

func unknownField(within, name string, allowed []string) error {
	sentence := "This call takes no members"
	if len(allowed) > 0 {
		sentence = "The body has a member that is not known; it may have " + within + strings.Join(allowed, ", "+within)
	}
	return &session.Error{Code: codeUnknownField, Message: sentence, Field: within + shorten(name)}
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
