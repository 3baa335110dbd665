package table

import (
	"context"
	"errors"
	"fmt"
	"net"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Codes of DynamoDB errors (AWS: "Error handling with DynamoDB", and the API
// pages of the calls).
const (
	codeDenied          = "AccessDeniedException"
	codeNotFound        = "ResourceNotFoundException"
	codeInUse           = "ResourceInUseException"
	codeLimit           = "LimitExceededException"
	codeInvalid         = "ValidationException"
	codeUnknownCall     = "UnknownOperationException"
	codeBackupsNotReady = "ContinuousBackupsUnavailableException"
)

// badCredentials are the codes that only other credentials, or a right clock,
// mend.
var badCredentials = map[string]bool{
	"UnrecognizedClientException": true, "InvalidSignatureException": true,
	"ExpiredTokenException": true, "InvalidClientTokenId": true,
	"MissingAuthenticationTokenException": true, "IncompleteSignatureException": true,
}

// busyCodes are those of a service that is there and would answer later.
var busyCodes = map[string]bool{
	"ThrottlingException": true, "RequestLimitExceeded": true,
	"ProvisionedThroughputExceededException": true,
	"InternalServerError":                    true, "ServiceUnavailable": true,
}

// failure is an error whose text is a sentence for a person. What the SDK said
// stays behind it for errors.Is and errors.As.
type failure struct {
	sentence string
	cause    error
	// denied is the IAM action that is not allowed, if that is what failed.
	denied string
}

func (f *failure) Error() string { return f.sentence }

// Unwrap returns what the SDK said, or nil.
func (f *failure) Unwrap() error { return f.cause }

func failf(cause error, format string, args ...any) error {
	return &failure{sentence: fmt.Sprintf(format, args...), cause: cause}
}

// code returns the DynamoDB code of err, "" for what no server answered.
func code(err error) string {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return ""
	}
	return api.ErrorCode()
}

// deniedAction returns the IAM action that err says is not allowed, or "".
func deniedAction(err error) string {
	var f *failure
	if !errors.As(err, &f) {
		return ""
	}
	return f.denied
}

// transient reports whether err, of a call, may be gone at the next one. A
// sentence of our own, with no call's error behind it, stays.
func transient(err error) bool {
	if f := (*failure)(nil); errors.As(err, &f) && f.cause == nil {
		return false
	}
	if answer := (*smithyhttp.ResponseError)(nil); errors.As(err, &answer) && answer.HTTPStatusCode() >= 500 {
		return true
	}
	return code(err) == "" || busyCodes[code(err)]
}

// explain returns err of a call as a sentence. action is the call's name, which
// is also that of its IAM action.
func (p place) explain(err error, action string) error {
	var already *failure
	if err == nil || errors.As(err, &already) {
		return err
	}
	said := ""
	if api := (smithy.APIError)(nil); errors.As(err, &api) {
		said = api.ErrorMessage()
	}
	switch code := code(err); {
	case code == codeDenied:
		action = "dynamodb:" + action
		return &failure{cause: err, denied: action, sentence: fmt.Sprintf(
			"access denied: these credentials need %s on the table %s in %s (%s)", action, p.table, p.region, said)}
	case badCredentials[code]:
		return failf(err, "AWS does not accept the credentials (%s: %s); renew them, and look at this machine's clock", code, said)
	case code == codeNotFound:
		return failf(err, "there is no table %s in %s; %s makes it", p.table, p.region, p.program("create"))
	case code == codeUnknownCall:
		return failf(err, "the server knows no %s", action)
	case code != "":
		return failf(err, "%s was refused: %s (%s)", action, said, code)
	case errors.Is(err, context.Canceled):
		return failf(err, "interrupted in %s", action)
	}
	return failf(err, "DynamoDB cannot be reached in %s (%v); look at AWS_REGION (--aws-region), the network and AWS_ENDPOINT_URL_DYNAMODB",
		p.region, innermost(err))
}

// innermost returns the part of an error that tells a person most: what the
// network said, with its address, else the bottom of the chain. The SDK's own
// texts tell every layer above it.
func innermost(err error) error {
	if network := (*net.OpError)(nil); errors.As(err, &network) {
		return network
	}
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}
