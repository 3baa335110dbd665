package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"log/slog"
	"net"
	"os"
	"strconv"
	"time"

	"github.com/valyala/fasthttp"
)

// The stub answers the DynamoDB calls of sessions with valid JSON and its
// checksum after a chosen delay, and costs next to nothing itself: then what a
// service in front of it costs is seen, and not the backend. It keeps nothing. A
// row with any id is there; its user is what a labelled id shows, and it is active.

// stubTime is when all rows of the stub were made, and stubEnd when they end.
const (
	stubTime = "2026-01-01T00:00:00.000000"
	stubEnd  = "32503680000"
)

// stubListed is how many sessions a user has.
const stubListed = 20

// serveStub is the process of the stub.
func serveStub(_ context.Context, s settings) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	slog.New(slog.NewJSONHandler(os.Stdout, nil)).Info("listening", "addr", listener.Addr().String())
	b := newStub(s.value, s.delay)
	server := &fasthttp.Server{Handler: b.serve, NoDefaultServerHeader: true, MaxRequestBodySize: 16 << 20}
	return server.Serve(listener)
}

// startStub starts the stub as a process of its own, whose rows have value bytes
// of data.
func startStub(value int, delay time.Duration) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return start("stub", nil, nil, self, "stub", "-value", strconv.Itoa(value), "-delay", delay.String())
}

type stub struct {
	delay time.Duration
	tail  []byte // of a row, after its id and user
}

func newStub(value int, delay time.Duration) *stub {
	data, err := json.Marshal(string(sessionData(value)))
	if err != nil {
		panic(fmt.Sprint("a text is always JSON: ", err))
	}
	return &stub{delay: delay, tail: fmt.Appendf(nil,
		`"},"data":{"S":%s},"createdAt":{"S":"%s"},"updatedAt":{"S":"%s"},"ttl":{"N":"%s"},"version":{"N":"2"},"writeId":{"S":"vD9fTxlByxlr"}}`,
		data, stubTime, stubTime, stubEnd)}
}

func (b *stub) serve(c *fasthttp.RequestCtx) {
	op := c.Request.Header.Peek("X-Amz-Target")
	op = op[bytes.LastIndexByte(op, '.')+1:]
	body := b.answer(nil, string(op), c.Request.Body())
	c.Response.Header.SetContentType("application/x-amz-json-1.0")
	c.Response.Header.Set("X-Amz-Crc32", strconv.FormatUint(uint64(crc32.ChecksumIEEE(body)), 10))
	c.Response.Header.Set("X-Amzn-Requestid", "4KTNO0VS9SBK6DPDMM5H3AA0IBVV4KQNSO5AEMVJF66Q9ASUAAJG")
	c.Response.SetBodyRaw(body)
	if b.delay > 0 && op[0] != 'L' {
		time.Sleep(b.delay)
	}
}

// answer appends the answer to a call.
func (b *stub) answer(to []byte, op string, request []byte) []byte {
	switch op {
	case "GetItem":
		id, _ := nextText(request)
		return append(b.row(append(to, `{"Item":`...), id), '}')
	case "BatchGetItem":
		return b.batch(to, request)
	case "UpdateItem", "DeleteItem":
		return append(b.row(append(to, `{"Attributes":`...), idOf(request)), '}')
	case "Query":
		return b.list(to, request)
	case "BatchExecuteStatement":
		return b.statements(to, request)
	case "DescribeTable":
		return append(to, stubTable...)
	case "Scan":
		return append(to, `{"Items":[],"Count":0,"ScannedCount":0}`...)
	}
	return append(to, `{}`...)
}

// row appends the row with this id.
func (b *stub) row(to, id []byte) []byte {
	user := bytes.TrimPrefix(id, []byte("session-"))
	if end := bytes.LastIndexByte(user, '-'); end > 0 {
		user = user[:end]
	}
	to = append(append(to, `{"id":{"S":"`...), id...)
	to = append(append(to, `"},"userId":{"S":"`...), user...)
	return append(to, b.tail...)
}

// batch appends a row for each key, which are the only strings beside names.
func (b *stub) batch(to, request []byte) []byte {
	to = append(append(append(to, `{"Responses":{"`...), tableOf(request)...), `":[`...)
	for id, rest := nextText(request); id != nil; id, rest = nextText(rest) {
		to = append(b.row(to, id), ',')
	}
	return append(bytes.TrimSuffix(to, []byte(",")), `]},"UnprocessedKeys":{}}`...)
}

// list appends the index entries of a user.
func (b *stub) list(to, request []byte) []byte {
	user, _ := nextText(request[max(0, bytes.Index(request, []byte(`":user"`))):])
	to = append(to, `{"Items":[`...)
	for i := range stubListed {
		to = fmt.Appendf(to, `{"id":{"S":"session-%s-LISTED%020d"},"createdAt":{"S":"%s"}},`, user, i, stubTime)
	}
	return fmt.Appendf(bytes.TrimSuffix(to, []byte(",")), `],"Count":%d,"ScannedCount":%d}`, stubListed, stubListed)
}

// statements appends a row for each statement, whose last parameter is the id.
func (b *stub) statements(to, request []byte) []byte {
	to = append(to, `{"Responses":[`...)
	for _, one := range bytes.Split(request, []byte(`"Statement"`))[1:] {
		_ = one
		to = append(b.row(append(to, `{"TableName":"sessions","Item":`...), []byte("session-u-X")), '}', ',')
	}
	return append(bytes.TrimSuffix(to, []byte(",")), `]}`...)
}

// nextText returns the value of the next {"S":"…"} and what follows it, nil if
// there is none. Ids and users have nothing that JSON escapes.
func nextText(request []byte) (value, rest []byte) {
	_, rest, found := bytes.Cut(request, []byte(`"S"`))
	if !found {
		return nil, nil
	}
	rest = rest[bytes.IndexByte(rest, '"')+1:]
	end := bytes.IndexByte(rest, '"')
	return rest[:end], rest[end:]
}

// idOf returns the id in the Key of a write.
func idOf(request []byte) []byte {
	id, _ := nextText(request[max(0, bytes.Index(request, []byte(`"Key"`))):])
	return id
}

// tableOf returns the table's name, the first name within RequestItems.
func tableOf(request []byte) []byte {
	_, rest, _ := bytes.Cut(request, []byte(`"RequestItems"`))
	rest = rest[bytes.IndexByte(rest, '"')+1:]
	return rest[:bytes.IndexByte(rest, '"')]
}

// stubTable is a table as session-api makes them.
const stubTable = `{"Table":{"TableName":"sessions","TableStatus":"ACTIVE","KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],` +
	`"AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"},{"AttributeName":"userId","AttributeType":"S"},` +
	`{"AttributeName":"createdAt","AttributeType":"S"}],"GlobalSecondaryIndexes":[{"IndexName":"userId-index","IndexStatus":"ACTIVE",` +
	`"KeySchema":[{"AttributeName":"userId","KeyType":"HASH"},{"AttributeName":"createdAt","KeyType":"RANGE"}],` +
	`"Projection":{"ProjectionType":"KEYS_ONLY"}}]}}`
