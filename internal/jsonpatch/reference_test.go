package jsonpatch_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/big"
	"reflect"
	"strconv"
	"strings"
	"testing"
)

// What the RFCs say, over Go values and without a thought for digits, order or
// cost: something to hold the package against.

var errNo = errors.New("does not apply")

func decode(t *testing.T, text string) any {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

// canonical writes text with its names in order.
func canonical(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	if err := e.Encode(decode(t, text)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// mergeReference is the pseudocode of RFC 7396 section 2.
func mergeReference(target, patch any) any {
	changes, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	object, ok := target.(map[string]any)
	if !ok {
		object = map[string]any{}
	}
	for name, value := range changes {
		if value == nil {
			delete(object, name)
		} else {
			object[name] = mergeReference(object[name], value)
		}
	}
	return object
}

// patchReference applies the operations of a valid patch (RFC 6902 section 4).
func patchReference(t *testing.T, doc any, patch string) (any, error) {
	t.Helper()
	var err error
	for _, o := range decode(t, patch).([]any) {
		if doc, err = operate(t, doc, o.(map[string]any)); err != nil {
			return nil, err
		}
	}
	return doc, nil
}

func operate(t *testing.T, doc any, o map[string]any) (any, error) {
	t.Helper()
	path := tokens(o["path"].(string))
	switch o["op"] {
	case "add":
		return edit(doc, path, add(copyOf(t, o["value"])))
	case "remove":
		return edit(doc, path, remove)
	case "replace":
		return edit(doc, path, replace(copyOf(t, o["value"])))
	}
	from := path
	if o["op"] != "test" {
		from = tokens(o["from"].(string))
	}
	found, err := at(doc, from)
	if err != nil {
		return nil, err
	}
	switch o["op"] {
	case "test":
		if !same(found, o["value"]) {
			return nil, errNo
		}
		return doc, nil
	case "move":
		if reflect.DeepEqual(from, path) {
			return doc, nil
		}
		if doc, err = edit(doc, from, remove); err != nil {
			return nil, err
		}
	}
	return edit(doc, path, add(copyOf(t, found)))
}

func tokens(path string) []string {
	if path == "" {
		return nil
	}
	parts := strings.Split(path[1:], "/")
	for i := range parts {
		parts[i] = strings.ReplaceAll(strings.ReplaceAll(parts[i], "~1", "/"), "~0", "~")
	}
	return parts
}

func copyOf(t *testing.T, v any) any {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return decode(t, string(text))
}

func at(doc any, path []string) (any, error) {
	for _, token := range path {
		switch d := doc.(type) {
		case map[string]any:
			v, ok := d[token]
			if !ok {
				return nil, errNo
			}
			doc = v
		case []any:
			i, ok := place(token, len(d))
			if !ok {
				return nil, errNo
			}
			doc = d[i]
		default:
			return nil, errNo
		}
	}
	return doc, nil
}

func place(token string, end int) (int, bool) {
	i, err := strconv.Atoi(token)
	return i, err == nil && strconv.Itoa(i) == token && 0 <= i && i < end
}

// change says what becomes of the place that token names in a container.
type change func(container any, token string) (any, error)

// whole is the container of the whole document.
type whole struct{}

func edit(doc any, path []string, do change) (any, error) {
	if len(path) == 0 {
		return do(whole{}, "")
	}
	if len(path) == 1 {
		return do(doc, path[0])
	}
	inner, err := at(doc, path[:1])
	if err != nil {
		return nil, err
	}
	if inner, err = edit(inner, path[1:], do); err != nil {
		return nil, err
	}
	return replace(inner)(doc, path[0])
}

func add(value any) change {
	return func(container any, token string) (any, error) {
		switch c := container.(type) {
		case whole:
			return value, nil
		case map[string]any:
			c[token] = value
			return c, nil
		case []any:
			i, ok := place(token, len(c)+1)
			if token == "-" {
				i, ok = len(c), true
			}
			if ok {
				return append(append(append([]any{}, c[:i]...), value), c[i:]...), nil
			}
		}
		return nil, errNo
	}
}

func replace(value any) change {
	return func(container any, token string) (any, error) {
		switch c := container.(type) {
		case whole:
			return value, nil
		case map[string]any:
			if _, ok := c[token]; ok {
				c[token] = value
				return c, nil
			}
		case []any:
			if i, ok := place(token, len(c)); ok {
				c[i] = value
				return c, nil
			}
		}
		return nil, errNo
	}
}

func remove(container any, token string) (any, error) {
	switch c := container.(type) {
	case map[string]any:
		if _, ok := c[token]; ok {
			delete(c, token)
			return c, nil
		}
	case []any:
		if i, ok := place(token, len(c)); ok {
			return append(append([]any{}, c[:i]...), c[i+1:]...), nil
		}
	}
	return nil, errNo
}

func same(a, b any) bool {
	switch x := a.(type) {
	case json.Number:
		y, ok := b.(json.Number)
		return ok && (x == y || rational(x) != nil && rational(y) != nil && rational(x).Cmp(rational(y)) == 0)
	case []any:
		y, ok := b.([]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for i := range x {
			if !same(x[i], y[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for name := range x {
			if other, has := y[name]; !has || !same(x[name], other) {
				return false
			}
		}
		return true
	}
	return a == b
}

// rational returns the value of n; nil if it is too long for that.
func rational(n json.Number) *big.Rat {
	if _, power, _ := strings.Cut(strings.ToLower(string(n)), "e"); len(power) > 3 {
		return nil
	}
	r, _ := new(big.Rat).SetString(string(n))
	return r
}
