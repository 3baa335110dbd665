package jsonpatch_test

import (
	"errors"
	"reflect"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"session-api"
	"session-api/internal/jsonpatch"
)

// strict brings fuzzed text to what comes through the door: compact JSON, without
// names that repeat and the like.
func strict(t *testing.T, text []byte) []byte {
	t.Helper()
	v := jsontext.Value(text)
	if err := v.Compact(jsontext.AllowDuplicateNames(false), jsontext.AllowInvalidUTF8(false)); err != nil {
		t.Skip("not for us")
	}
	return v
}

// isStrict fails unless text could come through the door as it is.
func isStrict(t *testing.T, text []byte) {
	t.Helper()
	v := jsontext.Value(text).Clone()
	if err := v.Compact(jsontext.AllowDuplicateNames(false), jsontext.AllowInvalidUTF8(false)); err != nil || string(v) != string(text) {
		t.Fatalf("%q is no compact strict JSON: %v", text, err)
	}
}

func FuzzMerge(f *testing.F) {
	for _, c := range [][2]string{
		{`{"a":{"b":1},"c":[1,null]}`, `{"a":{"b":null,"d":{"e":null}},"c":{}}`}, {`[1]`, `{"a":null}`}, {`{"\u0061":1}`, `{"a":2,"":""}`}, {`1`, `null`},
	} {
		f.Add([]byte(c[0]), []byte(c[1]))
	}
	f.Fuzz(func(t *testing.T, data, patch []byte) {
		data, patch = strict(t, data), strict(t, patch)
		got, err := jsonpatch.Merge(data, patch)
		if err != nil {
			t.Fatalf("%s with %s: %v", data, patch, err)
		}
		isStrict(t, got)
		want := mergeReference(decode(t, string(data)), decode(t, string(patch)))
		if !reflect.DeepEqual(decode(t, string(got)), want) {
			t.Fatalf("%s with %s became %s, want %v", data, patch, got, want)
		}
		if data[0] == '{' {
			if same, err := jsonpatch.Merge(data, []byte(`{}`)); err != nil || string(same) != string(data) {
				t.Fatalf("%s with {} became %s, %v", data, same, err)
			}
		}
	})
}

func FuzzPatch(f *testing.F) {
	for _, c := range [][2]string{
		{`{"a":[1,{"b":null}]}`, `[{"op":"test","path":"/a/1/b","value":null},{"op":"move","from":"/a/0","path":"/a/1/c"}]`},
		{`{"":{"01":1}}`, `[{"op":"copy","from":"/","path":"/a"},{"op":"remove","path":"//01"},{"op":"add","path":"/~1","value":{"~":""}}]`},
		{`[1,2,3]`, `[{"op":"add","path":"/-","value":4},{"op":"replace","path":"/0","value":1e2},{"op":"test","path":"","value":[100,2,3,4]}]`},
		{`null`, `[{"op":"add","path":"","value":{}},{"op":"add","path":"/x","value":"\u2028<"},{"op":"move","from":"/x","path":""}]`},
		{`{"a":null}`, `[{"op":"move","from":"/a","path":"/a/b"}]`}, {`1`, `{}`},
	} {
		f.Add([]byte(c[0]), []byte(c[1]))
	}
	f.Fuzz(func(t *testing.T, data, patch []byte) {
		data, patch = strict(t, data), strict(t, patch)
		p, err := jsonpatch.Parse(patch)
		if err != nil {
			isOurs(t, err, jsonpatch.CodeInvalid)
			return
		}
		got, err := p.Apply(data)
		if errors.Is(err, session.ErrTooLarge) {
			return // the reference counts no cost
		}
		want, wantErr := patchReference(t, decode(t, string(data)), string(patch))
		if err != nil {
			isOurs(t, err, session.CodePatchFailed)
			if wantErr == nil {
				t.Fatalf("%s with %s: %v, want %v", data, patch, err, want)
			}
			return
		}
		isStrict(t, got)
		if wantErr != nil || !reflect.DeepEqual(decode(t, string(got)), want) {
			t.Fatalf("%s with %s became %s, want %v, %v", data, patch, got, want, wantErr)
		}
	})
}

func isOurs(t *testing.T, err error, code session.Code) {
	t.Helper()
	var known *session.Error
	if !errors.As(err, &known) || known.Code != code {
		t.Fatalf("%v is no Error of %s", err, code)
	}
}
