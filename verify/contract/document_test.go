package contract

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// object is a JSON object of the document. Numbers in it are json.Number.
type object = map[string]any

// document is an OpenAPI document as a plain tree, so that tests can change it
// before they compare the service with it.
type document struct{ root object }

func parse(text []byte) (document, error) {
	var d document
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	err := decoder.Decode(&d.root)
	return d, err
}

// at returns the object that the names lead to, following references on the way.
// It is nil if there is none.
func (d document) at(names ...string) object {
	here := d.root
	for _, name := range names {
		next, _ := here[name].(object)
		here = d.resolve(next)
	}
	return here
}

// resolve returns what o refers to, or o itself if it is no reference.
func (d document) resolve(o object) object {
	reference, ok := o["$ref"].(string)
	if !ok {
		return o
	}
	pointer, ok := strings.CutPrefix(reference, "#/")
	if !ok {
		return nil // a reference out of the document, which holds all that it needs
	}
	return d.at(strings.Split(pointer, "/")...)
}

// methods are the members of a path item that are operations.
var methods = []string{"get", "put", "post", "delete", "options", "head", "patch", "trace"}

// eachOperation calls f with every operation, named as in "GET /sessions/{id}".
func (d document) eachOperation(f func(name string, operation object)) {
	for path := range d.at("paths") {
		for method := range d.at("paths", path) {
			if slices.Contains(methods, method) {
				f(strings.ToUpper(method)+" "+path, d.at("paths", path, method))
			}
		}
	}
}

// eachBody calls f with every media type of every request and response, named as
// in "GET /sessions/{id} 200 application/json".
func (d document) eachBody(f func(name, status string, media object)) {
	d.eachOperation(func(name string, operation object) {
		request, _ := operation["requestBody"].(object)
		for media := range d.below(request, "content") {
			f(name+" request "+media, "", d.below(request, "content", media))
		}
		responses, _ := operation["responses"].(object)
		for status := range responses {
			for media := range d.below(responses, status, "content") {
				f(name+" "+status+" "+media, status, d.below(responses, status, "content", media))
			}
		}
	})
}

// below is at, but starts from o.
func (d document) below(o object, names ...string) object {
	return document{object{"": d.resolve(o), "components": d.root["components"]}}.at(append([]string{""}, names...)...)
}

// nowhere is a path that no service has.
const nowhere = "/no-such-path"

// strays are the methods of nowhere that stand for what is no request, by the status
// that it is answered.
var strays = map[string]string{"400": "put", "417": "post", "431": "delete", "501": "patch", "505": "options"}

// withStrays returns the document with operations that stand for all the requests
// that none of its own match, so that what is answered to those is checked like
// everything else: a method that /sessions does not have, a path that does not exist,
// and what is no request. The document tells the answers in x-outside-operations; 401
// is one to the first two.
func (d document) withStrays() document {
	outside := d.at("x-outside-operations")
	stray := func(status string) object {
		responses := object{status: outside[status]}
		if strays[status] == "" {
			responses["401"] = outside["401"] // who calls is asked of requests alone
		}
		return object{"operationId": "stray" + status, "responses": responses}
	}
	c := d.clone()
	c.at("paths", "/sessions")["patch"] = stray("405")
	c.at("paths")[nowhere] = object{"get": stray("404")}
	for status, method := range strays {
		c.at("paths", nowhere)[method] = stray(status)
	}
	return c
}

// closed returns the document with every object schema refusing members that it
// does not name. The published one leaves answers open, because clients must bear
// new members; here a member that is not documented is a fault.
func (d document) closed() document {
	c := d.clone()
	closeAll(c.root)
	return c
}

func closeAll(node any) {
	switch n := node.(type) {
	case object:
		if _, said := n["additionalProperties"]; n["type"] == "object" && n["properties"] != nil && !said {
			n["additionalProperties"] = false
		}
		for _, child := range n {
			closeAll(child)
		}
	case []any:
		for _, child := range n {
			closeAll(child)
		}
	}
}

func (d document) text() []byte {
	text, err := json.Marshal(d.root)
	if err != nil {
		panic(fmt.Sprintf("a tree that came from JSON is JSON: %v", err))
	}
	return text
}

func (d document) clone() document {
	c, err := parse(d.text())
	if err != nil {
		panic(fmt.Sprintf("a tree that came from JSON is JSON: %v", err))
	}
	return c
}
