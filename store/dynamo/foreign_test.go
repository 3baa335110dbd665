package dynamo

import (
	"fmt"
	"net/http"
	"testing"

	"session-api"
	"session-api/store/dynamo/faultproxy"
)

// foreignPage answers as something between us and DynamoDB does that is not DynamoDB.
func foreignPage(status int, body string) faultproxy.Fault {
	return func(x *faultproxy.Exchange) {
		x.Reply(&faultproxy.Answer{Status: status, Header: http.Header{"Content-Type": {"text/html"}}, Body: []byte(body)})
	}
}

func TestAnAnswerThatIsNotDynamoDBsIsAnOutage(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 302, 400, 403, 404, 407, 500, 502} {
		body := "<html>"
		if status == http.StatusForbidden {
			body = "{}" // the SDK can read this one, and finds no code in it
		}
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			b := newBench(t, Options{})
			b.create(t, newSession("a"))
			b.fail("", 0, foreignPage(status, body))
			for what, call := range b.everyCall(t.Context()) {
				wantError(t, what, call(), session.ErrUnavailable)
			}
		})
	}
}

// TestARefusalThatWasCutIsAnOutage: what the condition said is in the part that is
// missing.
func TestARefusalThatWasCutIsAnOutage(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	b.create(t, newSession("new")) // so that making it is refused, and nothing else is there
	b.fail("", 0, faultproxy.Truncate())
	for what, call := range b.everyCall(t.Context()) {
		wantError(t, what, call(), session.ErrUnavailable)
	}
}
