package config

import "testing"

func TestEveryOptionIsExplainedWhole(t *testing.T) {
	t.Parallel()
	options, err := Options()
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range options {
		if o.Group == "" || o.Default == "" || o.Allowed == "" || o.Meaning == "" {
			t.Errorf("something is missing: %+v", o)
		}
	}
}

func TestNoFieldEscapesTheReference(t *testing.T) {
	t.Parallel()
	parser, err := NewParser(&Config{}, func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	flags := parser.Model.Flags
	if got := len(Describe(flags)); got != len(flags) {
		t.Errorf("%d of %d flags are described; has one no type?", got, len(flags))
	}
}
