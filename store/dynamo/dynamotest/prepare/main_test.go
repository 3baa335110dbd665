package main

import (
	"bytes"
	"strings"
	"testing"

	"session-api/store/dynamo/dynamotest"
)

func TestNothingIsPreparedForAServerThatRuns(t *testing.T) {
	t.Setenv(dynamotest.EndpointVariable, "http://127.0.0.1:1")
	var out bytes.Buffer
	if err := prepare(t.Context(), &out, nil); err != nil || out.Len() > 0 {
		t.Errorf("it printed %q, %v", out.String(), err)
	}
}

func TestAnUnknownServerIsRefusedWithTheNames(t *testing.T) {
	t.Parallel()
	err := prepare(t.Context(), new(bytes.Buffer), []string{"oracle"})
	if err == nil || !strings.Contains(err.Error(), "dynoxide, moto, dynalite") {
		t.Errorf("the error is %v", err)
	}
}
