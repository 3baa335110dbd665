package jsonpatch

import "strings"

// pointer is a JSON Pointer (RFC 6901), taken apart: the names on the way, without
// their escapes. An empty one is the whole document.
type pointer []string

// parsePointer returns what text says; false if it is no JSON Pointer.
func parsePointer(text string) (pointer, bool) {
	if text == "" {
		return pointer{}, true
	}
	if text[0] != '/' {
		return nil, false
	}
	p := pointer(strings.Split(text[1:], "/"))
	for i, token := range p {
		// RFC 6901 section 3: "~" stands before "0" or "1" and nowhere else.
		if strings.Count(token, "~") != strings.Count(token, "~0")+strings.Count(token, "~1") {
			return nil, false
		}
		p[i] = unescape.Replace(token)
	}
	return p, true
}

// Each replaces in one pass, so that "~01" becomes "~1" (RFC 6901 section 4).
var (
	unescape = strings.NewReplacer("~1", "/", "~0", "~")
	escape   = strings.NewReplacer("~", "~0", "/", "~1")
)

func (p pointer) String() string {
	var b strings.Builder
	for _, token := range p {
		b.WriteByte('/')
		b.WriteString(escape.Replace(token))
	}
	return b.String()
}

// above reports whether what is at p holds what is at q.
func (p pointer) above(q pointer) bool {
	if len(p) >= len(q) {
		return false
	}
	for i := range p {
		if p[i] != q[i] {
			return false
		}
	}
	return true
}
