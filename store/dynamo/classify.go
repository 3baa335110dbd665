package dynamo

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	smithy "github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// classes are the codes of DynamoDB errors (AWS: "Error handling with DynamoDB",
// "Common Errors", and the API pages of the calls) that need no look at the text.
var classes = map[string]class{
	"ConditionalCheckFailedException": refused,

	"ProvisionedThroughputExceededException": throttled,
	"RequestLimitExceeded":                   throttled,
	"Throttling":                             throttled,
	"ThrottlingException":                    throttled,
	"ReplicatedWriteConflictException":       throttled,

	"TransactionConflictException":   contended,
	"TransactionInProgressException": contended,

	"InternalServerError":     lost,
	"InternalFailure":         lost,
	"ServiceUnavailable":      lost,
	"RequestTimeout":          lost,
	"RequestTimeoutException": lost,

	"AccessDenied":          denied,
	"AccessDeniedException": denied,

	"ExpiredToken":                        unsigned,
	"ExpiredTokenException":               unsigned,
	"IncompleteSignature":                 unsigned,
	"IncompleteSignatureException":        unsigned,
	"InvalidClientTokenId":                unsigned,
	"InvalidSignatureException":           skewed,
	"MissingAuthenticationToken":          unsigned,
	"MissingAuthenticationTokenException": unsigned,
	"OptInRequired":                       unsigned,
	"RequestExpired":                      skewed,
	"RequestTimeTooSkewed":                skewed,
	"UnrecognizedClientException":         unsigned,
}

// noCode is the SDK's code for an error answer that has none (aws-sdk-go-v2,
// service/dynamodb, deserializers.go): JSON, but not DynamoDB's.
const noCode = "UnknownError"

// tooLargeWords are in the messages about items that would be too large.
const tooLargeWords = "exceeded the maximum allowed size"

// classifyAnswer is for errors of DynamoDB's.
func classifyAnswer(api smithy.APIError, status int) class {
	if c, known := classes[api.ErrorCode()]; known {
		return c
	}
	if cancelled := (*types.TransactionCanceledException)(nil); errors.As(api, &cancelled) {
		return classifyReasons(cancelled.CancellationReasons)
	}
	message := api.ErrorMessage()
	switch code := api.ErrorCode(); {
	// Moto names a missing index and a missing table with one code.
	case strings.Contains(message, IndexName) && (code == "ValidationException" || code == "ResourceNotFoundException"):
		return indexMissing
	case code == "ResourceNotFoundException":
		return tableMissing
	case code == noCode:
		return classifyForeign(status)
	case code == "ValidationException" && strings.Contains(message, tooLargeWords):
		return oversize
	case code == "ValidationException" && spoiltOperand(message):
		return versionBroken
	}
	return classifyStatus(status)
}

// spoiltOperand reports whether a message is about the one operand of ours that a
// row can spoil, in AWS's words or in Moto's.
func spoiltOperand(message string) bool {
	return strings.Contains(message, "incorrect data type") || strings.Contains(message, "Incorrect operand type")
}

// classifyStatus is for answers of which only the status is understood.
func classifyStatus(status int) class {
	switch {
	case status == http.StatusTooManyRequests:
		return throttled
	case status == http.StatusRequestEntityTooLarge:
		return oversize
	case status >= http.StatusInternalServerError:
		return lost
	}
	return unknown
}

func httpStatus(err error) int {
	var answer *smithyhttp.ResponseError
	if errors.As(err, &answer) {
		return answer.HTTPStatusCode()
	}
	return 0
}

// classifyForeign is for answers that are not whole, or not DynamoDB's. Whatever
// their status, nobody knows what they were to say, and who gave them may have
// done so after DynamoDB had done its part.
func classifyForeign(status int) class {
	if c := classifyStatus(status); c != unknown {
		return c
	}
	return lost
}

// classifyTransport is for what is no error of DynamoDB's.
func classifyTransport(err error) (class, string) {
	if status := httpStatus(err); status != 0 {
		return classifyForeign(status), fmt.Sprintf("an answer of status %d that cannot be read: %v", status, innermost(err))
	}
	var dial *net.OpError
	if errors.As(err, &dial) && (dial.Op == "dial" || dial.Op == "proxyconnect") {
		return unsent, dial.Error()
	}
	var certificate *tls.CertificateVerificationError
	if errors.As(err, &certificate) {
		return untrusted, certificate.Error()
	}
	var sending *smithyhttp.RequestSendError
	if errors.As(err, &sending) || ended(err) {
		return lost, innermost(err).Error()
	}
	// It was not even put together. What can be missing are credentials.
	return unsigned, err.Error()
}

// ended reports whether err comes from a context.
func ended(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// innermost returns the first cause of err: those around it repeat the request.
func innermost(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}
