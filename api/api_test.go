package api_test

import (
	"encoding/json"
	"strings"
	"testing"

	"session-api/api"
)

func TestTheContractIsThereInBothForms(t *testing.T) {
	t.Parallel()
	if text := string(api.YAML()); !strings.HasPrefix(text, "openapi: 3.1.") {
		t.Errorf("the YAML begins with %.40q", text)
	}
	if !json.Valid(api.JSON()) {
		t.Error("the JSON is no JSON")
	}
}

func TestACallerMayChangeWhatItGot(t *testing.T) {
	t.Parallel()
	for name, get := range map[string]func() []byte{"YAML": api.YAML, "JSON": api.JSON} {
		text := get()
		text[0] = 'X'
		if get()[0] == 'X' {
			t.Errorf("%s: a change by one caller is seen by the next", name)
		}
	}
}
