package contract

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/pb33f/libopenapi-validator/config"
)

// driver sends calls to a service and compares what happens with the document.
type driver struct {
	t         *testing.T
	doc       document // closed, with strays
	validator validator.Validator
	driven    map[string]bool
	faults    faults
}

func newDriver(t *testing.T, d document) (*driver, error) {
	doc := d.withStrays().closed()
	parsed, err := libopenapi.NewDocument(doc.text())
	if err != nil {
		return nil, err
	}
	v, errs := validator.NewValidator(parsed, config.WithFormatAssertions())
	if len(errs) > 0 {
		return nil, fmt.Errorf("%v", errs)
	}
	t.Cleanup(v.Release)
	return &driver{t: t, doc: doc, validator: v, driven: map[string]bool{}}, nil
}

// keeping says whether a request keeps to the document.
type keeping int

const (
	// good requests are valid by the document.
	good keeping = iota
	// bad requests are not, and the document says so.
	bad
	// unsaid are faults that OpenAPI cannot express, such as broken JSON.
	unsaid
)

// call is one request and what must come of it.
type call struct {
	// operation is the one of the document that answers, as "GET /sessions/{id}".
	operation string
	// path is the path and query to send; the operation's own if empty.
	path   string
	header http.Header
	body   string
	// from is where the body comes from if it is not text.
	from   io.Reader
	is     keeping
	status int
	// code is the error code of the answer; "" for a success.
	code string
}

// send makes the call, checks all there is to check, and returns the body.
func (d *driver) send(s *service, c call) object {
	d.t.Helper()
	request := d.request(s, c)
	name := fmt.Sprintf("%s %s (%s)", request.Method, request.URL.RequestURI(), c.operation)
	if c.from == nil {
		ok, errs := d.validator.ValidateHttpRequest(d.request(s, c))
		if c.is == good && !ok {
			d.faults.addf("%s: the request must be valid: %s", name, texts(errs))
		}
		if c.is == bad && ok {
			d.faults.addf("%s: the document must not allow this request", name)
		}
	}
	response, text := d.do(s, request)
	body := d.checkAnswer(name, c, request, response, text)
	if request.Method == http.MethodGet {
		d.checkHead(name, s, c, response)
	}
	return body
}

// sendText sends text, which is no request, and checks the answer as that of c.
func (d *driver) sendText(s *service, text string, c call) {
	d.t.Helper()
	connection, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = connection.Close() }()
	if _, err := io.WriteString(connection, text); err != nil {
		d.t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		d.t.Fatalf("%.60q: %v", text, err)
	}
	d.checkAnswer(fmt.Sprintf("%.60q (%s)", text, c.operation), c, d.request(s, c), response, d.read(response))
}

func (d *driver) request(s *service, c call) *http.Request {
	d.t.Helper()
	method, path, _ := strings.Cut(c.operation, " ")
	if c.path != "" {
		path = c.path
	}
	var body io.Reader = http.NoBody
	if c.body != "" {
		body = strings.NewReader(c.body)
	}
	if c.from != nil {
		body = c.from
	}
	request, err := http.NewRequestWithContext(d.t.Context(), method, s.URL+path, body)
	if err != nil {
		d.t.Fatal(err)
	}
	if c.body != "" || c.from != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	maps.Copy(request.Header, c.header)
	return request
}

// do sends the request and returns the response with its body read.
func (d *driver) do(s *service, request *http.Request) (*http.Response, []byte) {
	d.t.Helper()
	response, err := s.Client().Do(request)
	if err != nil {
		d.t.Fatal(err)
	}
	return response, d.read(response)
}

// read reads the body of a response, and leaves it there.
func (d *driver) read(response *http.Response) []byte {
	d.t.Helper()
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	response.Body = io.NopCloser(bytes.NewReader(text))
	return text
}

// neverDriven finds statuses and codes that the document has and no call met.
func (d *driver) neverDriven() (f faults) {
	d.doc.eachOperation(func(name string, operation object) {
		for status := range d.doc.below(operation, "responses") {
			if !d.driven[name+" "+status] {
				f.addf("%s %s was never driven", name, status)
			}
		}
	})
	d.doc.eachBody(func(name, status string, media object) {
		if status == "" {
			return
		}
		operation := name[:strings.Index(name, " "+status+" ")]
		examples, _ := media["examples"].(object)
		for key := range examples {
			value, _ := d.doc.below(examples, key)["value"].(object)
			if code, ok := value["code"]; ok && !d.driven[fmt.Sprintf("%s %s %v", operation, status, code)] {
				f.addf("%s %s %v was never driven", operation, status, code)
			}
		}
	})
	return f
}
