package jsonpatch

import (
	"bytes"
	"math/big"
	"reflect"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// test is the operation "test".
type test struct {
	index int
	path  pointer
	value jsontext.Value
}

func (t test) work(doc []byte) int { return len(doc) }

func (t test) apply(doc []byte) ([]byte, error) {
	found, err := find(doc, t.path)
	switch {
	case err != nil:
		return nil, err
	case found == nil:
		return nil, failed(t.index, "what it tests is not there")
	}
	same, err := equal(found, t.value)
	if err == nil && !same {
		err = failed(t.index, "what it tests is another value")
	}
	return doc, err
}

// find returns the value at p in doc, nil if there is none.
func find(doc []byte, p pointer) (jsontext.Value, error) {
	d := jsontext.NewDecoder(bytes.NewBuffer(doc))
	for _, token := range p {
		there, err := enter(d, token)
		if err != nil || !there {
			return nil, err
		}
	}
	return d.ReadValue()
}

// enter goes on to the member or element of the next value that token names. It
// reports whether there is one.
func enter(d *jsontext.Decoder, token string) (bool, error) {
	switch d.PeekKind() {
	case jsontext.KindBeginObject:
		return enterObject(d, token)
	case jsontext.KindBeginArray:
		return enterArray(d, token)
	}
	return false, nil
}

func enterObject(d *jsontext.Decoder, name string) (bool, error) {
	if _, err := d.ReadToken(); err != nil {
		return false, err
	}
	for d.PeekKind() != jsontext.KindEndObject {
		token, err := d.ReadToken()
		if err != nil || token.String() == name {
			return err == nil, err
		}
		if err := d.SkipValue(); err != nil {
			return false, err
		}
	}
	return false, nil
}

func enterArray(d *jsontext.Decoder, place string) (bool, error) {
	skip, err := strconv.Atoi(place) // what it takes and RFC 6901 does not is veiled
	if err != nil {
		return false, nil
	}
	if _, err := d.ReadToken(); err != nil {
		return false, err
	}
	for d.PeekKind() != jsontext.KindEndArray {
		if skip == 0 {
			return true, nil
		}
		skip--
		if err := d.SkipValue(); err != nil {
			return false, err
		}
	}
	return false, nil
}

// equal compares as RFC 6902 section 4.6 says: numbers by their value, text by its
// characters, objects without regard to order.
func equal(a, b jsontext.Value) (bool, error) {
	x, err := meaning(jsontext.NewDecoder(bytes.NewBuffer(a)))
	if err != nil {
		return false, err
	}
	y, err := meaning(jsontext.NewDecoder(bytes.NewBuffer(b)))
	return reflect.DeepEqual(x, y), err
}

// number is a JSON number in the one form that its value has.
type number string

// meaning returns the next value as Go values that are deeply equal if the JSON
// values are equal.
func meaning(d *jsontext.Decoder) (any, error) {
	token, err := d.ReadToken()
	if err != nil {
		return nil, err
	}
	switch token.Kind() {
	case jsontext.KindBeginObject:
		return objectMeaning(d)
	case jsontext.KindBeginArray:
		return arrayMeaning(d)
	case jsontext.KindNumber:
		return numberOf(token.String()), nil
	case jsontext.KindString:
		return token.String(), nil
	}
	return token.Kind(), nil
}

func objectMeaning(d *jsontext.Decoder) (any, error) {
	object := map[string]any{}
	for d.PeekKind() != jsontext.KindEndObject {
		token, err := d.ReadToken()
		if err != nil {
			return nil, err
		}
		name := token.String()
		if object[name], err = meaning(d); err != nil {
			return nil, err
		}
	}
	_, err := d.ReadToken()
	return object, err
}

func arrayMeaning(d *jsontext.Decoder) (any, error) {
	list := []any{}
	for d.PeekKind() != jsontext.KindEndArray {
		element, err := meaning(d)
		if err != nil {
			return nil, err
		}
		list = append(list, element)
	}
	_, err := d.ReadToken()
	return list, err
}

// numberOf writes text, a JSON number, as digits and a power of ten, without zeros
// at either end. It never computes the power: "1e999999999" is short for a long one.
func numberOf(text string) number {
	sign := ""
	if text[0] == '-' {
		sign, text = "-", text[1:]
	}
	mantissa, power, _ := strings.Cut(strings.ToLower(text), "e")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	exponent, _ := new(big.Int).SetString(power, 10)
	if exponent == nil {
		exponent = new(big.Int)
	}
	digits := strings.TrimLeft(whole+fraction, "0")
	significant := strings.TrimRight(digits, "0")
	if significant == "" {
		return "0"
	}
	exponent.Add(exponent, big.NewInt(int64(len(digits)-len(significant)-len(fraction))))
	return number(sign + significant + "e" + exponent.String())
}
