package dynamo

import (
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	smithy "github.com/aws/smithy-go"

	"session-api"
)

// class is what a failed attempt means.
type class int

const (
	// unknown: DynamoDB refused the request for a reason that no caller of ours
	// can have caused.
	unknown class = iota
	// refused: the condition did not hold.
	refused
	// throttled: more was asked for than is provisioned or allowed.
	throttled
	// contended: a transaction on the same item, or the same transaction, was under
	// way at that moment. DynamoDB is well and has done nothing.
	contended
	// unsent: nothing reached DynamoDB.
	unsent
	// untrusted: what answers at the endpoint cannot prove who it is. Nothing was
	// sent.
	untrusted
	// lost: there is no answer that can be read, so the request may have had its
	// effect. 500s are of this class (AWS: "Error handling with DynamoDB").
	lost
	// denied: the credentials lack a permission.
	denied
	// unsigned: the request could not be put together, for want of credentials, or
	// DynamoDB does not accept them.
	unsigned
	// skewed: the signature's time is too far off. The SDK corrects its clock by
	// the answer, so the next attempt may pass.
	skewed
	// tableMissing: there is no such table, or not yet.
	tableMissing
	// indexMissing: the table has no such index, or not yet.
	indexMissing
	// oversize: the item would be too large.
	oversize
	// versionBroken: the row's version is no number, so it cannot be raised.
	versionBroken
)

// retryable reports whether the same request may pass a moment later.
func (c class) retryable() bool {
	return c == throttled || c == contended || c == unsent || c == lost || c == skewed
}

// answered reports whether DynamoDB did its part: it is well, and what is wrong
// is in the request or the row.
func (c class) answered() bool {
	return c == refused || c == oversize || c == indexMissing || c == versionBroken || c == unknown
}

// fault is a failed call. Its text names no session id.
type fault struct {
	op    string
	class class
	text  string
	cause error
	// company says that the row may be sound all the same: others were asked for
	// with it.
	company bool
}

func (f *fault) Error() string { return f.op + ": " + f.text }

// Unwrap returns what the SDK said, whose text may name the request's values.
func (f *fault) Unwrap() error { return f.cause }

// secretBytes is the length from which on an id can be a credential. A shorter one
// would be found within words.
const secretBytes = 16

// newFault says what the failure err of one attempt of op means, unless err says it
// already. ids are the sessions that the call names.
func newFault(op string, ids []string, err error) *fault {
	if made := (*fault)(nil); errors.As(err, &made) {
		return made
	}
	f := &fault{op: op, cause: err}
	if other := otherService(err); other != nil {
		// Asked for credentials, whatever it answered is not about the table.
		f.class, f.text = unsigned, other.Error()
		return f
	}
	var api smithy.APIError
	if !errors.As(err, &api) {
		f.class, f.text = classifyTransport(err)
		return f
	}
	f.class, f.text = classifyAnswer(api, httpStatus(err)), api.ErrorCode()+": "+api.ErrorMessage()
	for _, id := range ids {
		if len(id) >= secretBytes { // which messages may quote
			f.text = strings.ReplaceAll(f.text, id, session.Redact(id))
		}
	}
	return f
}

// otherService returns the failed call, within err, of another service than
// DynamoDB: those that give out credentials (STS, SSO, the metadata of a machine).
func otherService(err error) error {
	for {
		var op *smithy.OperationError
		if !errors.As(err, &op) {
			return nil
		}
		if op.ServiceID != dynamodb.ServiceID {
			return op
		}
		err = op.Err
	}
}

// sessionError returns what the contract of engines says for the fault.
func (f *fault) sessionError() error {
	switch f.class {
	case oversize:
		tooLarge := *session.ErrTooLarge
		tooLarge.Cause = f
		return &tooLarge
	case versionBroken:
		return broken(AttributeVersion, errNoWhole)
	case unknown, refused:
		return f
	default:
		return session.Unavailable(f)
	}
}
