package main

import (
	"context"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

const wireRule = "API Low-level API (JSON protocol)"

// wireChecks end with those that may end the server.
func wireChecks() []check {
	return []check{
		{"wire/X-Amz-Crc32 fits the body of an answer and of an error", wireRule, checksumsFit},
		{"wire/a connection is kept for the next request", wireRule, connectionIsKept},
		{"wire/the server outlives a client that drops its request's body", wireRule, outlivesDroppedBody},
		{"wire/the server outlives a client that does not wait for the answer", wireRule, outlivesDroppedAnswer},
		{"wire/the server outlives 64 cancelled calls at once", wireRule, outlivesCancelledCalls},
	}
}

func checksumsFit(p *probe) error {
	good, err := p.raw("ListTables", `{}`)
	if err != nil {
		return err
	}
	bad, err := p.raw("GetItem", `{"TableName":"`+newTableName()+`","Key":{"id":{"S":"a"}}}`)
	return first(err, good.checksumFits(), bad.checksumFits())
}

func connectionIsKept(p *probe) error {
	got, err := p.raw("ListTables", `{}`)
	return first(err, same("whether the answer keeps the connection", got.keepsAlive, true))
}

// stillServes is nil if the server makes a table after what was done to it.
func (p *probe) stillServes() error {
	table, err := p.tableWith(false, session("a"))
	if err != nil {
		return fmt.Errorf("afterwards: %w", err)
	}
	return p.holds(table, session("a"))
}

// dropped sends the first part of a request by hand and closes, 20 times.
func (p *probe) dropped(part func(head, body string) string) error {
	table, err := p.tableWith(false, sized("a", 300<<10))
	if err != nil {
		return err
	}
	body := `{"TableName":"` + table + `"}`
	head := fmt.Sprintf("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-amz-json-1.0\r\n"+
		"X-Amz-Target: DynamoDB_20120810.Scan\r\nX-Amz-Date: 20260101T000000Z\r\nAuthorization: %s\r\nContent-Length: %d\r\n\r\n",
		someSignature, len(body))
	for range 20 {
		conn, err := (&net.Dialer{}).DialContext(p, "tcp", strings.TrimPrefix(p.endpoint, "http://"))
		if err != nil {
			return err
		}
		_, writeErr := conn.Write([]byte(part(head, body)))
		// Without lingering, closing resets the connection: the harder case.
		_ = conn.(*net.TCPConn).SetLinger(0)
		if err := first(writeErr, conn.Close()); err != nil {
			return err
		}
	}
	return p.stillServes()
}

func outlivesDroppedBody(p *probe) error {
	return p.dropped(func(head, body string) string { return head + body[:len(body)/2] })
}

func outlivesDroppedAnswer(p *probe) error {
	return p.dropped(func(head, body string) string { return head + body })
}

func outlivesCancelledCalls(p *probe) error {
	table, err := p.tableWith(false, sized("a", 300<<10))
	if err != nil {
		return err
	}
	_, _ = winners(func(i int) error {
		ctx, cancel := context.WithTimeout(p, time.Duration(i)*time.Millisecond/4)
		defer cancel()
		_, err := p.ddb.Scan(ctx, &dynamodb.ScanInput{TableName: &table})
		return err
	})
	return p.stillServes()
}
