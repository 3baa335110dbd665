package main

import (
	"bytes"
	"strings"
	"testing"

	"session-api/api"
)

func TestConversionKeepsOrderDigitsAndText(t *testing.T) {
	t.Parallel()
	got, err := convert([]byte(`
z: 1
a: 12345678901234567890123
'200': {x: 0.10, y: 1e3, "n": null, t: true}
text: |
  <two> & "lines"
  ✓
list: [b, 'no', []]
`))
	if err != nil {
		t.Fatal(err)
	}
	want := `{
  "z": 1,
  "a": 12345678901234567890123,
  "200": {
    "x": 0.10,
    "y": 1e3,
    "n": null,
    "t": true
  },
  "text": "<two> & \"lines\"\n✓\n",
  "list": [
    "b",
    "no",
    []
  ]
}
`
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestConversionRefusesWhatJSONCannotSay(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"an alias":               "a: &x 1\nb: *x",
		"a merge key":            "a: &x {c: 1}\nb:\n  <<: *x",
		"a name that repeats":    "a: 1\na: 2",
		"a name that is no text": "200: ok",
		"an octal number":        "a: 0o17",
		"a capital truth":        "a: True",
		"infinity":               "a: .inf",
		"a bare date":            "a: 2025-12-24",
		"nothing":                "",
		"broken YAML":            "a: [",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, err := convert([]byte(text)); err == nil {
				t.Errorf("convert(%q) = %s; want an error", text, strings.TrimSpace(string(got)))
			}
		})
	}
}

func TestTheCommittedJSONIsWhatTheYAMLGives(t *testing.T) {
	t.Parallel()
	want, err := convert(api.YAML())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(api.JSON(), want) {
		t.Error(`api/openapi.json is stale; run "go generate ./api" in the main module`)
	}
}
