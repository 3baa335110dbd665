package main

import (
	"hash/crc32"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// someSignature has the form of a signature; no server here checks more.
const someSignature = "AWS4-HMAC-SHA256 Credential=test/20260101/us-west-2/dynamodb/aws4_request, SignedHeaders=host;x-amz-date, Signature=0"

// answer is what came back over HTTP, before the SDK reads it.
type answer struct {
	status     int
	body       string
	requestID  string
	checksum   string
	keepsAlive bool
}

// raw sends a request that looks signed.
func (p *probe) raw(operation, body string) (answer, error) {
	return p.send(operation, body, someSignature)
}

func (p *probe) send(operation, body, signature string) (answer, error) {
	req, err := p.request(operation, body, signature)
	if err != nil {
		return answer{}, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	content, err := io.ReadAll(resp.Body)
	return answer{
		status: resp.StatusCode, body: string(content),
		requestID: resp.Header.Get("X-Amzn-Requestid"), checksum: resp.Header.Get("X-Amz-Crc32"), keepsAlive: !resp.Close,
	}, err
}

func (p *probe) request(operation, body, signature string) (*http.Request, error) {
	req, err := http.NewRequestWithContext(p, http.MethodPost, p.endpoint, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-amz-json-1.0")
	req.Header.Set("X-Amz-Target", "DynamoDB_20120810."+operation)
	req.Header.Set("X-Amz-Date", "20260101T000000Z")
	if signature != "" {
		req.Header.Set("Authorization", signature)
	}
	return req, nil
}

// checksumFits is nil if the header is the CRC32 of the body.
func (a answer) checksumFits() error {
	return same("X-Amz-Crc32", a.checksum, strconv.FormatUint(uint64(crc32.ChecksumIEEE([]byte(a.body))), 10))
}
