package image

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/pb33f/libopenapi-validator/config"
)

// client calls a service and holds what is said to the contract that it serves.
type client struct {
	t         *testing.T
	url       string
	http      *http.Client
	validator validator.Validator
}

func newClient(t *testing.T) *client {
	t.Helper()
	c := &client{t: t, url: address(t), http: &http.Client{Timeout: time.Minute}}
	parsed, err := libopenapi.NewDocument(c.call(request{path: "/openapi.json", want: 200}).body)
	if err != nil {
		t.Fatal(err)
	}
	v, errs := validator.NewValidator(parsed, config.WithFormatAssertions())
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	t.Cleanup(v.Release)
	c.validator = v
	return c
}

// request is a call and the answer that is wanted.
type request struct {
	method string // GET if empty
	path   string
	body   string
	// contentType is that of the body; JSON if empty.
	contentType string
	want        int
	// code is the error code of the answer; "" for a success.
	code string
}

// answer is what came.
type answer struct {
	t      *testing.T
	header http.Header
	body   []byte
}

// call makes r and fails the test unless the answer is what r wants and what the
// contract allows. A request whose success is wanted must be allowed too.
func (c *client) call(r request) answer {
	c.t.Helper()
	name := fmt.Sprintf("%s %.80s", r.method, r.path)
	if c.validator != nil && r.code == "" {
		if ok, errs := c.validator.ValidateHttpRequest(c.build(r)); !ok {
			c.t.Errorf("%s: the contract does not allow this request: %v", name, errs)
		}
	}
	sent := c.build(r)
	response, err := c.http.Do(sent)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	a := answer{t: c.t, header: response.Header, body: body}
	if response.StatusCode != r.want {
		c.t.Fatalf("%s: answered %d, want %d: %.300s", name, response.StatusCode, r.want, body)
	}
	if code := a.text("code"); code != r.code {
		c.t.Errorf("%s: answered the code %q, want %q", name, code, r.code)
	}
	// The contract names no path that does not exist, and no method that a path
	// does not have.
	if c.validator != nil && r.code != "route_not_found" && r.code != "method_not_allowed" {
		response.Body = io.NopCloser(strings.NewReader(string(body)))
		if ok, errs := c.validator.ValidateHttpResponse(sent, response); !ok {
			c.t.Errorf("%s: the contract does not allow this answer: %v: %.300s", name, errs, body)
		}
	}
	return a
}

func (c *client) build(r request) *http.Request {
	c.t.Helper()
	var body io.Reader = http.NoBody
	if r.body != "" {
		body = strings.NewReader(r.body)
	}
	built, err := http.NewRequestWithContext(c.t.Context(), r.method, c.url+r.path, body)
	if err != nil {
		c.t.Fatal(err)
	}
	if r.body != "" {
		built.Header.Set("Content-Type", "application/json")
	}
	if token := os.Getenv(tokenVariable); token != "" {
		built.Header.Set("Authorization", "Bearer "+token)
	}
	if r.contentType != "" {
		built.Header.Set("Content-Type", r.contentType)
	}
	return built
}

// members returns the members of a body that is a JSON object.
func (a answer) members() map[string]json.RawMessage {
	var members map[string]json.RawMessage
	_ = json.Unmarshal(a.body, &members) // a page is none
	return members
}

// text returns a member that is a string; "" if there is none.
func (a answer) text(member string) string {
	var text string
	_ = json.Unmarshal(a.members()[member], &text)
	return text
}
