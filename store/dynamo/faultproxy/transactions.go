package faultproxy

import (
	"net/http"
	"strings"
)

// Reason is why one write of a transaction is refused.
type Reason struct {
	// Code is DynamoDB's, such as "TransactionConflict"; "None" for a write that
	// nothing stands against.
	Code string
	// Message goes with it.
	Message string `json:",omitempty"`
}

// Cancel answers a TransactWriteItems without asking DynamoDB: it was cancelled
// for these reasons, one for each of its writes.
func Cancel(reasons ...Reason) Fault {
	var codes []string
	for _, r := range reasons {
		codes = append(codes, r.Code)
	}
	body := encode(map[string]any{
		"__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
		"Message": "Transaction cancelled, please refer cancellation reasons for specific reasons [" +
			strings.Join(codes, ", ") + "]",
		"CancellationReasons": reasons,
	})
	return func(x *Exchange) {
		a := &Answer{Status: http.StatusBadRequest, Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}}}
		a.SetBody(body)
		x.Reply(a)
	}
}

// DropToken takes the ClientRequestToken out of the call, so that DynamoDB does
// not know it again.
func (x *Exchange) DropToken() {
	var request object
	mustDecode(x.Body, &request)
	delete(request, "ClientRequestToken")
	x.Body = encode(request)
}
