package dynamo

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"strconv"
)

// exchange is the SDK's HTTP client. It mends two things that lose answers.
//
// Requests go out with a body that net/http knows to be in memory. The SDK's own
// body type is unknown to it, so net/http sends the head first, then the body,
// and then asks the body for its end. A server that has answered by then has
// made the SDK close the body, the question fails, and net/http closes the
// connection under the answer (aws/aws-sdk-go-v2 issues 1825 and 2737). A lost
// answer to a conditional write is what this package must fear most.
//
// Answers are checked against their X-Amz-Crc32 while they are read. The SDK
// compares only after it has taken the answer for good, and then logs the
// difference (smithy-go 1.28, CloseResponseBody).
type exchange struct{ client *http.Client }

// Do is the SDK's HTTPClient.
func (x *exchange) Do(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		body := bytes.NewBuffer(make([]byte, 0, max(req.ContentLength, 0)+bytes.MinRead))
		if _, err := body.ReadFrom(req.Body); err != nil {
			return nil, err
		}
		req = req.WithContext(req.Context()) // a copy: the SDK's stays as it was
		req.Body, req.ContentLength = io.NopCloser(body), int64(body.Len())
	}
	resp, err := x.client.Do(req) // #nosec G704 -- the address is that of the SDK's settings
	if err != nil {
		return nil, err
	}
	if err := checkBody(resp); err != nil {
		return nil, err
	}
	return resp, nil
}

const checksumHeader = "X-Amz-Crc32"

// errChecksum says that an answer was changed on its way.
var errChecksum = errors.New("the answer does not fit its checksum")

// checkBody makes the body of resp end with errChecksum if it is not what was
// sent. An answer without a checksum is taken as it is.
func checkBody(resp *http.Response) error {
	given := resp.Header.Get(checksumHeader)
	if given == "" {
		return nil
	}
	want, err := strconv.ParseUint(given, 10, 32)
	if err != nil {
		_ = resp.Body.Close()
		return fmt.Errorf("%w, which is %q", errChecksum, given)
	}
	resp.Body = &checkedBody{ReadCloser: resp.Body, want: uint32(want)}
	return nil
}

type checkedBody struct {
	io.ReadCloser
	sum, want uint32
}

// Read ends with errChecksum in place of io.EOF where the sums differ.
func (b *checkedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.sum = crc32.Update(b.sum, crc32.IEEETable, p[:n])
	if err == io.EOF && b.sum != b.want {
		err = errChecksum
	}
	return n, err
}
