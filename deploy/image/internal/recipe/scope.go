package recipe

import (
	"cmp"
	"slices"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/shell"
)

// scope holds the variables that a stage has declared, by name.
type scope map[string]string

// Get returns a variable; package shell asks for it.
func (s scope) Get(name string) (string, bool) {
	value, ok := s[name]
	return value, ok
}

// Keys returns all names; package shell asks for them.
func (s scope) Keys() []string {
	names := make([]string, 0, len(s))
	for name := range s {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// declare adds the variables of an ARG. A value from outer, where there is one, goes
// before the default that stands in the ARG.
func (s scope) declare(a *instructions.ArgCommand, outer map[string]string) error {
	if err := a.Expand(s.expand); err != nil {
		return err
	}
	for _, arg := range a.Args {
		value := ""
		if arg.Value != nil {
			value = *arg.Value
		}
		s[arg.Key] = cmp.Or(outer[arg.Key], value)
	}
	return nil
}

// expand replaces the variables in a word.
func (s scope) expand(word string) (string, error) {
	expanded, _, err := shell.NewLex('\\').ProcessWord(word, s)
	return expanded, err
}

// words splits a line of shell as the shell does.
func (s scope) words(line string) ([]string, error) {
	return shell.NewLex('\\').ProcessWords(line, s)
}
