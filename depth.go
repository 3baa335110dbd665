package session

import (
	"errors"
	"fmt"
)

// MaxDataDepth bounds how deep objects and lists of a session's data lie in each other:
// [[1]] is two deep. It is far more than data has that people made, and it spares every
// reader: the parsers of many languages go no deeper than 128, or overflow their stack,
// and an answer has the data three levels down.
const MaxDataDepth = 100

// NestedDeeper reports whether objects and lists lie deeper in each other in text, which
// is JSON, than so many levels. For what is no JSON it tells no more than that a parser
// need not look at it.
func NestedDeeper(text []byte, levels int) bool {
	// A level is two characters at least.
	return len(text) > 2*levels && nesting(text, levels+1) > levels
}

// nesting returns how deep text is nested, and looks no further than for most levels.
func nesting(text []byte, most int) (deepest int) {
	depth, quoted := 0, false
	for i := 0; i < len(text) && deepest < most; i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++ // what is escaped ends no string
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
			deepest = max(deepest, depth)
		case c == '}' || c == ']':
			depth--
		}
	}
	return deepest
}

// ErrTooDeep says that data is nested deeper than MaxDataDepth.
var ErrTooDeep = &Error{
	Code:    CodeTooDeep,
	Message: fmt.Sprintf("data must be nested at most %d levels deep", MaxDataDepth),
	Field:   "data",
}

// validatePatched is validateData for what a patch made of data. Data that another
// writer stored may be deeper than ours; a patch may leave that so, but not add to it.
func (s *Service) validatePatched(before, after []byte) error {
	err := s.validateData(after)
	if errors.Is(err, ErrTooDeep) && !NestedDeeper(after, nesting(before, len(before))) {
		return nil
	}
	return err
}
