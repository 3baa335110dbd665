package faultproxy

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// Proxy is the server. It is safe for concurrent use.
type Proxy struct {
	target string
	url    string
	server *http.Server
	client *http.Client

	mu    sync.Mutex
	rules []*rule
	calls map[string]int
}

// New returns a Proxy in front of the server at target, a URL such as
// http://127.0.0.1:8000, on a free port of the loopback interface.
func New(target string) (*Proxy, error) {
	u, err := url.Parse(target)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("the target of a fault proxy must be a URL; it is %q", target)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &Proxy{
		target: strings.TrimRight(target, "/") + "/",
		url:    "http://" + listener.Addr().String(),
		client: &http.Client{
			Transport: &http.Transport{MaxIdleConnsPerHost: 256, DisableCompression: true},
			Timeout:   forwardTimeout,
		},
		calls: map[string]int{},
	}
	// Connections that faults break are no news.
	p.server = &http.Server{Handler: p, ErrorLog: log.New(io.Discard, "", 0), ReadHeaderTimeout: forwardTimeout}
	go func() { _ = p.server.Serve(listener) }()
	return p, nil
}

// forwardTimeout bounds a call to the target, so that a target that hangs does
// not keep Close from ending what runs.
const forwardTimeout = time.Minute

// Start is New for a test. The proxy ends with t.
func Start(t testing.TB, target string) *Proxy {
	t.Helper()
	p, err := New(target)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// URL returns where the proxy listens, without a slash at its end.
func (p *Proxy) URL() string { return p.url }

// Close ends the proxy and all calls that it holds.
func (p *Proxy) Close() {
	_ = p.server.Close()
	p.client.CloseIdleConnections()
}

// ServeHTTP serves one call. It makes the proxy usable behind another listener,
// such as one for TLS.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	x := &Exchange{proxy: p, w: w, r: r, op: operation(r.Header), Header: r.Header, Body: body}
	if fault := p.arrived(x.op); fault != nil {
		fault(x)
	} else {
		pass(x)
	}
	if !x.answered {
		panic(http.ErrAbortHandler) // a fault that gives no answer closes the connection
	}
}

// operation returns the last part of "X-Amz-Target: DynamoDB_20120810.GetItem".
func operation(h http.Header) string {
	target := h.Get("X-Amz-Target")
	return target[strings.LastIndexByte(target, '.')+1:]
}

// Calls returns how many calls of the operations have arrived, or of all for
// none, whatever became of them.
func (p *Proxy) Calls(ops ...string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	if len(ops) == 0 {
		for _, c := range p.calls {
			n += c
		}
	}
	for _, op := range ops {
		n += p.calls[op]
	}
	return n
}

// ResetCalls sets the counts of Calls to zero.
func (p *Proxy) ResetCalls() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.calls)
}

// forward sends a call to the target and reads the whole answer.
func (p *Proxy) forward(ctx context.Context, h http.Header, body []byte) (*Answer, error) {
	req, err := http.NewRequestWithContext(context.WithoutCancel(ctx), http.MethodPost, p.target, strings.NewReader(string(body)))
	if err != nil {
		return nil, err
	}
	req.Header = h.Clone()
	req.Header.Del("Connection")
	resp, err := p.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	resp.Header.Del("Connection")
	resp.Header.Del("Transfer-Encoding")
	return &Answer{Status: resp.StatusCode, Header: resp.Header, Body: text}, nil
}
