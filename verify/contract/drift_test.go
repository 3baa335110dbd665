package contract

// drifts are changes of the document and a part of the fault that each must be.
var drifts = map[string]struct {
	change func(document)
	fault  string
}{
	"a served route is not documented": {
		func(d document) { delete(d.at("paths"), "/openapi.yaml") },
		"GET /openapi.yaml is served but not documented",
	},
	"a documented operation is not served": {
		func(d document) { d.at("paths", "/sessions/{id}")["trace"] = d.at("paths", "/sessions/{id}", "get") },
		"TRACE /sessions/{id} is documented but not served",
	},
	"a scope is another": {
		func(d document) {
			d.at("paths", "/sessions", "get")["security"] = d.at("paths", "/sessions", "post")["security"]
		},
		"GET /sessions is documented with the security",
	},
	"a call that needs a caller is documented as open": {
		func(d document) { delete(d.at("paths", "/sessions/{id}", "delete"), "security") },
		"DELETE /sessions/{id} is documented with the security <nil>",
	},
	"an answered status is not documented": {
		func(d document) { delete(d.at("paths", "/sessions/{id}", "delete", "responses"), "410") },
		"DELETE operation request response code '410' does not exist",
	},
	"a documented status is never answered": {
		func(d document) {
			d.at("paths", "/health", "get", "responses")["503"] = d.at("components", "responses", "StoreUnavailable")
		},
		"GET /health 503 was never driven",
	},
	"a documented status without a body is never answered": {
		func(d document) {
			d.at("paths", "/health", "get", "responses")["304"] = object{"description": "Known."}
		},
		"GET /health 304 was never driven",
	},
	"an answered code is not documented": {
		func(d document) {
			delete(d.at("paths", "/sessions", "post", "responses", "400", "content", "application/problem+json", "examples"), "unknown_field")
		},
		"the code unknown_field of the answer 400 is not documented",
	},
	"a documented code is never answered": {
		func(d document) {
			examples := d.at("components", "responses", "BadPage", "content", "application/problem+json", "examples")
			examples["unknown_field"] = object{"$ref": "#/components/examples/unknown_field"}
		},
		"GET /sessions 400 unknown_field was never driven",
	},
	"a code is missing in the list": {
		func(d document) {
			d.at("components", "schemas", "ErrorCode")["enum"] = []any{"internal"}
		},
		"value must be 'internal'",
	},
	"a listed code is in no answer": {
		func(d document) {
			codes := d.at("components", "schemas", "ErrorCode")
			codes["enum"] = append(codes["enum"].([]any), "out_of_paper")
		},
		"the code out_of_paper is shown by no operation",
	},
	"a member is not documented": {
		func(d document) { delete(d.at("components", "schemas", "Session", "properties"), "updatedAt") },
		"additional properties 'updatedAt' not allowed",
	},
	"a documented member is never there": {
		func(d document) {
			list := d.at("components", "schemas", "SessionList")
			list["required"] = append(list["required"].([]any), "total")
		},
		"missing property 'total'",
	},
	"a member has another type": {
		func(d document) { d.at("components", "schemas", "SessionCount")["type"] = "string" },
		"got number, want string",
	},
	"a time has another form": {
		func(d document) { d.at("components", "schemas", "ExpiresAt")["pattern"] = `\.[0-9]{6}Z$` },
		"does not match pattern",
	},
	"a header is not documented": {
		func(d document) {
			delete(d.at("paths", "/sessions", "post", "responses", "201", "headers"), "Location")
		},
		"the header Location of the answer 201 is not documented",
	},
	"a promised header is not sent": {
		func(d document) {
			d.at("paths", "/health", "get", "responses", "200", "headers")["ETag"] = object{"required": true, "schema": object{"type": "string"}}
		},
		"Required header 'ETag' was not found",
	},
	"a content type is another": {
		func(d document) {
			content := d.at("components", "responses", "Internal", "content")
			content["application/json"] = content["application/problem+json"]
			delete(content, "application/problem+json")
		},
		"the answer 500 must be valid",
	},
	"a valid request is refused by the document": {
		func(d document) { d.at("components", "schemas", "UserId")["maxLength"] = 3 },
		"the request must be valid",
	},
	"an invalid request is allowed by the document": {
		func(d document) { delete(d.at("components", "parameters", "Limit", "schema"), "maximum") },
		"the document must not allow this request",
	},
	"an example is not valid": {
		func(d document) { d.at("components", "examples", "UpdatedSession", "value")["expiresAt"] = "tomorrow" },
		"the example updated: ",
	},
	"an example does not fit its place": {
		func(d document) { d.at("components", "examples", "session_expired", "value")["status"] = 404 },
		"the example session_expired has the status 404",
	},
	"a body has no example": {
		func(d document) {
			delete(d.at("paths", "/sessions/{id}", "put", "requestBody", "content", "application/json"), "examples")
		},
		"PUT /sessions/{id} request application/json has no example",
	},
	"what is answered outside of operations is not documented": {
		func(d document) { delete(d.at("components", "responses", "MethodNotAllowed", "headers"), "Allow") },
		"the header Allow of the answer 405 is not documented",
	},
}
