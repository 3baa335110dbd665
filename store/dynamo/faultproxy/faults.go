package faultproxy

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// pass is what happens without a fault.
func pass(x *Exchange) {
	if answer, err := x.Forward(); err == nil {
		x.Reply(answer)
	}
}

// Error answers with an error of DynamoDB without asking it. status is the HTTP
// status, code the error's name, such as "ValidationException".
func Error(status int, code, message string) Fault {
	return func(x *Exchange) {
		a := &Answer{Status: status, Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}}}
		a.SetBody(fmt.Appendf(nil, `{"__type":"com.amazonaws.dynamodb.v20120810#%s","message":%s}`, code, strconv.Quote(message)))
		x.Reply(a)
	}
}

// Throttle answers that the table's throughput is used up.
func Throttle() Fault {
	return Error(http.StatusBadRequest, "ProvisionedThroughputExceededException",
		"The level of configured provisioned throughput for the table was exceeded.")
}

// ServerError answers 500, without the call being carried out.
func ServerError() Fault {
	return Error(http.StatusInternalServerError, "InternalServerError", "The request processing has failed because of an unknown error.")
}

// ServerErrorAfter answers 500 although the call was carried out.
func ServerErrorAfter() Fault {
	failed := ServerError()
	return func(x *Exchange) {
		if _, err := x.Forward(); err == nil {
			failed(x)
		}
	}
}

// Denied answers that the caller lacks a permission.
func Denied() Fault {
	return Error(http.StatusBadRequest, "AccessDeniedException", "User: arn:aws:iam::000000000000:role/test is not authorized to perform this.")
}

// Expired answers that the credentials have expired.
func Expired() Fault {
	return Error(http.StatusBadRequest, "ExpiredTokenException", "The security token included in the request is expired")
}

// NoTable answers that there is no such table.
func NoTable() Fault {
	return Error(http.StatusBadRequest, "ResourceNotFoundException", "Requested resource not found")
}

// LoseRequest closes the connection; the call is not carried out.
func LoseRequest() Fault { return (*Exchange).HangUp }

// LoseReply closes the connection after the call was carried out.
func LoseReply() Fault {
	return func(x *Exchange) {
		_, _ = x.Forward()
		x.HangUp()
	}
}

// Reset breaks the connection with a TCP reset; the call is not carried out.
func Reset() Fault { return (*Exchange).Reset }

// Stall keeps the call until its caller leaves; it is not carried out.
func Stall() Fault { return func(x *Exchange) { <-x.Left() } }

// StallReply carries the call out and keeps its answer until the caller leaves.
func StallReply() Fault {
	return func(x *Exchange) {
		_, _ = x.Forward()
		<-x.Left()
	}
}

// Delay passes the call on after d, unless its caller leaves before.
func Delay(d time.Duration) Fault {
	return func(x *Exchange) {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
			pass(x)
		case <-x.Left():
		}
	}
}

// Truncate carries the call out and closes the connection in the middle of the
// answer's body.
func Truncate() Fault {
	return func(x *Exchange) {
		if answer, err := x.Forward(); err == nil {
			x.reply(answer, len(answer.Body)/2)
		}
	}
}

// Corrupt carries the call out and answers with a checksum that does not fit.
func Corrupt() Fault {
	return func(x *Exchange) {
		answer, err := x.Forward()
		if err != nil {
			return
		}
		sound := answer.Body
		answer.SetBody(append([]byte(" "), sound...))
		answer.Body = sound
		x.Reply(answer)
	}
}
