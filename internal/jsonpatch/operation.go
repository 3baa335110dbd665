package jsonpatch

import (
	"bytes"
	"errors"
	"io"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"session-api"
)

// operation is one operation of a JSON Patch (RFC 6902 section 4).
type operation struct {
	op    string
	path  pointer
	from  pointer // of those that have one
	value jsontext.Value
}

// readOperations reads text, which must be one JSON value of the strict kind.
func readOperations(text []byte) ([]operation, error) {
	d := jsontext.NewDecoder(bytes.NewBuffer(text))
	if d.PeekKind() != jsontext.KindBeginArray {
		return nil, &session.Error{Code: CodeInvalid, Message: "A JSON Patch must be a list of operations"}
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, err
	}
	var all []operation
	for d.PeekKind() != jsontext.KindEndArray {
		value, err := d.ReadValue()
		if err != nil {
			return nil, err
		}
		o, err := readOperation(len(all), value)
		if err != nil {
			return nil, err
		}
		all = append(all, o)
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, err
	}
	if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one JSON value")
	}
	return all, nil
}

// written is an operation as it came; members that it does not know mean nothing
// (RFC 6902 section 4).
type written struct {
	Op    jsontext.Value `json:"op"`
	Path  jsontext.Value `json:"path"`
	From  jsontext.Value `json:"from"`
	Value jsontext.Value `json:"value"`
}

func readOperation(index int, text jsontext.Value) (o operation, err error) {
	if text.Kind() != jsontext.KindBeginObject {
		return o, invalid(index, "", "it must be an object")
	}
	var w written
	if err := json.Unmarshal(text, &w); err != nil {
		return o, err
	}
	if w.Op.Kind() == jsontext.KindString {
		o.op = unquote(w.Op)
	}
	needs, known := members[o.op]
	if !known {
		return o, invalid(index, "op", "op must be add, remove, replace, move, copy or test")
	}
	if o.path, err = readPointer(index, "path", w.Path); err != nil {
		return o, err
	}
	switch needs {
	case "from":
		o.from, err = readPointer(index, "from", w.From)
	case "value":
		if o.value = w.Value; o.value == nil {
			err = invalid(index, "value", o.op+" needs a value")
		}
	}
	if err != nil {
		return o, err
	}
	return o, o.check(index)
}

// members says what an operation has beside its path.
var members = map[string]string{"add": "value", "replace": "value", "test": "value", "move": "from", "copy": "from", "remove": ""}

func readPointer(index int, member string, text jsontext.Value) (pointer, error) {
	if text.Kind() == jsontext.KindString {
		if p, ok := parsePointer(unquote(text)); ok {
			return p, nil
		}
	}
	return nil, invalid(index, member, member+` must be a JSON Pointer: a text that is empty or begins with "/", with "~0" for "~" and "~1" for "/"`)
}

// check finds what no data could take.
func (o operation) check(index int) error {
	switch {
	case o.op == "remove" && len(o.path) == 0:
		return invalid(index, "path", "data cannot be removed, only replaced")
	case o.op == "move" && o.from.above(o.path):
		// RFC 6902 section 4.4.
		return invalid(index, "path", "a value cannot be moved into itself")
	}
	return nil
}
