package jsonpatch

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"
)

// The document that patches work on has data as its one member.
const (
	member     = "data"
	wrapBefore = `{"` + member + `":`
	wrapAfter  = `}`
)

// wrapped returns the operation for the wrapped document.
func (o operation) wrapped(veiled bool) (operation, error) {
	o.path, o.from = o.path.wrapped(veiled), o.from.wrapped(veiled)
	if !veiled || o.value == nil {
		return o, nil
	}
	value, err := veil(o.value)
	o.value = value
	return o, err
}

func (p pointer) wrapped(veiled bool) pointer {
	w := append(make(pointer, 0, 1+len(p)), member)
	for _, token := range p {
		if veiled {
			token = veilName(token)
		}
		w = append(w, token)
	}
	return w
}

func wrap(data []byte, veiled bool) ([]byte, error) {
	if veiled {
		var err error
		if data, err = veil(data); err != nil {
			return nil, err
		}
	}
	doc := make([]byte, 0, len(wrapBefore)+len(data)+len(wrapAfter))
	return append(append(append(doc, wrapBefore...), data...), wrapAfter...), nil
}

// unwrap returns the data in doc, as text that stands on its own.
func unwrap(doc []byte, veiled bool) ([]byte, error) {
	data := jsontext.Value(bytes.TrimSuffix(bytes.TrimPrefix(doc, []byte(wrapBefore)), []byte(wrapAfter))).Clone()
	if err := data.Compact(); err != nil || !veiled {
		return data, err
	}
	return unveil(data)
}
