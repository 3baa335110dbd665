package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// front is the processes that serve the same sessions. Each client calls one of
// them.
type front struct {
	bases []string
	http  *http.Client
}

func newFront() *front {
	// Every client has a connection of its own, as callers in different places do.
	const all = 1000
	return &front{http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: all}, Timeout: 2 * patience}}
}

// remote is a session behind the API.
type remote struct {
	*front
	id string
	// resent says that a process may have sent a delete to the backend twice, after
	// the first answer was lost. If the session is gone by then, it can't know whether
	// it was this delete or another that ended it, and says 200.
	resent bool
}

func (r *remote) do(ctx context.Context, client int, in input) output {
	request, err := r.request(ctx, r.bases[client%len(r.bases)], in)
	if err != nil {
		return output{outcome: wrong, why: err.Error()}
	}
	response, err := r.http.Do(request)
	if err != nil {
		return broken(ctx, err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return broken(ctx, err)
	}
	out := r.read(in, response, body)
	if in.kind == create && out.outcome == done {
		r.id = shape(body).SessionID
	}
	return out
}

// broken returns the output of a call without an answer. Only a client that gives up
// may have none.
func broken(ctx context.Context, err error) output {
	if ctx.Err() != nil {
		return output{outcome: unknown}
	}
	return output{outcome: wrong, why: err.Error()}
}

func (r *remote) request(ctx context.Context, base string, in input) (*http.Request, error) {
	method, path, body := http.MethodPut, "/sessions/"+url.PathEscape(r.id), fmt.Sprintf(`{"data":%s}`, in.data.json())
	mediaType := "application/json"
	switch in.kind {
	case create:
		method, path, body = http.MethodPost, "/sessions", fmt.Sprintf(`{"userId":"linear","data":%s}`, in.data.json())
	case read:
		method, body = http.MethodGet, ""
	case end, endAt:
		method, body = http.MethodDelete, ""
	case patch:
		method, mediaType = http.MethodPatch, "application/merge-patch+json"
		body = fmt.Sprintf(`{"a":%d}`, in.data.A)
		if in.member == "b" {
			body = fmt.Sprintf(`{"b":%d}`, in.data.B)
		}
	}
	request, err := http.NewRequestWithContext(ctx, method, base+path, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	if body != "" {
		request.Header.Set("Content-Type", mediaType)
	}
	if in.conditional() {
		request.Header.Set("If-Match", etag(in.version))
	}
	return request, nil
}

func etag(version int64) string { return strconv.Quote(strconv.FormatInt(version, 10)) }

// read returns the output that an answer is.
func (r *remote) read(in input, response *http.Response, body []byte) output {
	said := shape(body)
	switch status := response.StatusCode; {
	case status == http.StatusServiceUnavailable:
		return output{outcome: unknown}
	case status == http.StatusNotFound && said.Code == "session_not_found":
		return output{outcome: notFound}
	case status == http.StatusPreconditionFailed && said.Version > 0:
		return output{outcome: conflict, shown: state{version: said.Version}}
	case status == http.StatusConflict && said.Code == "write_contention":
		return output{outcome: gaveUp}
	case status/100 != 2:
	case in.deletes() && r.resent:
		return output{outcome: ended}
	case in.deletes():
		return output{outcome: done}
	case response.Header.Get("ETag") == etag(said.Version):
		return showing(said.Version, said.Data)
	}
	return output{outcome: wrong, why: fmt.Sprintf("%s %v %s", response.Status, response.Header, body)}
}

// body is what is read of an answer.
type body struct {
	SessionID string
	Version   int64
	Data      json.RawMessage
	Code      string
}

// shape reads a body; what is none of ours is an empty one.
func shape(text []byte) (b body) {
	_ = json.Unmarshal(text, &b)
	return b
}
