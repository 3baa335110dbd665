package contract

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/pb33f/libopenapi-validator/errors"
)

// checkAnswer compares an answer with the call and with the document, and returns
// its body if that is a JSON object.
func (d *driver) checkAnswer(name string, c call, request *http.Request, response *http.Response, text []byte) object {
	if response.StatusCode != c.status {
		d.faults.addf("%s: answered %d, want %d: %.300s", name, response.StatusCode, c.status, text)
	}
	if ok, errs := d.validator.ValidateHttpResponse(request, response); !ok {
		d.faults.addf("%s: the answer %d must be valid: %s: %.300s", name, response.StatusCode, texts(errs), text)
	}
	d.checkHeaders(name, c, response)
	var body object
	_ = json.Unmarshal(text, &body) // not every body is JSON; the validator knows which must be
	code, _ := body["code"].(string)
	if code != c.code {
		d.faults.addf("%s: answered the code %q, want %q", name, code, c.code)
	}
	if problem := response.Header.Get("Content-Type") == "application/problem+json"; problem {
		d.checkProblem(name, response, body)
	}
	d.note(name, c.operation, response.StatusCode, code)
	return body
}

// checkHeaders finds headers that the document does not know. Those that it
// demands are looked after by the validator.
func (d *driver) checkHeaders(name string, c call, response *http.Response) {
	documented, _ := d.response(c.operation, response.StatusCode)["headers"].(object)
	known := slices.Clone(httpHeaders)
	for header := range documented {
		known = append(known, http.CanonicalHeaderKey(header))
	}
	for header := range response.Header {
		if !slices.Contains(known, header) {
			d.faults.addf("%s: the header %s of the answer %d is not documented", name, header, response.StatusCode)
		}
	}
}

// httpHeaders are those of HTTP itself, those that tell a browser what it may do with
// what it is given, of which only the policy is promised, and those that every answer
// has where there is a limit, of which the description speaks.
var httpHeaders = []string{
	"Content-Length", "Content-Type", "Date", "Connection",
	"X-Frame-Options", "Referrer-Policy", "Cross-Origin-Resource-Policy", "Permissions-Policy",
	"Ratelimit", "Ratelimit-Policy",
}

// checkProblem checks what a schema cannot say of a problem.
func (d *driver) checkProblem(name string, response *http.Response, body object) {
	if body["status"] != float64(response.StatusCode) || body["title"] != http.StatusText(response.StatusCode) {
		d.faults.addf("%s: a problem with %v %v in an answer %d", name, body["status"], body["title"], response.StatusCode)
	}
	if body["error"] != body["detail"] {
		d.faults.addf("%s: error %q and detail %q differ", name, body["error"], body["detail"])
	}
	if body["requestId"] != response.Header.Get("X-Request-Id") {
		d.faults.addf("%s: requestId %q and X-Request-Id differ", name, body["requestId"])
	}
}

// note keeps that the status and the code were seen, and looks the code up: it is
// documented for an operation by an example that has its name.
func (d *driver) note(name, operation string, status int, code string) {
	d.driven[fmt.Sprintf("%s %d", operation, status)] = true
	if code == "" {
		return
	}
	d.driven[fmt.Sprintf("%s %d %s", operation, status, code)] = true
	for media := range d.doc.below(d.response(operation, status), "content") {
		if d.doc.below(d.response(operation, status), "content", media, "examples", code) != nil {
			return
		}
	}
	d.faults.addf("%s: the code %s of the answer %d is not documented", name, code, status)
}

// response returns what the document says of an answer.
func (d *driver) response(operation string, status int) object {
	method, path, _ := strings.Cut(operation, " ")
	return d.doc.at("paths", path, strings.ToLower(method), "responses", fmt.Sprint(status))
}

// checkHead repeats a GET as HEAD, which must differ by the missing body alone.
// That is why the document needs no operation for it.
func (d *driver) checkHead(name string, s *service, c call, get *http.Response) {
	d.t.Helper()
	request := d.request(s, c)
	request.Method = http.MethodHead
	head, text := d.do(s, request)
	if head.StatusCode != get.StatusCode || len(text) > 0 {
		d.faults.addf("%s: HEAD answers %d with %d bytes, GET answers %d", name, head.StatusCode, len(text), get.StatusCode)
	}
	same := func(h http.Header) http.Header {
		h = h.Clone()
		for _, own := range []string{"Date", "X-Request-Id", "Link"} { // fresh in every answer; a Link has a fresh cursor
			if h.Get(own) != "" {
				h.Set(own, "fresh")
			}
		}
		return h
	}
	if h, g := same(head.Header), same(get.Header); fmt.Sprint(h) != fmt.Sprint(g) {
		d.faults.addf("%s: HEAD has the headers %v, GET has %v", name, h, g)
	}
}

func texts(errs []*errors.ValidationError) string {
	var all []string
	for _, e := range errs {
		all = append(all, e.Message+": "+e.Reason)
		for _, s := range e.SchemaValidationErrors {
			all = append(all, s.FieldPath+" "+s.Reason)
		}
	}
	return strings.Join(all, "; ")
}
