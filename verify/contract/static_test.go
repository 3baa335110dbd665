package contract

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/pb33f/jsonschema/v6"

	"session-api/internal/auth"
	"session-api/internal/httpapi"
)

// routeFaults compares the operations of the document with what is served.
func routeFaults(d document, routes []httpapi.Route) (f faults) {
	served := map[string]auth.Scopes{}
	for _, r := range routes {
		// OpenAPI has no parameter that spans segments. Such a route may serve the
		// parts of a documented page, and nothing else.
		if page, _, ok := strings.Cut(r.Pattern, "/{"); ok && strings.HasSuffix(r.Pattern, "...}") && d.at("paths", page) != nil {
			continue
		}
		served[r.Method+" "+r.Pattern] = r.Scope
	}
	d.eachOperation(func(name string, operation object) {
		scope, ok := served[name]
		if !ok {
			f.addf("%s is documented but not served", name)
		} else if got, want := fmt.Sprint(operation["security"]), securityOf(scope); got != want {
			f.addf("%s is documented with the security %s, and needs %s", name, got, want)
		}
		delete(served, name)
	})
	for name := range served {
		f.addf("%s is served but not documented", name)
	}
	return f
}

// securityOf is what the document must say of an operation that needs scope: either
// kind of credentials, with that scope, or none, where the service serves everybody.
func securityOf(scope auth.Scopes) string {
	if scope == 0 {
		return fmt.Sprint(nil)
	}
	needs := []any{scope.String()}
	return fmt.Sprint([]any{object{}, object{"bearer": needs}, object{"certificate": needs}})
}

// exampleFaults looks at every body's examples.
func exampleFaults(d document) (f faults) {
	check := newExampleChecker(d)
	d.eachBody(func(name, status string, media object) {
		examples, _ := media["examples"].(object)
		if len(examples) == 0 {
			f.addf("%s has no example", name)
		}
		for key := range examples {
			example := d.below(examples, key)
			if err := check(media["schema"], example["value"]); err != nil {
				f.addf("%s: the example %s: %v", name, key, err)
			}
			if problem, ok := example["value"].(object); ok && problem["title"] != nil {
				problemExampleFaults(&f, name+": the example "+key, status, key, problem)
			}
		}
	})
	for kind, named := range map[string]object{"parameter": d.at("components", "parameters"), "header": d.at("components", "headers")} {
		for name := range named {
			item := d.below(named, name)
			if item["example"] == nil {
				continue
			}
			if err := check(item["schema"], item["example"]); err != nil {
				f.addf("the example of the %s %s: %v", kind, name, err)
			}
		}
	}
	return f
}

// problemExampleFaults checks what a schema cannot say of a problem: that its
// members agree with each other and with where it stands.
func problemExampleFaults(f *faults, name, status, key string, problem object) {
	var code int
	if _, err := fmt.Sscan(status, &code); err != nil || fmt.Sprint(problem["status"]) != status {
		f.addf("%s has the status %v", name, problem["status"])
	}
	if problem["title"] != http.StatusText(code) {
		f.addf("%s has the title %v, not %q", name, problem["title"], http.StatusText(code))
	}
	if problem["error"] != problem["detail"] {
		f.addf("%s has not the same sentence as error and detail", name)
	}
	if problem["code"] != key {
		f.addf("%s has the code %v", name, problem["code"])
	}
}

// codeFaults compares the list of error codes with the table for people and with
// the examples: a code that no operation shows is not documented where it occurs.
func codeFaults(d document) (f faults) {
	shown := map[string]bool{}
	d.withStrays().eachBody(func(_, status string, media object) {
		examples, _ := media["examples"].(object)
		for key := range examples {
			if status >= "400" {
				shown[key] = true
			}
		}
	})
	table, _ := d.at("info")["description"].(string)
	codes, _ := d.at("components", "schemas", "ErrorCode")["enum"].([]any)
	for _, code := range codes {
		if !shown[fmt.Sprint(code)] {
			f.addf("the code %v is shown by no operation", code)
		}
		if !strings.Contains(table, fmt.Sprintf("| `%v` |", code)) {
			f.addf("the code %v is not in the table of the description", code)
		}
	}
	return f
}

// newExampleChecker returns a function that checks a value against a schema of d.
// The whole of d is at hand, so that references lead somewhere.
func newExampleChecker(d document) func(schema, value any) error {
	components := d.clone().root["components"]
	return func(schema, value any) error {
		compiler := jsonschema.NewCompiler()
		compiler.AssertFormat()
		if err := compiler.AddResource("contract.json", object{"allOf": []any{schema}, "components": components}); err != nil {
			return err
		}
		compiled, err := compiler.Compile("contract.json")
		if err != nil {
			return err
		}
		return compiled.Validate(value)
	}
}
