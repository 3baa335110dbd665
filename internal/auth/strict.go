package auth

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// readEntries returns the entries of a file that is a JSON object with one list of
// objects, which is called list. Errors show nothing of the text but names of
// members: who pastes a key where its digest belongs must not find it in a log.
func readEntries(text []byte, list string) ([]jsontext.Value, error) {
	var file map[string]jsontext.Value
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, inWords(err)
	}
	for name := range file {
		if name != list {
			return nil, fmt.Errorf("has a member that is not known, where only %q may be", list)
		}
	}
	var entries []jsontext.Value
	if file[list].Kind() != jsontext.KindBeginArray || json.Unmarshal(file[list], &entries) != nil {
		return nil, fmt.Errorf("must have %q, a list of objects", list)
	}
	return entries, nil
}

// readEntry reads an entry strictly: members that are not known are refused, so that
// a misspelt expiry is no key without one.
func readEntry(entry jsontext.Value, into any) error {
	var members map[string]jsontext.Value
	if entry.Kind() != jsontext.KindBeginObject || json.Unmarshal(entry, &members) != nil {
		return errors.New("must be an object")
	}
	for name, value := range members {
		// A template that found no value must not widen what a caller may.
		if value.Kind() == jsontext.KindNull {
			return fmt.Errorf("%.40s is null; leave it out instead", name)
		}
	}
	if err := json.Unmarshal(entry, into, json.RejectUnknownMembers(true)); err != nil {
		return inWords(err)
	}
	return nil
}

// inWords says what is wrong with JSON without showing any of it.
func inWords(err error) error {
	var syntax *jsontext.SyntacticError
	var meaning *json.SemanticError
	switch {
	case errors.Is(err, jsontext.ErrDuplicateName):
		return errors.New("has the same member twice")
	case errors.As(err, &syntax):
		return fmt.Errorf("is not well-formed JSON at byte %d", syntax.ByteOffset)
	case errors.As(err, &meaning):
		field := strings.ReplaceAll(strings.TrimPrefix(string(meaning.JSONPointer), "/"), "/", ".")
		if errors.Is(err, json.ErrUnknownName) {
			return fmt.Errorf("has a member %.40q that is not known", field)
		}
		if field != "" {
			return fmt.Errorf("%.40s is of the wrong type", field)
		}
	}
	return errors.New("is not a JSON object")
}

// entryError names an entry of a list: by its place, and by its name if it has one.
func entryError(list string, i int, name string, err error) error {
	if name != "" {
		return fmt.Errorf("%s[%d] (%.80q): %w", list, i, name, err)
	}
	return fmt.Errorf("%s[%d]: %w", list, i, err)
}

// timeIn reads a member that is a time, zero if it is absent.
func timeIn(member string, text *string) (time.Time, error) {
	if text == nil {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, *text)
	if err != nil || t.IsZero() {
		return t, fmt.Errorf("%s must be a time as RFC 3339 has it, such as 2027-01-31T00:00:00Z", member)
	}
	return t.UTC(), nil
}
