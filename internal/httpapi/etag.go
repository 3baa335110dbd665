package httpapi

import (
	"net/http"
	"strconv"
	"strings"

	"session-api"
)

// The entity tag of a session (RFC 9110 section 8.8.3) is its version in quotes. It
// is a strong one: whatever of a session has a version stays while that does.

func appendETag(b []byte, version int64) []byte {
	return append(strconv.AppendInt(append(b, '"'), version, 10), '"')
}

func etag(version int64) string { return string(appendETag(nil, version)) }

// ifMatch returns what the If-Match of a request asks for: nil if it has none, or
// allows any version. Without one it is an error where must says so.
func ifMatch(h http.Header, must bool) (session.Match, error) {
	lines := h["If-Match"]
	if len(lines) == 0 {
		if must {
			return nil, errNoIfMatch
		}
		return nil, nil
	}
	tags, ok := parseTags(lines)
	if !ok {
		return nil, invalidTags("If-Match")
	}
	if tags.any {
		return nil, nil
	}
	match := session.Match{}
	for _, t := range tags.list {
		// RFC 9110 section 13.1.1: the comparison is the strong one.
		if version, ok := t.version(); ok && !t.weak {
			match = append(match, version)
		}
	}
	return match, nil
}

// ifNoneMatch returns what the If-None-Match of a request names.
func ifNoneMatch(h http.Header) (entityTags, error) {
	lines := h["If-None-Match"]
	if len(lines) == 0 {
		return entityTags{}, nil
	}
	tags, ok := parseTags(lines)
	if !ok {
		return tags, invalidTags("If-None-Match")
	}
	return tags, nil
}

var errNoIfMatch = &session.Error{
	Code:    codeNoIfMatch,
	Message: "This service takes a write only with If-Match: the ETag of the session that is changed, or *",
	Field:   "If-Match",
}

func invalidTags(header string) error {
	return &session.Error{
		Code:    codeInvalidHeader,
		Message: header + ` must be * or a list of entity tags in quotes, such as "3"`,
		Field:   header,
	}
}

// entityTags are the tags of a conditional header; any stands for "*".
type entityTags struct {
	any  bool
	list []entityTag
}

type entityTag struct {
	weak   bool
	opaque string // without its quotes
}

// version returns the version that has this tag; false if none can have it.
func (t entityTag) version() (int64, bool) {
	v, err := strconv.ParseInt(t.opaque, 10, 64)
	return v, err == nil && v >= 0 && strconv.FormatInt(v, 10) == t.opaque
}

// weakly reports whether a tag is that of version by the weak comparison (RFC 9110
// section 8.8.3.2).
func (t entityTags) weakly(version int64) bool {
	for _, tag := range t.list {
		if v, ok := tag.version(); ok && v == version {
			return true
		}
	}
	return t.any
}

// parseTags reads the lines of a header as "*" or a list of entity tags; false if
// they are neither. Several lines are one list, and empty elements of a list mean
// nothing (RFC 9110 sections 5.3 and 5.6.1.2); a list of nothing else is a mistake.
func parseTags(lines []string) (tags entityTags, ok bool) {
	rest := strings.Join(lines, ",")
	if strings.Trim(rest, " \t") == "*" {
		return entityTags{any: true}, true
	}
	for {
		rest = strings.TrimLeft(rest, " \t")
		if rest == "" {
			return tags, len(tags.list) > 0
		}
		if rest[0] != ',' {
			var tag entityTag
			if tag, rest, ok = parseTag(rest); !ok {
				return tags, false
			}
			tags.list = append(tags.list, tag)
			rest = strings.TrimLeft(rest, " \t")
		}
		var separated bool
		if rest, separated = strings.CutPrefix(rest, ","); !separated && rest != "" {
			return tags, false
		}
	}
}

// parseTag reads the entity tag that s begins with, and returns what follows it.
func parseTag(s string) (tag entityTag, rest string, ok bool) {
	s, tag.weak = strings.CutPrefix(s, "W/")
	if s, ok = strings.CutPrefix(s, `"`); !ok {
		return tag, s, false
	}
	tag.opaque, rest, ok = strings.Cut(s, `"`)
	return tag, rest, ok && !strings.ContainsFunc(tag.opaque, isNoTagRune)
}

// isNoTagRune reports what no entity tag holds: controls and spaces. Bytes over 0x7F
// are obs-text, whatever they stand for.
func isNoTagRune(r rune) bool { return r <= ' ' || r == 0x7F }
