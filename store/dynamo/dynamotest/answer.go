package dynamotest

import (
	"context"
	"net"
	"net/http"
	"strings"
	"time"
)

func (p *Process) awaitAnswer(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	ticker := time.NewTicker(askEvery)
	defer ticker.Stop()
	for {
		select {
		case <-p.exited:
			return errEnded
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
			if answers(ctx, p.Endpoint) {
				return nil
			}
		}
	}
}

// answers reports whether the server can serve a ListTables. A request for "/"
// would not do: a server may answer that before its DynamoDB part is loaded.
func answers(ctx context.Context, endpoint string) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, strings.NewReader("{}"))
	if err != nil {
		return false
	}
	req.Header.Set("Content-Type", "application/x-amz-json-1.0")
	req.Header.Set("X-Amz-Target", "DynamoDB_20120810.ListTables")
	req.Header.Set("X-Amz-Date", "20260101T000000Z")
	// The servers want the form of a signature and check none.
	req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/us-west-2/dynamodb/aws4_request, SignedHeaders=host;x-amz-date, Signature=0")
	req.Close = true
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	_ = resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	port := l.Addr().(*net.TCPAddr).Port
	return port, l.Close()
}
