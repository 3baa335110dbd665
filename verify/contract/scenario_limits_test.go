package contract

import (
	"strconv"
	"strings"

	"session-api"
	"session-api/internal/httpapi"
	"session-api/internal/inflight"
	"session-api/internal/ratelimit"
)

// limited gives each caller one request, and no more while the clock stands still.
func limited(rules *session.Options, o *httpapi.Options) {
	o.Limiter = ratelimit.New(ratelimit.Options{Rate: ratelimit.Rate{RPS: 1, Burst: 1}, Now: rules.Now})
}

// overloaded has no room for any request.
func overloaded(_ *session.Options, o *httpapi.Options) { o.InFlight = inflight.Fixed(0) }

// everything is a good call of every operation that can be refused because of too much.
func everything() []call {
	return append(onOne(unknownID),
		call{operation: create, body: `{"userId":"user123"}`},
		call{operation: list},
		call{operation: listUser, path: "/sessions/user/user123"},
		call{operation: endUser, path: "/sessions/user/user123"},
		call{operation: contractYAML}, call{operation: contractJSON}, call{operation: docs},
	)
}

func (d *driver) driveRate(s *service) {
	d.send(s, call{operation: create, body: `{"userId":"user123"}`, status: 201})
	for _, c := range everything() {
		c.status, c.code = 429, "rate_limited"
		d.send(s, c)
	}
	d.driveProbes(s)
}

func (d *driver) driveOverload(s *service) {
	for _, c := range everything() {
		c.status, c.code = 503, "overloaded"
		d.send(s, c)
	}
	d.driveProbes(s)
}

// driveProbes sends what is never refused because of too much.
func (d *driver) driveProbes(s *service) {
	for range 3 {
		d.send(s, call{operation: health, status: 200})
		d.send(s, call{operation: ready, status: 200})
	}
}

// driveNoRequests sends what is no request, which no client of net/http can.
func (d *driver) driveNoRequests(s *service) {
	const get, post, end = "GET / HTTP/1.1\r\n", "POST /sessions HTTP/1.1\r\nHost: x\r\n", "\r\n\r\n"
	for _, refused := range []struct {
		status     int
		code, text string
	}{
		{400, "malformed_request", "nonsense" + end},
		{400, "malformed_request", get + end},
		{400, "malformed_request", get + "Host: x\r\nHost: y" + end},
		{400, "malformed_request", get + "Host: x\r\nA : b" + end},
		{400, "malformed_request", post + "Content-Length: 2\r\nContent-Length: 3" + end},
		{417, "expectation_failed", post + "Expect: more\r\nContent-Length: 2" + end},
		{431, "header_too_large", get + "Host: x\r\nA: " + strings.Repeat("a", 30<<10) + end},
		{501, "unsupported_transfer_coding", post + "Transfer-Encoding: gzip" + end},
		{505, "unsupported_http_version", "GET / HTTP/3.0\r\nHost: x" + end},
	} {
		method := strings.ToUpper(strays[strconv.Itoa(refused.status)])
		d.sendText(s, refused.text, call{operation: method + " " + nowhere, status: refused.status, code: refused.code})
	}
}
