package config

import (
	"strings"
	"testing"
)

func TestAKeyFileAloneSaysThatItIsUsed(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		variables []string
		ids       IDsAtRest
		data      DataAtRest
	}{
		{nil, PlainIDs, PlainData},
		{[]string{"SESSION_ID_KEY_FILE=k"}, HashedIDs, PlainData},
		{[]string{"DATA_KEYS_FILE=k"}, PlainIDs, EncryptedData},
		{[]string{"SESSION_ID_KEY_FILE=k", "SESSION_ID_AT_REST=plain"}, PlainIDs, PlainData},
		{[]string{"DATA_KEYS_FILE=k", "SESSION_DATA_AT_REST=plain"}, PlainIDs, PlainData},
		{[]string{"DATA_KEYS_FILE=k", "SESSION_DATA_AT_REST=required"}, PlainIDs, RequiredData},
	} {
		c := mustParse(t, nil, test.variables...)
		if ids, data := c.AtRest.IDForm(), c.AtRest.DataForm(); ids != test.ids || data != test.data || c.Check() != nil {
			t.Errorf("%v means %s and %s, %v; want %s and %s", test.variables, ids, data, c.Check(), test.ids, test.data)
		}
	}
}

func TestSecrecyWithoutKeysIsRefused(t *testing.T) {
	t.Parallel()
	for variable, want := range map[string]string{
		"SESSION_ID_AT_REST=hashed":      "SESSION_ID_KEY_FILE",
		"SESSION_DATA_AT_REST=encrypted": "session-api data-keys new",
		"SESSION_DATA_AT_REST=required":  "DATA_KEYS_FILE",
	} {
		err := mustParse(t, nil, variable).Check()
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), variable) {
			t.Errorf("%s gives %v; want a sentence with %s", variable, err, want)
		}
	}
}
