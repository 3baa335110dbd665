package httpapi

import (
	"net/http"
	"strings"
)

// idempotencyKey returns the request's Idempotency-Key, "" if it has none. The draft
// (draft-ietf-httpapi-idempotency-key-header) has it as a quoted string of structured
// fields (RFC 9651 section 3.3.3), most clients send the bare text: both are taken,
// and name the same key.
func idempotencyKey(h http.Header) (string, error) {
	lines := h["Idempotency-Key"]
	if len(lines) == 0 {
		return "", nil
	}
	key, ok := strings.Trim(lines[0], " \t"), len(lines) == 1
	if strings.HasPrefix(key, `"`) {
		var quoted bool
		key, quoted = unquoteField(key)
		ok = ok && quoted
	} else {
		ok = ok && !strings.ContainsFunc(key, isNoTokenRune)
	}
	if !ok || key == "" {
		return "", invalidValue("Idempotency-Key", "one token or one text in quotes, not empty, such as a UUID")
	}
	return key, nil
}

// unquoteField returns the text of a quoted string of structured fields; false if s
// is none. Only a quote and a backslash are escaped there.
func unquoteField(s string) (string, bool) {
	var text strings.Builder
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			return text.String(), i == len(s)-1
		case c == '\\':
			if i++; i == len(s) || s[i] != '"' && s[i] != '\\' {
				return "", false
			}
		case c < ' ' || c > '~':
			return "", false
		}
		text.WriteByte(s[i])
	}
	return "", false
}

// isNoTokenRune reports what no token holds, of HTTP (RFC 9110 section 5.6.2) or of
// structured fields, which have ":" and "/" besides (RFC 9651 section 3.3.4).
func isNoTokenRune(r rune) bool {
	letter := 'a' <= r|0x20 && r|0x20 <= 'z'
	digit := '0' <= r && r <= '9'
	return !letter && !digit && !strings.ContainsRune("!#$%&'*+-.^_`|~:/", r)
}
