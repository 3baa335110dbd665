package jsonpatch_test

import (
	"errors"
	"testing"

	"session-api"
	"session-api/internal/jsonpatch"
)

// patched returns what becomes of data, "" and the error if nothing does.
func patched(data, patch string) (string, error) {
	p, err := jsonpatch.Parse([]byte(patch))
	if err != nil {
		return "", err
	}
	got, err := p.Apply([]byte(data))
	return string(got), err
}

// Each is the case of the section of that number in appendix A.
func TestAPatchDoesWhatAppendixAOfRFC6902Says(t *testing.T) {
	t.Parallel()
	for section, c := range map[string]struct{ data, patch, want string }{
		"A.1":  {`{"foo":"bar"}`, `[{"op":"add","path":"/baz","value":"qux"}]`, `{"foo":"bar","baz":"qux"}`},
		"A.2":  {`{"foo":["bar","baz"]}`, `[{"op":"add","path":"/foo/1","value":"qux"}]`, `{"foo":["bar","qux","baz"]}`},
		"A.3":  {`{"baz":"qux","foo":"bar"}`, `[{"op":"remove","path":"/baz"}]`, `{"foo":"bar"}`},
		"A.4":  {`{"foo":["bar","qux","baz"]}`, `[{"op":"remove","path":"/foo/1"}]`, `{"foo":["bar","baz"]}`},
		"A.5":  {`{"baz":"qux","foo":"bar"}`, `[{"op":"replace","path":"/baz","value":"boo"}]`, `{"baz":"boo","foo":"bar"}`},
		"A.6":  {`{"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}}`, `[{"op":"move","from":"/foo/waldo","path":"/qux/thud"}]`, `{"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}}`},
		"A.7":  {`{"foo":["all","grass","cows","eat"]}`, `[{"op":"move","from":"/foo/1","path":"/foo/3"}]`, `{"foo":["all","cows","eat","grass"]}`},
		"A.8":  {`{"baz":"qux","foo":["a",2,"c"]}`, `[{"op":"test","path":"/baz","value":"qux"},{"op":"test","path":"/foo/1","value":2}]`, `{"baz":"qux","foo":["a",2,"c"]}`},
		"A.10": {`{"foo":"bar"}`, `[{"op":"add","path":"/child","value":{"grandchild":{}}}]`, `{"foo":"bar","child":{"grandchild":{}}}`},
		"A.11": {`{"foo":"bar"}`, `[{"op":"add","path":"/baz","value":"qux","xyz":123}]`, `{"foo":"bar","baz":"qux"}`},
		"A.14": {`{"/":9,"~1":10}`, `[{"op":"test","path":"/~01","value":10}]`, `{"/":9,"~1":10}`},
		"A.16": {`{"foo":["bar"]}`, `[{"op":"add","path":"/foo/-","value":["abc","def"]}]`, `{"foo":["bar",["abc","def"]]}`},
	} {
		if got, err := patched(c.data, c.patch); err != nil || got != c.want {
			t.Errorf("%s: got %s, %v; want %s", section, got, err, c.want)
		}
	}
	for section, c := range map[string]struct {
		data, patch string
		code        session.Code
	}{
		"A.9":  {`{"baz":"qux"}`, `[{"op":"test","path":"/baz","value":"bar"}]`, session.CodePatchFailed},
		"A.12": {`{"foo":"bar"}`, `[{"op":"add","path":"/baz/bat","value":"qux"}]`, session.CodePatchFailed},
		"A.15": {`{"/":9,"~1":10}`, `[{"op":"test","path":"/~01","value":"10"}]`, session.CodePatchFailed},
	} {
		refuses(t, section, c.data, c.patch, c.code, "/0")
	}
	// A.13, an operation with two "op", is no JSON of the strict kind and comes no
	// further than the door.
}

// refuses fails unless the patch is refused with this code for this field.
func refuses(t *testing.T, name, data, patch string, code session.Code, field string) {
	t.Helper()
	got, err := patched(data, patch)
	var known *session.Error
	if !errors.As(err, &known) || known.Code != code || known.Field != field || known.Message == "" {
		t.Errorf("%s: %s with %s gave %s, %#v; want %s for %q", name, data, patch, got, err, code, field)
	}
}
