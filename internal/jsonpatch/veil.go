package jsonpatch

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// The library takes some names for something else than RFC 6901 does. Where a
// pointer has such a name, document and pointers go to the library with it under a
// veil: behind a mark that makes it a common name, and no place in a list.

// veilMark begins a veiled name. Names that begin with it are veiled too, so that
// the way back is plain.
const veilMark = "~"

// misread reports whether the library takes a name of p for something else.
func (p pointer) misread() bool {
	for _, token := range p {
		if misread(token) {
			return true
		}
	}
	return false
}

// misread reports whether name is empty, which the library takes for the object
// itself, or a number that it takes for a place in a list, in a form that is none
// (RFC 6901 section 4: digits without a leading zero).
func misread(name string) bool {
	n, err := strconv.Atoi(name)
	return name == "" || err == nil && (n < 0 || name != strconv.Itoa(n))
}

func veilName(name string) string {
	if misread(name) || strings.HasPrefix(name, veilMark) {
		return veilMark + name
	}
	return name
}

// veil veils the names in text.
func veil(text []byte) ([]byte, error) {
	return rename(text, func(out, quoted []byte, name string) []byte {
		if veilName(name) == name {
			return append(out, quoted...)
		}
		return append(append(append(out, '"'), veilMark...), quoted[1:]...)
	})
}

// unveil undoes veil.
func unveil(text []byte) ([]byte, error) {
	return rename(text, func(out, quoted []byte, name string) []byte {
		if !strings.HasPrefix(name, veilMark) {
			return append(out, quoted...)
		}
		return append(append(out, '"'), quoted[1+len(veilMark):]...)
	})
}

// rename returns text with other names in its objects: write appends the one for
// a name, which it is given as it was written and as it reads.
func rename(text []byte, write func(out, quoted []byte, name string) []byte) ([]byte, error) {
	d := jsontext.NewDecoder(bytes.NewBuffer(text))
	out := make([]byte, 0, len(text)+len(text)/8)
	var copied int64 // how much of text is in out
	for d.PeekKind() != jsontext.KindInvalid {
		if !atName(d) {
			if _, err := d.ReadToken(); err != nil {
				return nil, err
			}
			continue
		}
		quoted, err := d.ReadValue()
		if err != nil {
			return nil, err
		}
		end := d.InputOffset()
		out = append(out, text[copied:end-int64(len(quoted))]...)
		out = write(out, quoted, unquote(quoted))
		copied = end
	}
	return append(out, text[copied:]...), nil
}

// atName reports whether the name of a member is next.
func atName(d *jsontext.Decoder) bool {
	kind, before := d.StackIndex(d.StackDepth())
	return kind == jsontext.KindBeginObject && before%2 == 0 && d.PeekKind() == jsontext.KindString
}
