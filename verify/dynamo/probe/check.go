package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// check is one question to a server.
type check struct {
	// name is "group/claim", the claim being what AWS does.
	name string
	// rule is where AWS says so: a page of the Developer Guide ("DG") or an
	// action of the API reference ("API").
	rule string
	run  func(*probe) error
}

// allChecks returns every check, in the order of the table. The last group may
// end the server.
func allChecks() []check {
	return slices.Concat(
		conditionChecks(), returnChecks(), expressionChecks(), batchChecks(), indexChecks(), scanChecks(),
		transactionChecks(), partiqlChecks(), ttlChecks(), tableChecks(), addIndexChecks(), capacityChecks(),
		limitChecks(), valueChecks(), raceChecks(), errorChecks(), wireChecks(),
	)
}

// first returns the first error: a check is a list of claims. All of them are
// evaluated before, so what needs an earlier one to hold stands on its own.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// same is nil if got is want.
func same[T comparable](what string, got, want T) error {
	if got != want {
		return fmt.Errorf("%s is %v, not %v", what, got, want)
	}
	return nil
}

// of says which part of a check err belongs to.
func of(part string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", part, err)
}

// refused is nil if err is an API error of that code.
func refused(err error, code string) error {
	var api smithy.APIError
	switch {
	case err == nil:
		return fmt.Errorf("accepted, not refused as %s", code)
	case !errors.As(err, &api):
		return brief(err)
	case api.ErrorCode() != code:
		return fmt.Errorf("%s, not %s: %s", api.ErrorCode(), code, cut(api.ErrorMessage()))
	}
	return nil
}

// worded is nil if err's message holds text.
func worded(err error, text string) error {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return brief(err)
	}
	return contains("the message", api.ErrorMessage(), text)
}

// brief turns an SDK error, which is a chain of a dozen words and a request id,
// into what tells something.
func brief(err error) error {
	var (
		api  smithy.APIError
		resp *smithyhttp.ResponseError
	)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.DeadlineExceeded):
		return errors.New("no answer in time")
	case errors.As(err, &api):
		return fmt.Errorf("%s: %s", api.ErrorCode(), cut(api.ErrorMessage()))
	case errors.As(err, &resp) && resp.HTTPStatusCode() >= http.StatusInternalServerError:
		return fmt.Errorf("HTTP %d with a body that is no DynamoDB error", resp.HTTPStatusCode())
	}
	return errors.New(cut(err.Error()))
}

// cut bounds a text for a table.
func cut(text string) string {
	const most = 160
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}
