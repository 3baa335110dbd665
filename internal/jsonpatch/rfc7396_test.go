package jsonpatch_test

import (
	"testing"

	"session-api/internal/jsonpatch"
)

func TestAMergeDoesWhatAppendixAOfRFC7396Says(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ data, patch, want string }{
		{`{"a":"b"}`, `{"a":"c"}`, `{"a":"c"}`},
		{`{"a":"b"}`, `{"b":"c"}`, `{"a":"b","b":"c"}`},
		{`{"a":"b"}`, `{"a":null}`, `{}`},
		{`{"a":"b","b":"c"}`, `{"a":null}`, `{"b":"c"}`},
		{`{"a":["b"]}`, `{"a":"c"}`, `{"a":"c"}`},
		{`{"a":"c"}`, `{"a":["b"]}`, `{"a":["b"]}`},
		{`{"a":{"b":"c"}}`, `{"a":{"b":"d","c":null}}`, `{"a":{"b":"d"}}`},
		{`{"a":[{"b":"c"}]}`, `{"a":[1]}`, `{"a":[1]}`},
		{`["a","b"]`, `["c","d"]`, `["c","d"]`},
		{`{"a":"b"}`, `["c"]`, `["c"]`},
		{`{"a":"foo"}`, `null`, `null`},
		{`{"a":"foo"}`, `"bar"`, `"bar"`},
		{`{"e":null}`, `{"a":1}`, `{"e":null,"a":1}`},
		{`[1,2]`, `{"a":"b","c":null}`, `{"a":"b"}`},
		{`{}`, `{"a":{"bb":{"ccc":null}}}`, `{"a":{"bb":{}}}`},
	} {
		got, err := jsonpatch.Merge([]byte(c.data), []byte(c.patch))
		if err != nil || string(got) != c.want {
			t.Errorf("%s with %s became %s, %v; want %s", c.data, c.patch, got, err, c.want)
		}
	}
}

func TestAMergeKeepsDigitsCharactersAndOrder(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ data, patch, want string }{
		{`{"z":1e3,"a":12345678901234567890123,"m":0.10}`, `{"n":-0,"a":1E400}`, `{"z":1e3,"a":1E400,"m":0.10,"n":-0}`},
		{`{"\u0061":"\u003c<&>\/","\ud83d\ude00":{"x":[1,null]}}`, `{"b":"\u2028"}`, `{"\u0061":"\u003c<&>\/","\ud83d\ude00":{"x":[1,null]},"b":"\u2028"}`},
		{`{"\u0061":1,"b":2}`, `{"a":3}`, `{"\u0061":3,"b":2}`},
		{`{"a":{"b":1,"c":{"d":2}},"e":3}`, `{"a":{"c":{"f":{"g":null,"h":4}}}}`, `{"a":{"b":1,"c":{"d":2,"f":{"h":4}}},"e":3}`},
		{`{"a":[null,{"b":null}]}`, `{"c":[null,{"b":null}]}`, `{"a":[null,{"b":null}],"c":[null,{"b":null}]}`},
		{`{"":1}`, `{"":{"":2}}`, `{"":{"":2}}`},
		{`7`, `{}`, `{}`},
		{`{"a":{"b":1}}`, `{"a":{}}`, `{"a":{"b":1}}`},
		{`{"a":1}`, `{"a":{}}`, `{"a":{}}`},
	} {
		data, patch := []byte(c.data), []byte(c.patch)
		got, err := jsonpatch.Merge(data, patch)
		if err != nil || string(got) != c.want {
			t.Errorf("%s with %s became %s, %v; want %s", c.data, c.patch, got, err, c.want)
		}
		if string(data) != c.data || string(patch) != c.patch {
			t.Errorf("what it was given has changed: %s, %s", data, patch)
		}
	}
}
